import { describe, expect, test } from "vitest";
import { adjointName } from "../../compiler/adjoint/adjoint.js";
import { TAPE } from "../../compiler/adjoint/tape.js";
import type { Program } from "../../compiler/ir/program.js";
import { emitJs } from "../../compiler/js/emit-js.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import { ECONOMIES } from "../economies/index.js";
import { findEconomy } from "../registry.js";
import { parseEnvOptions } from "../settings.js";
import type { World } from "../world.js";
import { backwardPrograms } from "./backward.js";
import { ringPositions } from "./clock.js";
import { allocateLanes, recordSize } from "./memory.js";
import type { LaneRecords } from "./records.js";

type Memory = ReadonlyMap<string, Float64Array>;

const copy = (memory: Memory): Memory => new Map([...memory].map(([name, values]) => [name, values.slice()]));

/** A world in float64 with everything that is needed to go a step forward or back. */
function openWorld(world: World) {
  const settings = parseEnvOptions(world, { split: "train" });
  const { records, step, reset, backward, followed } = backwardPrograms(world, settings.lane);
  const run = (program: Program) => {
    const kernel = emitJs(program, { capacity: 1 });
    return (memory: Memory) =>
      kernel.run(
        0,
        1,
        program.records.map(({ name }) => memory.get(name)!),
      );
  };
  const slots = (record: keyof LaneRecords) => layoutRecord(records[record]).slots;
  const put = (memory: Memory, record: keyof LaneRecords, values: Readonly<Record<string, number>>) => {
    for (const [name, slot] of slots(record)) if (name in values) memory.get(record)![slot] = values[name]!;
  };
  /** Of records with derivatives, the places that hold floats. */
  const floats = followed.flatMap((record) =>
    [...slots(record)].flatMap(([name, slot]) => {
      const { type = "float", length = 1 } = records[record].fields[name]!;
      return type === "float" ? Array.from({ length }, (_, i) => ({ record, at: slot + i })) : [];
    }),
  );
  const [forward, back, begin] = [run(step), run(backward), run(reset)];
  return {
    floats,
    forward,
    backward32: float32Backward(backward, records, followed),
    start: (episode: number): Memory => {
      const memory = new Map(step.records.map(({ name, size }) => [name, new Float64Array(size)]));
      const control = { seed: 7, ...settings.streams, numLanes: 1, randomise: 1, horizon: settings.horizon };
      put(memory, "control", { ...control, ...ringPositions(world, 0) });
      put(memory, "params", settings.lane.params);
      put(memory, "lane", { episode });
      begin(memory);
      return memory;
    },
    setDay: (memory: Memory, day: number) => put(memory, "control", ringPositions(world, day)),
    request: (memory: Memory, actions: readonly number[]) => memory.get("requested")!.set(actions),
    backward: (memory: Memory, weights: Memory): Memory => {
      const derivatives = new Map(followed.map((name) => [adjointName(name), weights.get(name)!.slice()] as const));
      const tape = new Float64Array(backward.records.find(({ name }) => name === TAPE)!.size);
      back(new Map([...copy(memory), ...derivatives, [TAPE, tape]]));
      return new Map(followed.map((name) => [name, derivatives.get(adjointName(name))!]));
    },
  };
}

/** The same on the device in float32. */
function float32Backward(program: Program, records: LaneRecords, followed: readonly (keyof LaneRecords)[]) {
  const lanes = 4;
  const derivatives = followed.map((name) => ({ ...records[name], name: adjointName(name) }));
  const tapeSize = program.records.find(({ name }) => name === TAPE)!.size;
  const tape: RecordBinding = {
    name: TAPE,
    kind: "lane",
    fields: { all: { unit: "1", doc: "", length: Math.max(1, tapeSize) } },
  };
  const bindings = [...Object.values(records).filter(({ kind }) => kind !== "scratch"), ...derivatives, tape];
  const places = new Map<string, number>();
  let size = 0;
  for (const binding of bindings) {
    places.set(binding.name, size);
    size += recordSize(binding, lanes);
  }
  const memory = allocateLanes("wasm", { size, capacity: lanes, lanes });
  const run = memory.compile(program, places);
  const view = (binding: RecordBinding, field: string) => memory.view(binding, places.get(binding.name)!, field);
  return (values: Memory, weights: Memory): Memory => {
    const write = (binding: RecordBinding, from: Float64Array) => {
      const stride = binding.kind === "lane" ? lanes : 1;
      for (const [name, slot] of layoutRecord(binding).slots)
        view(binding, name).forEach((_, i, all) => {
          all[i] = from[slot + Math.floor(i / stride)]!;
        });
    };
    for (const binding of Object.values(records)) if (values.has(binding.name)) write(binding, values.get(binding.name)!);
    for (const [i, name] of followed.entries()) write(derivatives[i]!, weights.get(name)!);
    run();
    return new Map(
      followed.map((name, i) => {
        const found = new Float64Array(layoutRecord(records[name]).size);
        for (const [field, slot] of layoutRecord(records[name]).slots)
          view(derivatives[i]!, field).forEach((value, k) => {
            if (k % lanes === 0) found[slot + k / lanes] = value;
          });
        return [name, found];
      }),
    );
  };
}

