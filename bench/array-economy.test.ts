import { expect, test } from "vitest";
import { emitJs } from "../compiler/js/emit-js.js";
import { buildProgram } from "../compiler/trace/build-program.js";
import { ARRAY_RECORDS, arrayStep } from "./array-economy.js";

const SUBNETS = 64;

test("the economy with 64 subnets that the compiler is timed with runs as its plain function does, bit for bit", () => {
  const state = () => ({
    reserve: Array.from({ length: SUBNETS }, (_, i) => 100 + i),
    alpha: Array.from({ length: SUBNETS }, (_, i) => 50 + ((7 * i) % 64)),
    smoothed: Array.from({ length: SUBNETS }, (_, i) => 1 + i / 64),
    staked: Array.from({ length: SUBNETS }, (_, i) => 10 + ((3 * i) % 64)),
    history: new Array<number>(30).fill(1),
    supply: 1e6,
  });
  const plain = state();
  const observed = { concentration: 0 };
  const begun = state();
  const program = buildProgram({ name: "64 subnets", step: arrayStep, uses: {}, records: ARRAY_RECORDS });
  const { run } = emitJs(program, { capacity: 1 });
  const s = Float64Array.from([
    ...begun.reserve,
    ...begun.alpha,
    ...begun.smoothed,
    ...begun.staked,
    ...begun.history,
    begun.supply,
  ]);
  const views = new Map([
    ["s", s],
    ["a", Float64Array.of(2)],
    ["c", Float64Array.of(0)],
    ["o", Float64Array.of(0)],
  ]);
  for (let day = 0; day < 40; day++) {
    views.get("c")![0] = day % 30;
    run(
      0,
      1,
      program.records.map(({ name }) => views.get(name)!),
    );
    arrayStep(plain, { emission: 2 }, { slot: day % 30 }, observed);
  }
  expect([...s]).toEqual([
    ...plain.reserve,
    ...plain.alpha,
    ...plain.smoothed,
    ...plain.staked,
    ...plain.history,
    plain.supply,
  ]);
  expect(views.get("o")![0]).toBe(observed.concentration);
});
