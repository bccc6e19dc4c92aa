import { describe, expect, test } from "vitest";
import { hasGpu } from "../test/support/swiftshader.js";
import { parseConfig } from "../train/config.js";
import { PROBES, type Probe } from "./probe.js";
import { runProbe } from "./run-probe.js";

const probe = (id: string): Probe => PROBES.find((one) => one.id === id)!;
const quick = { seed: 1, numThreads: 1, now: () => 0, episodes: 2000 };

describe("learners on problems with a known optimum, in a quick form of npm run probes", () => {
  // Paired with the optimal gain in the same episodes, a better cost would be a fault of the accounting; 0.1 % is noise.
  test.each([
    ["apg", 1.001, {}],
    ["es", 1.01, { totalSteps: 3_000_000 }],
    ["ppo", 1.03, { totalSteps: 300_000 }],
  ] as const)(
    "scalar LQR by %s comes within a factor of %d of the optimal cost, and not below it",
    async (method, factor, more) => {
      const config = { ...more, checkpointEvery: 1000 };
      const { score } = await runProbe(probe("lqr"), method, { ...quick, config });
      expect(score).toBeLessThan(factor * 1.908441);
      expect(score).toBeGreaterThan(0.999 * 1.908441);
    },
  );

  test.each([
    ["es", { totalSteps: 2_000_000 }],
    ["ppo", { totalSteps: 200_000 }],
  ] as const)("cartpole by %s lives 475 steps or more", async (method, more) => {
    const config = { ...more, checkpointEvery: 1000 };
    const { score } = await runProbe(probe("cartpole"), method, { ...quick, config, episodes: 500 });
    expect(score).toBeGreaterThanOrEqual(475);
    expect(score).toBeLessThanOrEqual(500);
  });

  test("cartpole with a continuous force lives 475 steps or more by apg, which learns to stay upright", async () => {
    const config = { totalSteps: 2_000_000, checkpointEvery: 1000 };
    const { score } = await runProbe(probe("cartpole-force"), "apg", { ...quick, config, episodes: 500 });
    expect(score).toBeGreaterThanOrEqual(475);
    expect(score).toBeLessThanOrEqual(500);
  });

  test("pendulum swings up by apg: without torque the mean return is -1218", async () => {
    const config = { totalSteps: 2_000_000, checkpointEvery: 1000 };
    const { score } = await runProbe(probe("pendulum"), "apg", { ...quick, config, episodes: 500 });
    expect(score).toBeGreaterThan(-300);
    expect(score).toBeLessThan(-130);
  });

  test("20 iterations of scalar LQR come to the same cost on wasm, on WebGPU and on TensorFlow.js", async () => {
    // Small enough for plain JavaScript and a GPU in software, large steps, so that 20 iterations get somewhere.
    const config = {
      totalSteps: 20 * 8192,
      numMinibatches: 4,
      updateEpochs: 2,
      hidden: [8],
      learningRate: 0.02,
      checkpointEvery: 1000,
    };
    const scores: number[] = [];
    for (const device of ["wasm", "tensorflow", ...((await hasGpu()) ? ["webgpu"] : [])]) {
      const { score, steps } = await runProbe(probe("lqr"), "ppo", { ...quick, config: { ...config, device } });
      expect(steps).toBe(20 * 8192);
      scores.push(score);
    }
    const [wasm, ...others] = scores as [number, ...number[]];
    // Doing nothing costs more than 20: the start's variance of 1 stays, discounted by 0.95 a step.
    expect(wasm).toBeLessThan(1.1 * 1.908441);
    // Seeds differ by 0.4 % on one device, and so do devices with one seed once rounding has made other lanes.
    for (const other of others) expect(Math.abs(other / wasm - 1)).toBeLessThan(0.01);
  });

  const trials = PROBES.flatMap(({ id, trials }) =>
    Object.entries(trials).map(([method, trial]) => ({ id, method, ...trial })),
  );
  test.each(trials)("the settings of $id by $method are valid and its own", ({ method, config }) => {
    expect(parseConfig({ ...config })).toMatchObject({ ...config, algorithm: method });
  });
});
