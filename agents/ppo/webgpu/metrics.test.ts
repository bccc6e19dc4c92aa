import { expect, test } from "vitest";
import { akash } from "../../../env/economies/akash/index.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { planLearning } from "../plan.js";
import { planGpuLearner } from "./gpu-layout.js";
import { readIteration } from "./metrics.js";

test("an iteration in which the optimiser left out steps is no iteration", () => {
  const options = learnerOptions(cartpole, { numMinibatches: 4 });
  const { programs, agent } = planLearning(options);
  const layout = planGpuLearner(programs, agent, options.ppo);
  const read = (steps: number, epochs: number) => {
    const updateSums = new Float32Array(layout.updateSums.size);
    updateSums[layout.updateSums.steps] = steps;
    const sums = { sums: new Float32Array(2 * layout.sumRows.size), updateSums, logStd: new Float32Array(0) };
    return readIteration({ programs, layout, ppo: options.ppo }, sums, {
      iteration: 5,
      envSteps: 64,
      learningRate: 1e-3,
      epochs,
    });
  };
  expect(read(8, 2)).toMatchObject({ epochs: 2 });
  expect(read(0, 0)).toMatchObject({ epochs: 0 });
  expect(() => read(0, 2)).toThrow("the GPU took 0 of 8 optimiser steps in iteration 5");
  expect(() => read(7, 2)).toThrow("the GPU took 7 of 8 optimiser steps in iteration 5");
});

test("standard deviations go by the names of the actions", () => {
  const options = learnerOptions(akash, {});
  const { programs, agent } = planLearning(options);
  const layout = planGpuLearner(programs, agent, options.ppo);
  const sums = {
    sums: new Float32Array(2 * layout.sumRows.size),
    updateSums: new Float32Array(layout.updateSums.size),
    logStd: Float32Array.of(0, -1, -2),
  };
  const at = { iteration: 1, envSteps: 64, learningRate: 1e-3, epochs: 0 };
  const { std } = readIteration({ programs, layout, ppo: options.ppo }, sums, at);
  expect(std).toEqual({ issuance: 1, burnShare: Math.exp(-1), fee: Math.exp(-2) });
});
