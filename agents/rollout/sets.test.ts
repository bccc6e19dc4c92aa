import { describe, expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { elementName } from "../../env/group.js";
import { actionFields } from "../../env/lane/records.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { emptyMoments, mergeMoments } from "../../models/normalizer.js";
import { structuredController } from "../../test/support/structured-controller.js";
import { tanks } from "../../test/support/tanks.js";
import { startController } from "../controller/start-controller.js";
import type { LearnedController } from "../learned/learned-controller.js";
import { poolElements } from "../learned/pool-elements.js";
import { resizeController } from "../learned/resize-controller.js";
import { decideInOrder } from "./decide.js";

const MEMORY = { memoryRates: [0.2, 0.04], lastRequest: true };
const STEPS = 6;

type Rows = readonly (readonly number[])[];

/** Observations anywhere within the bounds, one row per control step. */
function draw(world: World): Rows {
  const bounds = Object.values(world.observations);
  return Array.from({ length: STEPS }, (_, step) =>
    bounds.map(({ low, high }, i) => Math.fround(low + (high - low) * uniform4(7, step, i, 0).a)),
  );
}

/** Rows of numbers with these names, for other names: those of element k are those that element `order[k]` has in `rows`. */
function reorder(rows: Rows, names: readonly string[], wanted: readonly string[], order: readonly number[]): Rows {
  const from = wanted.map((name) => {
    const [, field, element] = /^(.*?)(\d*)$/.exec(name)!;
    return names.indexOf(element === "" ? name : elementName(field!, order[Number(element)]!));
  });
  return rows.map((row) => from.map((i) => row[i]!));
}

const reorderSeen = (rows: Rows, world: World, other: World, order: readonly number[]) =>
  reorder(rows, Object.keys(world.observations), Object.keys(other.observations), order);
const reorderAsked = (rows: Rows, world: World, other: World, order: readonly number[]) =>
  reorder(rows, Object.keys(actionFields(world)), Object.keys(actionFields(other)), order);

function play(controller: LearnedController, world: World, rows: Rows): Rows {
  const act = startController(controller, world);
  return rows.map((row) => act(row));
}

async function playOnDevice(controller: LearnedController, world: World, rows: Rows): Promise<Rows> {
  const { lane } = parseEnvOptions(world, {});
  return (await decideInOrder({ world, lane, controller }, rows)).map(({ action }) => action);
}

/** Largest difference, as a share of each action's band. */
function distance(left: Rows, right: Rows, world: World): number {
  const fields = world.actions.kind === "continuous" ? Object.values(world.actions.fields) : [];
  return Math.max(
    ...left.flatMap((row, step) => row.map((x, i) => Math.abs(x - right[step]![i]!) / (fields[i]!.high - fields[i]!.low))),
  );
}

describe.each([
  ["tanks", tanks(3), tanks(6), null],
  ["bittensor", findEconomy("bittensor@3"), findEconomy("bittensor@6"), { rule: "subnet-quality", values: {} }],
])("one network for every element of %s", (_name, world, twice, base) => {
  const controller = structuredController(world, { base, ...MEMORY, group: world.group }, { decisionInterval: 2, scale: 1 });
  const rows = draw(world);
  const order = [2, 0, 1];
  const asked = play(controller, world, rows);

  test("its requests differ from element to element", () => {
    const names = Object.keys(actionFields(world));
    const elements = [0, 1, 2].map((k) => names.indexOf(elementName(world.group!.actions[0]!, k)));
    expect(new Set(elements.map((i) => asked.at(-1)![i])).size).toBe(3);
  });

  test("elements in another order get their own requests in that order", async () => {
    const moved = reorderSeen(rows, world, world, order);
    const expected = reorderAsked(asked, world, world, order);
    expect(distance(play(controller, world, moved), expected, world)).toBeLessThan(1e-12);
    const onDevice = await playOnDevice(controller, world, rows);
    const movedOnDevice = await playOnDevice(controller, world, moved);
    expect(distance(movedOnDevice, reorderAsked(onDevice, world, world, order), world)).toBeLessThan(1e-6);
  });

  test("requests on the device what it does in float64", async () => {
    expect(distance(await playOnDevice(controller, world, rows), asked, world)).toBeLessThan(1e-5);
  });

  test("with every element there twice it requests the same of both, in float64 and on the device", async () => {
    const doubled = [0, 1, 2, 0, 1, 2];
    const seen = reorderSeen(rows, world, twice, doubled);
    const expected = reorderAsked(asked, world, twice, doubled);
    expect(distance(play(controller, twice, seen), expected, twice)).toBeLessThan(1e-12);
    const resized = resizeController(controller, twice);
    expect(distance(await playOnDevice(resized, twice, seen), expected, twice)).toBeLessThan(1e-5);
  });
});

test("statistics of an element's observation are those of all elements together", () => {
  const { group, observations } = tanks(3);
  const names = Object.keys(observations);
  const seen = draw(tanks(3));
  const sum = (power: number) => names.map((_, i) => seen.reduce((total, row) => total + row[i]! ** power, 0));
  const moments = mergeMoments(emptyMoments(names.length), STEPS, sum(1), sum(2));
  const pooled = poolElements(moments, names, group);
  const levels = seen.flatMap((row) => [0, 1, 2].map((k) => row[names.indexOf(`level${k}`)]!));
  const middle = levels.reduce((total, x) => total + x, 0) / levels.length;
  const variance = levels.reduce((total, x) => total + (x - middle) ** 2, 0) / levels.length;
  for (const k of [0, 1, 2]) {
    const i = names.indexOf(`level${k}`);
    expect(pooled.mean[i]).toBeCloseTo(middle, 9);
    expect(pooled.deviations[i]! / pooled.count).toBeCloseTo(variance, 9);
  }
  expect(pooled.mean[0]).toBe(moments.mean[0]);
});
