import seedrandom from "seedrandom";
import { expect, test } from "vitest";
import { initAgent, initNetwork, orthogonal } from "./init.js";
import { planAgent, planNetwork } from "./spec.js";

test.each([
  [20, 64],
  [64, 20],
  [64, 64],
  [7, 1],
  [1, 1],
])("a %i x %i matrix has orthonormal vectors along its shorter side", (rows, columns) => {
  const matrix = orthogonal(rows, columns, seedrandom("a"));
  const [count, length] = rows >= columns ? [columns, rows] : [rows, columns];
  const at = (v: number, i: number) => (rows >= columns ? matrix[i * columns + v]! : matrix[v * columns + i]!);
  for (let v = 0; v < count; v++) {
    for (let w = 0; w <= v; w++) {
      let dot = 0;
      for (let i = 0; i < length; i++) dot += at(v, i) * at(w, i);
      expect(dot).toBeCloseTo(v === w ? 1 : 0, 12); // float64 rounding of at most 64 terms
    }
  }
});

test("hidden layers have gain sqrt 2, the head its own; biases and padding are zero", () => {
  const plan = planNetwork({ inputs: 5, hidden: [6], outputs: 2, activation: "tanh" }, "actor");
  const params = initNetwork(plan, 0.01, seedrandom("b"));
  const norms = plan.layers.map(({ weight, paddedInputs, paddedOutputs }) =>
    Math.hypot(...params.subarray(weight, weight + paddedInputs * paddedOutputs)),
  );
  expect(norms[0]).toBeCloseTo(Math.SQRT2 * Math.sqrt(5), 5); // 5 orthogonal rows of norm sqrt 2
  expect(norms[1]).toBeCloseTo(0.01 * Math.SQRT2, 7); // 2 columns of norm 0.01
  const zeros = [...params].filter((x) => x === 0).length;
  expect(zeros).toBe(plan.parameterCount - 5 * 6 - 6 * 2);
});

test("the same seed gives the same agent, another seed another one; the free vector is filled", () => {
  const spec = { inputs: 3, hidden: [4], outputs: 2, activation: "tanh" } as const;
  const plan = planAgent(spec, { ...spec, outputs: 1 }, 2);
  const make = (seed: string) => initAgent(plan, { actorHead: 0.01, criticHead: 1 }, -0.5, seedrandom(seed));
  expect(make("x")).toEqual(make("x"));
  expect(make("x")).not.toEqual(make("y"));
  expect([...make("x").subarray(plan.freeOffset)]).toEqual([-0.5, -0.5, 0, 0]);
});
