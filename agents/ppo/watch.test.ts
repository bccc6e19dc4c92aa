import { expect, test } from "vitest";
import { parseEnvOptions } from "../../env/settings.js";
import { lqr } from "../../probes/worlds/lqr.js";
import { parseConfig } from "../../train/config.js";
import { train } from "../../train/train.js";
import type { IterationMetrics } from "../learner/learner.js";
import { ppoSettings } from "./settings.js";
import { watchPpo } from "./watch.js";

const HEALTHY = {
  ...{ epochs: 4, approxKl: 0.01, clipFraction: 0.1, entropy: 0.9, valueLoss: 0.5, explainedVariance: 0.6 },
  "std.fee": 0.6,
};
const metrics = (figures: IterationMetrics["figures"], iteration = 7): IterationMetrics => ({
  iteration,
  envSteps: 0,
  episodicReturn: null,
  figures: { ...HEALTHY, ...figures },
  notes: [],
});
const watch = (changes: Readonly<Record<string, unknown>> = {}) =>
  watchPpo(ppoSettings(parseConfig({ algorithm: "ppo", ...changes })));

test("an update that makes another policy is told with the settings that cause it", () => {
  expect(watch()(metrics({ approxKl: 2e11 }))).toEqual([
    {
      code: "W_KL",
      message: "update 7: approxKl is 2.0e+11, far above 0.5: each update makes it another policy",
      hint: "lower learningRate (it is 0.002), or set targetKl=0.02",
    },
  ]);
  const [warning] = watch({ targetKl: 0.01, learningRate: 0.5 })(metrics({ approxKl: 0.2 }));
  expect(warning).toMatchObject({ hint: "lower learningRate (it is 0.5)", message: expect.stringContaining("far above 0.1") });
});

test("clipping of nearly all samples, a collapse of the exploration and an exploding critic are told", () => {
  const codes = (figures: IterationMetrics["figures"]) => watch()(metrics(figures)).map(({ code }) => code);
  expect(codes({ clipFraction: 0.97 })).toEqual(["W_CLIP"]);
  expect(codes({ "std.fee": 1e-5 })).toEqual(["W_ENTROPY"]);
  const look = watch();
  expect(look(metrics({}))).toEqual([]);
  expect(look(metrics({ valueLoss: 3e4, explainedVariance: -40 })).map(({ code }) => code)).toEqual(["W_VALUE"]);
});

test("a healthy run and an iteration without an update are told nothing of", () => {
  expect(watch()(metrics({}))).toEqual([]);
  expect(watch()(metrics({ epochs: 0, approxKl: 0, entropy: 0, "std.fee": 0 }))).toEqual([]);
});

test("a run that diverges is warned of once for each sign", async () => {
  const { lane } = parseEnvOptions(lqr, {});
  const small = { numEnvs: 64, numSteps: 8, numMinibatches: 2, hidden: [8], decisionInterval: 1 };
  const config = parseConfig({ algorithm: "ppo", ...small, learningRate: 1, updateEpochs: 10, totalSteps: 12 * 512 });
  const codes: string[] = [];
  for await (const event of train({ world: lqr, lane, config, numThreads: 1 })) {
    if (event.kind === "warning") codes.push(event.warning.code);
  }
  expect(codes).toContain("W_KL");
  expect(new Set(codes).size).toBe(codes.length);
});
