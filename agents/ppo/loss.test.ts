import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emitJs } from "../../compiler/js/emit-js.js";
import type { World } from "../../env/world.js";
import { cartpole } from "../../probes/worlds/cartpole.js";
import { toyEconomy } from "../../test/support/toy-economy.js";
import { type PolicyHead, policyHead } from "../policy/head.js";
import { LOSS_COEFFICIENTS, LOSS_OUTPUT, lossUses, ppoLoss } from "./loss.js";
import { buildLossProgram } from "./programs.js";

/** One sample with everything that the loss reads; `outputs` are means or logits. */
interface Point {
  readonly outputs: readonly number[];
  readonly value: number;
  readonly logStd: readonly number[];
  readonly action: readonly number[];
  readonly logProb: number;
  readonly oldValue: number;
  readonly advantage: number;
  readonly target: number;
  readonly coefficients: Readonly<Record<keyof typeof LOSS_COEFFICIENTS, number>>;
}

const COEFFICIENTS = Object.keys(LOSS_COEFFICIENTS) as (keyof typeof LOSS_COEFFICIENTS)[];
const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const several = (count: number, min: number, max: number) => fc.array(within(min, max), { minLength: count, maxLength: count });

const common = {
  value: within(-2, 2),
  oldValue: within(-2, 2),
  advantage: within(-3, 3),
  target: within(-3, 3),
  /** Log of the ratio of the new to the old probability. */
  drift: within(-0.7, 0.7),
  coefficients: fc.record({
    clipCoef: within(0.05, 0.4),
    vfCoef: within(0, 2),
    entCoef: within(0, 0.1),
    boundCoef: within(0, 1),
    advantageMean: within(-0.5, 0.5),
    advantageScale: within(0.2, 3),
    sampleWeight: within(0.001, 1),
  }),
};

const gaussian = fc
  .record({ ...common, outputs: several(2, -1.5, 1.5), logStd: several(2, -1.5, 1), z: several(2, -2.5, 2.5) })
  .map(({ z, drift, ...point }): Point => {
    const action = point.outputs.map((mean, i) => mean + Math.exp(point.logStd[i]!) * z[i]!);
    const logProb = z.reduce((sum, x, i) => sum - 0.5 * x * x - point.logStd[i]! - 0.5 * Math.log(2 * Math.PI), 0);
    return { ...point, action, logProb: logProb - drift };
  });

const categorical = fc
  .record({ ...common, outputs: several(3, -2, 2), choice: fc.integer({ min: 0, max: 2 }) })
  .map(({ choice, drift, ...point }): Point => {
    const total = point.outputs.reduce((sum, logit) => sum + Math.exp(logit), 0);
    return { ...point, logStd: [], action: [choice], logProb: point.outputs[choice]! - Math.log(total) - drift };
  });

const HEADS = [
  { name: "gaussian", head: policyHead(toyEconomy), points: gaussian },
  {
    name: "categorical",
    head: policyHead({ ...cartpole, actions: { kind: "discrete", count: 3, doc: "" } } as World),
    points: categorical,
  },
] as const;

const CASES = HEADS.flatMap((one) => [false, true].map((clipValueLoss) => ({ ...one, clipValueLoss })));

/** The plain call: no compiler. */
function plainLoss(head: PolicyHead, clipValueLoss: boolean, point: Point): Record<string, number> {
  const result = { loss: 0, policyLoss: 0, valueLoss: 0, entropy: 0, approxKl: 0, clipFraction: 0 };
  const output = head.kind === "gaussian" ? { mean: point.outputs } : { logits: point.outputs };
  const uses = { ...lossUses({ clipValueLoss }), evaluate: head.logProb as never, policy: head.uses };
  const sample = {
    action: point.action,
    logProb: point.logProb,
    value: point.oldValue,
    advantage: point.advantage,
    return: point.target,
  };
  const { coefficients } = point;
  ppoLoss({ output, value: { value: point.value }, free: { logStd: point.logStd }, sample, coefficients, result }, uses);
  return result;
}

