import { describe, expect, it } from "vitest";
import { signHolds, signTest } from "./experiments.js";

const holds = (differences: readonly number[], sign: 1 | -1) =>
  signHolds({ experiment: "", kind: "statics", text: "", sign, wish: false, ...signTest(differences, sign) });

describe("signTest", () => {
  it("is the exact binomial interval of the share of pairs in the expected direction", () => {
    // 9 of 10 with 95 %: .5550 to .9975 (Clopper and Pearson; any table).
    const { share, pairs } = signTest([1, 2, 3, 4, 5, 6, 7, 8, 9, -100], 1);
    expect(pairs).toBe(10);
    expect(share.mean).toBe(0.9);
    expect(share.low).toBeCloseTo(0.555, 4);
    expect(share.high).toBeCloseTo(0.9975, 4);
  });

  it("looks at directions, not at sizes", () => {
    expect(holds([1, 1, 1, 1, 1, 1, 1, 1, 1, -100], 1)).toBe(true);
    expect(holds([1, 1, 1, 1, 1, 1, 1, 1, 1, -100], -1)).toBe(false);
  });

  it("leaves out pairs that do not differ, and holds nothing without any that do", () => {
    expect(signTest([0, 0, -1, -2, 3], -1)).toMatchObject({ pairs: 3, share: { mean: 2 / 3 } });
    expect(holds([0, 0, 0], 1)).toBe(false);
  });

  it("does not take eight of ten for a rule", () => {
    expect(holds([1, 1, 1, 1, 1, 1, 1, 1, -1, -1], 1)).toBe(false);
  });

  it("gives the mean difference with its interval", () => {
    const { effect } = signTest([1, 3], 1);
    // Standard error of {1, 3} is 1.
    expect(effect.mean).toBe(2);
    expect(effect.high).toBeCloseTo(2 + 1.96, 12);
  });
});
