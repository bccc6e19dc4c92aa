import { describe, expect, test } from "vitest";
import { stream, uniform4 } from "../core/random.js";
import { parseLimits } from "../env/breakers/limits.js";
import { ECONOMIES } from "../env/economies/index.js";
import { ringPositions } from "../env/lane/clock.js";
import type { LaneKernel } from "../env/lane/kernel.js";
import { compileLanes } from "../env/lane/kernel.js";
import { actionFields, type LaneRecords, laneRecords, storedRecords } from "../env/lane/records.js";
import { resolveParams, resolveWeights } from "../env/params.js";
import type { World } from "../env/world.js";
import { cartpole } from "../probes/worlds/cartpole.js";
import { pendulum } from "../probes/worlds/pendulum.js";
import { toyEconomy } from "./support/toy-economy.js";

const PATHS = 1000;
const SEED = 5;

interface Pair {
  readonly world: World;
  readonly exact: LaneKernel;
  readonly close: LaneKernel;
  readonly records: LaneRecords;
}

function compilePair(world: World): Pair {
  const params = resolveParams(world);
  const options = { weights: resolveWeights(world), limits: parseLimits({}), params };
  const exact = compileLanes(world, options, "js", PATHS);
  const close = compileLanes(world, options, "wasm", PATHS);
  for (const kernel of [exact, close]) {
    const control = { seed: SEED, numLanes: PATHS, horizon: 1e6, randomise: 1, autoreset: 0 };
    for (const [name, value] of Object.entries(control)) kernel.view("control", name)[0] = value;
    for (const domain of ["market", "scenario", "reset"] as const) kernel.view("control", domain)[0] = stream(domain, "test");
    for (let lane = 0; lane < PATHS; lane++) kernel.view("lane", "episode")[lane] = lane;
    for (const name of kernel.fields("params")) kernel.view("params", name).fill(params[name]!);
    kernel.reset();
  }
  return { world, exact, close, records: laneRecords(world, params) };
}

/** Random actions over the whole band, the same float32 numbers for both. */
function act({ world, exact, close }: Pair, day: number): void {
  for (const [j, name] of Object.keys(actionFields(world)).entries()) {
    const views = [exact.view("requested", name), close.view("requested", name)];
    const domain = stream("policy", "test") + j;
    for (let lane = 0; lane < PATHS; lane++) {
      const x = uniform4(SEED, lane, day, domain).a;
      const action = world.actions.kind === "discrete" ? Math.floor(x * world.actions.count) : bandOf(world, name, x);
      for (const view of views) view[lane] = action;
    }
  }
}

function bandOf(world: World, name: string, x: number): number {
  if (world.actions.kind !== "continuous") throw new Error("a discrete action has no band");
  const { low, high } = world.actions.fields[name]!;
  return Math.fround(low + (high - low) * x);
}

function advanceRings({ world, exact, close }: Pair, day: number): void {
  for (const kernel of [exact, close]) {
    for (const [name, slot] of Object.entries(ringPositions(world, day))) kernel.view("control", name)[0] = slot;
  }
}

/** Puts the float32 lanes where the float64 lanes are. */
function restart({ exact, close, records }: Pair): void {
  for (const record of storedRecords(records)) {
    for (const field of exact.fields(record)) close.view(record, field).set(exact.view(record, field));
  }
}

interface Difference {
  readonly field: string;
  readonly lane: number;
  readonly exact: number;
  readonly close: number;
}

/** Where the two differ by more than `tolerance` x (|x| + the field's scale). */
function differences({ exact, close, records }: Pair, tolerance: number): Difference[] {
  const found: Difference[] = [];
  // A flow of tokens is cut at the breakers' limit, so it cannot be more exact than that is.
  const limit = records.applied.fields["mintLimit"];
  for (const record of storedRecords(records)) {
    for (const field of exact.fields(record)) {
      const { unit, scale: own = 1 } = records[record].fields[field]!;
      const scale = limit && unit === limit.unit ? Math.max(own, limit.scale!) : own;
      const [x, y] = [exact.view(record, field), close.view(record, field)];
      for (let i = 0; i < x.length; i++) {
        if (Math.abs(x[i]! - y[i]!) <= tolerance * (Math.abs(x[i]!) + scale)) continue;
        found.push({ field: `${record}.${field}`, lane: i % exact.capacity, exact: x[i]!, close: y[i]! });
      }
    }
  }
  return found;
}

function stepBoth(pair: Pair, day: number): void {
  act(pair, day);
  advanceRings(pair, day);
  pair.exact.step();
  pair.close.step();
}

describe("float32 agrees with float64 on 1000 random action paths of 100 steps", () => {
  test.each([
    ...ECONOMIES.map((economy) => [economy.id, economy] as const),
    ["toy", toyEconomy],
    ["pendulum", pendulum],
    ["cartpole", cartpole],
  ] as const)("%s: each step restarted from the float64 state, to 1e-5", (_name, world) => {
    const pair = compilePair(world);
    for (let day = 0; day < 100; day++) {
      restart(pair);
      stepBoth(pair, day);
      expect(differences(pair, 1e-5), `day ${day}`).toEqual([]);
    }
  });

  // The probes are left out: a pendulum near upright doubles any error every few steps.
  test.each([...ECONOMIES.map((economy) => [economy.id, economy] as const), ["toy", toyEconomy]] as const)(
    "%s: free steps, to 1e-3 on 98 of 100 paths",
    (_name, world) => {
      const pair = compilePair(world);
      const away = new Set<number>();
      for (let day = 0; day < 100; day++) {
        stepBoth(pair, day);
        for (const { lane } of differences(pair, 1e-3)) away.add(lane);
      }
      // Where float32 and float64 stand on two sides of a branch they part; nothing else may.
      expect(away.size).toBeLessThanOrEqual(0.02 * PATHS);
    },
  );
});