const LISTINGS = ["akash+traditional", "bittensor+traditional", "render+spac", "worldcoin+compute-backed"];
const WORLDS = [...ECONOMIES.map(({ id }) => id), ...LISTINGS];
const STATES = 200;
const DAYS = 60;

/** The sequence of uniform numbers of a test. */
function drawing(seed: number): () => number {
  let count = 0;
  return () => uniform4(seed, count++, 3, 4).a;
}

describe.each(WORLDS)("a day of %s backwards", (id) => {
  test("agrees with central differences to 1e-6 in float64, away from kinks, and float32 with float64 to 1e-3", () => {
    const world = findEconomy(id);
    const { floats, forward, start, setDay, request, backward, backward32 } = openWorld(world);
    const rounding: number[] = [];
    const draw = drawing(99);
    const actions = world.actions.kind === "continuous" ? Object.values(world.actions.fields) : [];
    let compared = 0;
    let worst = 0;
    for (let state = 0, episode = 0; state < STATES; episode++) {
      const memory = start(episode);
      for (let day = 0; day < DAYS && state < STATES; day++) {
        setDay(memory, day);
        const around = 0.5 + 0.5 * Math.sin(0.1 * day + episode);
        request(
          memory,
          actions.map(({ low, high }) => low + (high - low) * around * draw()),
        );
        if (day >= 10 && day % 2 === 0) {
          state++;
          const before = copy(memory);
          // Every value counts by its size, so that no field drowns another.
          const size = ({ record, at }: (typeof floats)[number]) => Math.abs(before.get(record)![at]!);
          const weights = new Map([...before].map(([name, values]) => [name, new Float64Array(values.length)]));
          for (const place of floats) weights.get(place.record)![place.at] = (draw() - 0.5) / (size(place) + 1e-3);
          const direction = floats.map((place) => (draw() - 0.5) * size(place));
          const value = (by: number): number => {
            const changed = copy(before);
            for (const [i, { record, at }] of floats.entries()) changed.get(record)![at]! += by * direction[i]!;
            forward(changed);
            return floats.reduce((sum, { record, at }) => sum + weights.get(record)![at]! * changed.get(record)![at]!, 0);
          };
          const slopes = backward(before, weights);
          if (state % 5 === 0) {
            const single = new Map([...before].map(([name, values]) => [name, values.map(Math.fround)]));
            const [double64, float32] = [backward(single, weights), backward32(single, weights)];
            const sum = (part: (place: (typeof floats)[number]) => number) =>
              Math.sqrt(floats.reduce((total, place) => total + (part(place) * size(place)) ** 2, 0));
            const at = (memory: Memory) => (place: (typeof floats)[number]) => memory.get(place.record)![place.at]!;
            rounding.push(sum((place) => at(float32)(place) - at(double64)(place)) / sum(at(double64)));
          }
          const parts = floats.map(({ record, at }, i) => slopes.get(record)![at]! * direction[i]!);
          const slope = parts.reduce((sum, part) => sum + part, 0);
          // Parts that cancel take digits from the difference.
          const scale = (found: number) =>
            Math.max(Math.abs(found), 1e-3 * parts.reduce((sum, part) => sum + Math.abs(part), 0));
          const found = smoothSlope(value);
          if (found !== undefined) {
            compared++;
            worst = Math.max(worst, Math.abs(slope - found) / scale(found));
          }
        }
        forward(memory);
      }
    }
    // Worldcoin's people come in whole steps of many kinds: most of its states lie near a kink of one of them.
    expect(compared).toBeGreaterThan(id.startsWith("worldcoin") ? 30 : 90);
    expect(worst).toBeLessThan(1e-6);
    // Where a comparison falls the other way in float32, the slope of the other side is right.
    rounding.sort((left, right) => left - right);
    expect(rounding).toHaveLength(STATES / 5);
    expect(rounding[35]).toBeLessThan(1e-3);
  });
});

/** The slope at 0 by differences of sixth order at the best of several distances; undefined where they find a kink. */
function smoothSlope(value: (by: number) => number): number | undefined {
  const middle = value(0);
  const bend = (h: number) => (value(h) - 2 * middle + value(-h)) / h;
  const difference = (h: number) => (value(h) - value(-h)) / (2 * h);
  const estimates = [3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6, 3e-7].map((h) => {
    const [a, b, c] = [difference(h), difference(h / 2), difference(h / 4)];
    const [coarse, fine] = [(4 * b - a) / 3, (4 * c - b) / 3];
    return { slope: (16 * fine - coarse) / 15, error: Math.abs(fine - coarse) };
  });
  const best = estimates.reduce((left, right) => (right.error < left.error ? right : left));
  // Of a smooth function the bend is in proportion to the distance; what is left of it at 0 is the change of slope at a kink.
  const kink = (10 * bend(1e-7) - bend(1e-6)) / 9;
  return best.error + Math.abs(kink) < 3e-7 * Math.abs(best.slope) ? best.slope : undefined;
}
