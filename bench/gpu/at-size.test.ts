import { describe, expect, test } from "vitest";
import { planAgent } from "../../models/spec.js";
import { lqr } from "../../probes/worlds/lqr.js";
import { type Float64Problem, float64Gradient, relativeL2 } from "../../reference/float64-update.js";
import { learnerOptions } from "../../test/support/learner-memory.js";
import { areFinite, arePermutations, partialGradient, sampleRange, sumColumns } from "./at-size.js";
import { caseToCheck, planCases } from "./cases.js";

describe("what a check at size looks at", () => {
  test("numbers that are not finite are counted by name", () => {
    const samples = Float32Array.of(1, -2, 3e38);
    expect(areFinite({ samples })).toMatchObject({ found: "0", passed: true });
    const weights = Float32Array.of(Number.NaN, 1, Number.NEGATIVE_INFINITY);
    expect(areFinite({ samples, weights })).toMatchObject({ found: "2 weights", passed: false });
  });

  test("each epoch has every sample once", () => {
    expect(arePermutations(Uint32Array.of(2, 0, 1, 1, 2, 0), 3)).toMatchObject({ found: "2", allowed: "2", passed: true });
    expect(arePermutations(Uint32Array.of(2, 0, 1, 1, 2, 1), 3)).toMatchObject({ found: "1", passed: false });
    expect(arePermutations(Uint32Array.of(2, 0, 3), 3)).toMatchObject({ found: "0", passed: false });
    expect(arePermutations(new Uint32Array(6), 3)).toMatchObject({ passed: false });
  });

  test("workgroups have all samples, the last one what is left", () => {
    const layout = { tile: { samples: 32 }, tilesPerWorkgroup: 4, minibatchTiles: 10 };
    expect([0, 1, 2].map((workgroup) => sampleRange(layout, workgroup))).toEqual([
      [0, 128],
      [128, 256],
      [256, 320],
    ]);
  });

  test("columns are summed over rows", () => {
    expect([...sumColumns(Float32Array.of(1, 2, 3, 10, 20, 30), 3)]).toEqual([11, 22, 33]);
  });
});

describe("partial gradients", () => {
  const agent = planAgent(
    { inputs: 3, hidden: [5], outputs: 1, activation: "tanh" },
    { inputs: 3, hidden: [4], outputs: 1, activation: "tanh" },
    1,
  );
  const columns = { stride: 8, action: 3, numActions: 1, logProb: 4, value: 5, advantage: 6, target: 7 };
  /** Anything between -1 and 1 that does not repeat soon. */
  const noise = (i: number) => Math.sin(12.9898 * i + 1) % 1;
  const rows = Float32Array.from({ length: 40 * 8 }, (_, i) => noise(i));
  const params = Float64Array.from({ length: agent.parameterCount }, (_, i) => 0.5 * noise(1000 + i));
  const minibatch = Uint32Array.from({ length: 24 }, (_, i) => (i * 7) % 40);

  test.each([true, false])("add up to the gradient of their minibatch; advantages scaled: %s", (normalizeAdvantage) => {
    const { ppo } = learnerOptions(lqr, { normalizeAdvantage });
    const problem: Float64Problem = { agent, columns, settings: ppo, rows };
    const parts = [
      [0, 5],
      [5, 20],
      [20, 24],
    ] as const;
    const partials = parts.map((range) => partialGradient(problem, params, minibatch, range));
    const sum = params.map((_, i) => partials.reduce((all, partial) => all + partial[i]!, 0));
    // Scaled advantages are rounded to float32.
    expect(relativeL2(sum, float64Gradient(problem, params, minibatch))).toBeLessThan(1e-6);
  });
});

describe("the case that is checked", () => {
  test("is the first on a card, and in software only one that is asked for", () => {
    expect(caseToCheck(false, false, undefined)).toEqual(planCases(false)[0]);
    expect(caseToCheck(true, true, undefined)).toBeUndefined();
    expect(caseToCheck(true, true, 1024)).toEqual({ ...planCases(true)[0], numEnvs: 1024 });
  });
});