/** Loss outputs and slopes (network outputs, value, log standard deviations) of the compiled program, in float64. */
function compiledLoss(head: PolicyHead, clipValueLoss: boolean) {
  const { program } = buildLossProgram(head, { clipValueLoss });
  const kernel = emitJs(program, { capacity: 1 });
  return (point: Point) => {
    const sample = [...point.action, point.logProb, point.oldValue, point.advantage, point.target];
    const coefficients = COEFFICIENTS.map((name) => point.coefficients[name]);
    const inputs = [point.outputs, [point.value], point.logStd, sample, coefficients].map((values) =>
      Float64Array.from(values),
    );
    const out = new Float64Array(Object.keys(LOSS_OUTPUT).length);
    const slopes = new Float64Array(head.numOutputs + 1 + head.numFree);
    kernel.run(0, 1, [...inputs, out, slopes]);
    return { out: Object.fromEntries(Object.keys(LOSS_OUTPUT).map((name, i) => [name, out[i]!])), slopes: [...slopes] };
  };
}

/** How far the point is from where the loss has a corner; there finite differences mean nothing. */
function distanceToKink(head: PolicyHead, { outputs, value, logStd, action, ...point }: Point): number {
  const { clipCoef, advantageMean, advantageScale } = point.coefficients;
  const now = head.logProb(
    (head.kind === "gaussian" ? { mean: outputs } : { logits: outputs }) as never,
    { logStd } as never,
    { action } as never,
    head.uses as never,
  );
  const ratio = Math.exp(now.logProb - point.logProb);
  const moved = value - point.oldValue;
  const clipped = point.oldValue + Math.max(-clipCoef!, Math.min(clipCoef!, moved));
  return Math.min(
    Math.abs(ratio - 1 - clipCoef!),
    Math.abs(ratio - 1 + clipCoef!),
    // The penalty is smooth there, but its curvature is not.
    ...(head.kind === "gaussian" ? outputs.map((mean) => Math.abs(Math.abs(mean) - 1)) : []),
    Math.abs((point.advantage - advantageMean!) * advantageScale!),
    Math.abs(Math.abs(moved) - clipCoef!),
    // Inside the clip range both squares are the same; outside their order may change here.
    Math.abs(moved) > clipCoef! ? Math.abs(Math.abs(value - point.target) - Math.abs(clipped - point.target)) : 1,
  );
}

function withInput(point: Point, index: number, change: number): Point {
  const { outputs, logStd } = point;
  const bump = (values: readonly number[], at: number) => values.map((x, i) => (i === at ? x + change : x));
  if (index < outputs.length) return { ...point, outputs: bump(outputs, index) };
  if (index === outputs.length) return { ...point, value: point.value + change };
  return { ...point, logStd: bump(logStd, index - outputs.length - 1) };
}

describe.each(CASES)(
  "the compiled loss of a $name policy, value clipping $clipValueLoss",
  ({ head, points, clipValueLoss }) => {
    const compiled = compiledLoss(head, clipValueLoss);

    test("has the plain function's values, bit for bit", () => {
      fc.assert(
        fc.property(points, (point) => {
          expect(compiled(point).out).toEqual(plainLoss(head, clipValueLoss, point));
        }),
        { seed: 1, numRuns: 200 },
      );
    });

    test("has the gradient that central differences of the plain function give", () => {
      // The error of a central difference is h^2/6 of the third derivative, which stays below 1e5 here (|z| / deviation < 25),
      // so below 2e-8; rounding adds 1e-16 / h of the loss.
      const h = 1e-6;
      fc.assert(
        fc.property(points, (point) => {
          fc.pre(distanceToKink(head, point) > 1e-4);
          const { slopes } = compiled(point);
          for (const [i, slope] of slopes.entries()) {
            const [up, down] = [h, -h].map((change) => plainLoss(head, clipValueLoss, withInput(point, i, change))["loss"]!);
            const difference = (up! - down!) / (2 * h);
            expect(Math.abs(slope - difference)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(difference)));
          }
        }),
        { seed: 2, numRuns: 500 },
      );
    });

    test("is 0 where the clip takes the gradient: a good action already too likely, a bad one already too rare", () => {
      const still = {
        clipCoef: 0.2,
        vfCoef: 0,
        entCoef: 0,
        boundCoef: 0,
        advantageMean: 0,
        advantageScale: 1,
        sampleWeight: 1,
      };
      fc.assert(
        fc.property(points, fc.boolean(), (point, good) => {
          const { logProb } = head.logProb(
            (head.kind === "gaussian" ? { mean: point.outputs } : { logits: point.outputs }) as never,
            { logStd: point.logStd } as never,
            { action: point.action } as never,
            head.uses as never,
          );
          const past = logProb - Math.log(good ? 1.3 : 0.7);
          const { slopes, out } = compiled({ ...point, logProb: past, advantage: good ? 1 : -1, coefficients: still });
          expect(out["clipFraction"]).toBe(1);
          for (const slope of slopes) expect(Math.abs(slope)).toBe(0);
        }),
        { seed: 3, numRuns: 50 },
      );
    });
  },
);

