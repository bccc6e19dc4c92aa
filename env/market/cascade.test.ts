import fc from "fast-check";
import { expect, test } from "vitest";
import { clamp, units } from "../../compiler/primitives.js";
import { CASCADE_USES, cascadeStep, LADDER, leverageStep, resetCascade } from "./cascade.js";

const u = { ...CASCADE_USES, clamp, units, DAY: 1, DAYS_PER_YEAR: 365 };
type State = Parameters<typeof cascadeStep>[0];
type Params = Parameters<typeof cascadeStep>[1];
const RUNGS = Object.keys(LADDER) as (keyof typeof LADDER)[];

const params = (changes: Partial<Params> = {}): Params => ({
  shareLeverage: 0.2,
  shareLeverageSpeed: 0.05,
  shareEntrySpeed: 0.08,
  shareRungWidth: 0.05,
  turnover: 0.039,
  impactStrength: 1,
  impactKnee: 0.002,
  ...changes,
});

function ladder(rungs: readonly number[], fall: number, depth = 1): State {
  const held = Object.fromEntries(RUNGS.map((rung, i) => [`shareRung${rung}`, rungs[i]!]));
  const margin = rungs.reduce((sum, x) => sum + x, 0);
  return {
    ...(held as Record<`shareRung${keyof typeof LADDER}`, number>),
    shareMargin: margin,
    shareGap: -fall,
    liquid: 100e6,
    supply: 280e6,
    realisedVariance: 0.72,
    depth,
  };
}

const rungs = fc.array(fc.double({ min: 0, max: 20e6, noNaN: true }), { minLength: 5, maxLength: 5 });
const fall = fc.double({ min: -0.2, max: 1, noNaN: true });

test("without leverage nothing is sold, however deep the fall", () => {
  fc.assert(fc.property(fall, (depth) => cascadeStep(ladder([0, 0, 0, 0, 0], depth), params(), u) === 0));
});

test("more leverage on any rung never sells less", () => {
  fc.assert(
    fc.property(rungs, rungs, fall, (held, added, depth) => {
      const some = cascadeStep(ladder(held, depth), params(), u);
      const more = cascadeStep(
        ladder(
          held.map((x, i) => x + added[i]!),
          depth,
        ),
        params(),
        u,
      );
      return more >= some - 1e-6;
    }),
  );
});

test("a deeper fall never sells less", () => {
  fc.assert(
    fc.property(rungs, fall, fall, (held, one, other) => {
      const sold = (depth: number) => cascadeStep(ladder(held, depth), params(), u);
      return sold(Math.max(one, other)) >= sold(Math.min(one, other)) - 1e-6;
    }),
  );
});

test("tokens move from margin to float and none is lost; the rungs still add up to the margin", () => {
  fc.assert(
    fc.property(rungs, fall, (held, depth) => {
      const s = ladder(held, depth);
      const before = s.liquid + s.shareMargin;
      const sold = cascadeStep(s, params(), u);
      leverageStep(s, params(), 1, u);
      const onRungs = RUNGS.reduce((sum, rung) => sum + s[`shareRung${rung}`], 0);
      // Sums of some 1e8 in 53 bits.
      expect(Math.abs(s.liquid + s.shareMargin - before)).toBeLessThan(1e-6);
      expect(Math.abs(onRungs - s.shareMargin)).toBeLessThan(1e-6);
      return sold >= 0 && RUNGS.every((rung) => s[`shareRung${rung}`] >= 0);
    }),
  );
});

test("sales of a first rung reach a second one that the fall alone would not", () => {
  // 8 % of log fall reaches leverage 20 only (from 4.1 %); the next rung lies at 8.3 %.
  const alone = cascadeStep(ladder([0, 20e6, 0, 0, 0], 0.082), params(), u);
  const pushed = cascadeStep(ladder([1e6, 20e6, 0, 0, 0], 0.082), params(), u);
  expect(alone).toBe(0);
  expect(pushed).toBeGreaterThan(5 * 1e6);
  // The more so in a dry market.
  expect(cascadeStep(ladder([1e6, 20e6, 0, 0, 0], 0.082, 0.2), params(), u)).toBeGreaterThan(pushed);
});

test("the impact between rungs is the square-root law", () => {
  // All of the first rung is sold; the second is hit by fall + Y sigma sqrt(Q / V) for orders far above the knee.
  const s = ladder([10e6, 1, 0, 0, 0], 0.1);
  const p = params({ impactKnee: 0 });
  const sold = cascadeStep(s, p, u);
  const impact = Math.sqrt(0.72 / 365) * Math.sqrt(10e6 / (0.039 * 100e6));
  const hit = Math.min(1, (0.1 + impact - LADDER.X10.fall) / 0.05);
  expect(sold).toBeCloseTo(10e6 + hit, 6);
});

test("the ladder starts out of the float at its wanted size and stays there in a quiet market", () => {
  const s = { ...ladder([0, 0, 0, 0, 0], 0), shareMargin: Number.NaN };
  resetCascade(s, params(), u);
  expect(s.shareMargin).toBeCloseTo(0.2 * 100e6, 3);
  expect(s.liquid + s.shareMargin).toBe(100e6);
  for (let day = 0; day < 50; day++) leverageStep(s, params(), 1, u);
  expect(s.shareMargin).toBeCloseTo(0.2 * 100e6, 3);
});

test("a ladder sold in parts ends at exactly 0, never a rounding below it", () => {
  fc.assert(
    fc.property(rungs, fc.double({ min: 0.05, max: 0.5, noNaN: true }), (held, first) => {
      const s = ladder(held, first);
      cascadeStep(s, params(), u);
      leverageStep(s, params({ shareLeverage: 0.1 }), 1, u);
      expect(s.shareMargin).toBe(RUNGS.reduce((sum, rung) => sum + s[`shareRung${rung}`], 0));
      s.shareGap = -2;
      cascadeStep(s, params(), u);
      expect(RUNGS.map((rung) => s[`shareRung${rung}`])).toEqual([0, 0, 0, 0, 0]);
      expect(s.shareMargin).toBe(0);
    }),
    { seed: 4 },
  );
});