test("the Gaussian log-density and entropy are the textbook ones, over the sum of two actions", () => {
  const [mean, logStd, action] = [
    [0.3, -0.2],
    [-0.5, 0.4],
    [0.9, 0.1],
  ] as const;
  const density = (i: number) => {
    const std = Math.exp(logStd[i]!);
    return Math.exp(-0.5 * ((action[i]! - mean[i]!) / std) ** 2) / (std * Math.sqrt(2 * Math.PI));
  };
  const head = HEADS[0].head;
  const got = head.logProb({ mean } as never, { logStd } as never, { action } as never, head.uses as never);
  expect(got.logProb).toBeCloseTo(Math.log(density(0) * density(1)), 12);
  expect(got.entropy).toBeCloseTo(0.5 * Math.log((2 * Math.PI * Math.E) ** 2 * Math.exp(2 * (logStd[0] + logStd[1]))), 12);
});

test("the penalty on means is the square of what lies beyond -1..1, and nothing inside or for a choice", () => {
  const head = HEADS[0].head;
  const compiled = compiledLoss(head, false);
  const coefficients = { clipCoef: 0.2, vfCoef: 0, entCoef: 0, boundCoef: 0.3, advantageMean: 0, advantageScale: 1 };
  // Without an advantage nothing else pulls at the means.
  const quiet = { value: 0, oldValue: 0, advantage: 0, target: 0, logStd: [-0.5, 0], action: [0, 0], logProb: -2 };
  const h = 1e-6;
  fc.assert(
    fc.property(several(2, -3, 3), within(0.001, 1), (outputs, sampleWeight) => {
      const point: Point = { ...quiet, outputs, coefficients: { ...coefficients, sampleWeight } };
      const { out, slopes } = compiled(point);
      const beyond = outputs.map((mean) => Math.sign(mean) * Math.max(0, Math.abs(mean) - 1));
      const penalty = 0.3 * beyond.reduce((sum, x) => sum + x * x, 0);
      expect(out["loss"]).toBeCloseTo(sampleWeight * penalty, 12);
      for (const [i, x] of beyond.entries()) {
        const [up, down] = [h, -h].map((change) => plainLoss(head, false, withInput(point, i, change))["loss"]!);
        // Exact for a parabola, up to rounding of 1e-16 / h; where the parabola begins within h, up to its slope there.
        expect(Math.abs(slopes[i]! - (up! - down!) / (2 * h))).toBeLessThan(1e-6);
        expect(Math.abs(slopes[i]! - sampleWeight * 0.6 * x)).toBeLessThan(1e-12);
        if (Math.abs(outputs[i]!) <= 1) expect(Math.abs(slopes[i]!)).toBe(0);
      }
    }),
    { seed: 4, numRuns: 300 },
  );
  const choice = HEADS[1].head;
  const logits = { logits: [5, -5, 0] };
  expect(choice.logProb(logits as never, {} as never, { action: [0] } as never, choice.uses as never).excess).toBe(0);
});

test("the categorical log-probability and entropy survive logits whose exponentials overflow", () => {
  const head = HEADS[1].head;
  const at = (logits: number[]) => head.logProb({ logits } as never, {} as never, { action: [1] } as never, head.uses as never);
  const shares = [Math.exp(1), Math.exp(2), Math.exp(0.5)].map((x) => x / (Math.exp(1) + Math.exp(2) + Math.exp(0.5)));
  const entropy = -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
  for (const shift of [0, 1000, -1000]) {
    const got = at([1 + shift, 2 + shift, 0.5 + shift]);
    // 1000 leaves 13 digits of the differences between logits.
    expect(got.logProb).toBeCloseTo(Math.log(shares[1]!), 11);
    expect(got.entropy).toBeCloseTo(entropy, 11);
  }
});
