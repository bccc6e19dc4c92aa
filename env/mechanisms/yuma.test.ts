import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LiquidAlpha, type Matrix, type YumaInput, yuma1Epoch, yuma3Epoch, yumaEmission } from "./yuma.js";

interface Case {
  readonly name: string;
  readonly stake: readonly number[];
  readonly kappa: number;
  readonly beta: number;
  readonly alpha_low: number;
  readonly alpha_high: number;
  readonly steepness: number;
  readonly alpha_disabled: number;
  readonly liquid: boolean;
  readonly epochs: readonly {
    readonly weights: Matrix;
    readonly bonds: Matrix;
    readonly incentive: readonly number[];
    readonly dividends: readonly number[];
    readonly consensus: readonly number[];
  }[];
}

const { cases } = JSON.parse(readFileSync(new URL("./yuma-vectors.json", import.meta.url), "utf8")) as { cases: Case[] };
const KAPPA = 32767 / 65535;

function farthest(actual: Matrix | readonly number[], expected: Matrix | readonly number[]): number {
  const [a, b] = [actual.flat(), expected.flat()];
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

/** Epochs one after the other, each with the bonds of the one before. */
function run(epoch: typeof yuma3Epoch, input: Omit<YumaInput, "weights">, weights: readonly Matrix[]) {
  let bonds: Matrix | undefined;
  return weights.map((matrix) => {
    const result = epoch({ ...input, weights: matrix, ...(bonds ? { bonds } : {}) });
    bonds = result.bonds;
    return result;
  });
}

test.each(cases)("Yuma 3 gives the chain's table of $name", (vector) => {
  const { stake, kappa, beta: bondsPenalty, alpha_low: low, alpha_high: high, steepness } = vector;
  const alpha: number | LiquidAlpha = vector.liquid ? { low, high, steepness } : vector.alpha_disabled;
  const epochs = run(
    yuma3Epoch,
    { stake, kappa, bondsPenalty, alpha },
    vector.epochs.map(({ weights }) => weights),
  );
  for (const [i, expected] of vector.epochs.entries()) {
    // The chain's own tests allow 1e-3; the table is in double precision, so rounding is all that differs.
    for (const name of ["bonds", "incentive", "dividends", "consensus"] as const) {
      expect(farthest(epochs[i]![name], expected[name]), `${name} of epoch ${i}`).toBeLessThan(1e-12);
    }
  }
});

test("Yuma 3 gives the dividends that the chain's tests assert, to their tolerance of 1e-3", () => {
  // pallets/subtensor/src/tests/epoch.rs, as rounded in its tables.
  const asserted: Record<string, number[][]> = {
    kappa_moves_first: [
      [0.8, 0.1, 0.1],
      [1, 0, 0],
      [0.9382, 0.0618, 0],
      [0.8819, 0.0773, 0.0407],
      [0.8564, 0.0844, 0.0592],
      [0.8418, 0.0884, 0.0697],
    ],
    one_epoch_switch: [
      [0.33, 0.33, 0.34],
      [0.33, 0.33, 0.34],
      [0.3782, 0.3782, 0.2436],
      [0.3628, 0.3628, 0.2745],
      [0.3541, 0.3541, 0.2917],
      [0.3487, 0.3487, 0.3026],
    ],
  };
  for (const [name, dividends] of Object.entries(asserted)) {
    const { stake, kappa, epochs, alpha_low: low, alpha_high: high, steepness } = cases.find((vector) => vector.name === name)!;
    // Liquid alpha on its own members, as the chain's hyperparameters have it.
    const lived = run(
      yuma3Epoch,
      { stake, kappa, bondsPenalty: 0, low, high, steepness },
      epochs.map(({ weights }) => weights),
    );
    expect(
      farthest(
        lived.map((epoch) => epoch.dividends),
        dividends,
      ),
    ).toBeLessThan(1e-3);
  }
});

describe("Yuma 1 follows test_bonds of the chain", () => {
  // pallets/subtensor/src/tests/epoch.rs::test_bonds: stakes 1 to 4; self-weights count as none. Weights in 65535ths.
  const all = [16383, 32767, 49149, 65535];
  const none = [0, 0, 0, 0];
  const last = [0, 0, 0, 65535];
  const weights: Matrix[] = [
    [all, all, all, all],
    [none, all, all, all],
    [none, none, all, all],
    [none, none, none, all],
    [none, none, last, all],
    [none, none, last, all],
    [none, none, last, all],
  ];
  const epochs = run(yuma1Epoch, { stake: [1, 2, 3, 4, 0, 0, 0, 0], kappa: KAPPA, bondsPenalty: 1, alpha: 0.1 }, weights);
  const stored = (epoch: number, miner: number) => epochs[epoch]!.bonds.map((row) => 65535 * row[miner]!);

  test.each([
    [0, 0, [16383, 32767, 49151, 65535]],
    [1, 0, [14582, 32767, 49151, 65535]],
    [2, 0, [12603, 28321, 49151, 65535]],
    [3, 3, [12602, 28320, 49150, 65535]],
    [4, 3, [10951, 24609, 49150, 65535]],
    [5, 3, [9559, 21482, 49150, 65535]],
    [6, 3, [8376, 18824, 49150, 65535]],
  ])("stored bonds after epoch %i on server %i, to 4 of 65535", (epoch, miner, expected) => {
    // The chain truncates to 16 bits after every epoch; up to seven truncations stay below 4.
    expect(farthest(stored(epoch, miner), expected)).toBeLessThan(4);
  });

  test("emission of the first epoch, half to each side, to the rounding of 16-bit weights", () => {
    const emission = (shares: readonly number[]) => shares.map((share) => 0.5e9 * share);
    expect(farthest(emission(epochs[0]!.dividends), [49999998, 99999999, 150000000, 200000001])).toBeLessThan(10);
    expect(farthest(emission(epochs[0]!.incentive), [49998779, 100000610, 149996337, 200004272])).toBeLessThan(10);
    expect(farthest(emission(epochs[1]!.dividends), [44998351, 101110561, 151667215, 202223870])).toBeLessThan(4000);
  });

  test("without support for any weight there is neither incentive nor dividend, and the bonds stay", () => {
    expect(epochs[3]!.consensus).toEqual([0, 0, 0, 0]);
    expect(epochs[3]!.incentive).toEqual([0, 0, 0, 0]);
    expect(epochs[3]!.dividends).toEqual([0, 0, 0, 0]);
    expect(farthest(epochs[3]!.bonds, epochs[2]!.bonds)).toBeLessThan(1e-12);
  });
});

/**
 * Yuma 3 with liquid alpha over flat arrays, one validator and miner at a time, from the chain's pseudocode; shares nothing with yuma.ts.
 * Consensus is looked for among the weights themselves, not by a sorted sum.
 */
function referenceBonds(
  stakes: readonly number[],
  raw: Matrix,
  before: Matrix,
  kappa: number,
  penalty: number,
  liquid: LiquidAlpha,
) {
  const validators = stakes.length;
  const miners = raw[0]!.length;
  let allStake = 0;
  for (const own of stakes) allStake += own;
  const weight = (i: number, j: number): number => {
    let total = 0;
    for (const x of raw[i]!) total += x;
    return total === 0 ? 0 : raw[i]![j]! / total;
  };
  const bonds = new Float64Array(validators * miners);
  const dividends = new Float64Array(validators);
  const rank = new Float64Array(miners);
  for (let j = 0; j < miners; j++) {
    let level = 0;
    for (let candidate = 0; candidate < validators; candidate++) {
      let support = 0;
      for (let i = 0; i < validators; i++) if (weight(i, j) >= weight(candidate, j)) support += stakes[i]!;
      if (support / allStake >= kappa) level = Math.max(level, weight(candidate, j));
    }
    let held = 0;
    for (let i = 0; i < validators; i++) {
      const own = weight(i, j);
      rank[j]! += (stakes[i]! / allStake) * (own < level ? own : level);
      const earning = own > level ? own - penalty * (own - level) : own;
      const old = before[i]![j]!;
      let gap = earning < old ? old - earning : earning - level;
      if (gap < 0) gap = 0;
      if (gap > 1) gap = 1;
      const x = (liquid.steepness / 100) * (gap - 0.5);
      // The logistic curve by its hyperbolic tangent.
      const speed = liquid.low + (liquid.high - liquid.low) * (0.5 + 0.5 * Math.tanh(x / 2));
      bonds[i * miners + j] = old + speed * (earning - old);
      held += bonds[i * miners + j]!;
    }
    for (let i = 0; i < validators && held > 0; i++) dividends[i]! += (stakes[i]! * rank[j]! * bonds[i * miners + j]!) / held;
  }
  let paid = 0;
  for (const x of dividends) paid += x;
  return { bonds: [...bonds], dividends: [...dividends].map((x) => (paid > 0 ? x / paid : 0)) };
}

describe("Yuma 3 with liquid alpha and a bonds penalty", () => {
  const liquid = { low: 0.1, high: 0.9, steepness: 1000 };

  test("alpha follows the weight after the penalty: at the chain's full penalty a weight above consensus moves its bond slowly", () => {
    // Consensus on the first miner is .1. The outlier's weight of 1 counts as .1 there: no distance, alpha at its low end.
    const { bonds } = yuma3Epoch({
      stake: [0.6, 0.4],
      weights: [
        [0.1, 0.9],
        [1, 0],
      ],
      kappa: 0.5,
      bondsPenalty: 1,
      alpha: liquid,
    });
    const alpha = 0.1 + 0.8 / (1 + Math.exp(5));
    expect(bonds[1]![0]).toBeCloseTo(alpha * 0.1, 14);
    // The raw weight, .9 above consensus, would have moved it by .9 of the way.
    expect(bonds[1]![0]).toBeLessThan(0.011);
  });

  test("bonds and dividends equal an independent reference on random subnets, for every penalty", () => {
    // Weights are 16-bit on the chain.
    const unit = fc.integer({ min: 0, max: 65535 }).map((x) => x / 65535);
    const matrix = fc.array(fc.array(unit, { minLength: 3, maxLength: 3 }), { minLength: 4, maxLength: 4 });
    const stake = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(stake, matrix, matrix, fc.constantFrom(0, 0.3, 0.7, 1), (stakes, weights, bonds, bondsPenalty) => {
        const epoch = yuma3Epoch({ stake: stakes, weights, bonds, kappa: KAPPA, bondsPenalty, alpha: liquid });
        const expected = referenceBonds(stakes, weights, bonds, KAPPA, bondsPenalty, liquid);
        expect(farthest(epoch.bonds.flat(), expected.bonds)).toBeLessThan(1e-12);
        expect(farthest(epoch.dividends, expected.dividends)).toBeLessThan(1e-9);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});

describe("laws of consensus", () => {
  const weight = fc.double({ min: 0, max: 1, noNaN: true });
  const inputs = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })).chain(([validators, miners]) =>
    fc.record({
      stake: fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: validators, maxLength: validators }),
      weights: fc.array(fc.array(weight, { minLength: miners, maxLength: miners }), {
        minLength: validators,
        maxLength: validators,
      }),
      kappa: fc.double({ min: 0.1, max: 1, noNaN: true }),
      bondsPenalty: weight,
      alpha: weight,
    }),
  );

  test.each([
    ["1", yuma1Epoch],
    ["3", yuma3Epoch],
  ] as const)("Yuma %s: incentive and dividends are shares or void, bonds lie in 0 .. 1", (_version, epoch) => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { incentive, dividends, bonds, consensus } = epoch(input);
        for (const shares of [incentive, dividends]) {
          const total = shares.reduce((sum, x) => sum + x, 0);
          expect(total === 0 || Math.abs(total - 1) < 1e-9).toBe(true);
        }
        for (const x of [...incentive, ...dividends, ...consensus, ...bonds.flat()]) {
          expect(x >= 0 && x <= 1 + 1e-12).toBe(true);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test("consensus has the support of kappa, and no larger weight has", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { consensus } = yuma3Epoch(input);
        const total = input.stake.reduce((sum, x) => sum + x, 0);
        const rows = input.weights.map((row) => {
          const size = row.reduce((sum, x) => sum + x, 0);
          return row.map((x) => (size > 0 ? x / size : 0));
        });
        for (const [j, level] of consensus.entries()) {
          const support = (atLeast: (w: number) => boolean) =>
            input.stake.reduce((sum, own, i) => sum + (atLeast(rows[i]![j]!) ? own : 0), 0) / total;
          expect(support((w) => w >= level)).toBeGreaterThanOrEqual(input.kappa - 1e-9);
          expect(support((w) => w > level)).toBeLessThan(input.kappa + 1e-9);
        }
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test("a minority that puts all its weight on its own miner gets nothing, a majority takes all", () => {
    const attack = (minority: number) =>
      yuma3Epoch({
        stake: [1 - minority, minority],
        weights: [
          [1, 0],
          [0, 1],
        ],
        kappa: 0.5,
        bondsPenalty: 0,
        alpha: 0.1,
      });
    expect(attack(0.49).incentive).toEqual([1, 0]);
    expect(attack(0.49).dividends).toEqual([1, 0]);
    expect(attack(0.51).incentive).toEqual([0, 1]);
    expect(attack(0.51).dividends).toEqual([0, 1]);
  });
});

describe("emission", () => {
  test("is half incentive, half dividends", () => {
    expect(yumaEmission([3, 1], { incentive: [0.25, 0.75], dividends: [0.6, 0.4] })).toEqual({
      miners: [0.125, 0.375],
      validators: [0.3, 0.2],
    });
  });

  test.each([
    ["1", yuma1Epoch],
    ["3", yuma3Epoch],
  ] as const)("Yuma %s: falls back on the validators' stake when nobody sets weights", (_version, epoch) => {
    // Ten neurons of equal stake whose weights on themselves do not count: the chain's test_10_graph pays each a tenth.
    const stake = Array.from({ length: 10 }, () => 1);
    const weights = stake.map(() => stake.map(() => 0));
    const output = epoch({ stake, weights, kappa: 0.5, bondsPenalty: 0, alpha: 0.1 });
    expect([...output.incentive, ...output.dividends].every((x) => x === 0)).toBe(true);
    const { miners, validators } = yumaEmission(stake, output);
    expect(miners).toEqual(stake.map(() => 0));
    // The chain gives 99,999,999 of 1e9, rounded down.
    for (const share of validators) expect(share).toBeCloseTo(0.1, 15);
  });

  test("falls back in proportion to stake, other neurons left out, when no weight finds support", () => {
    const stake = [3, 1, 6];
    const weights = [
      [1, 0],
      [0, 1],
    ];
    const output = yuma3Epoch({ stake, weights, kappa: 0.8, bondsPenalty: 0, alpha: 0.1 });
    expect(yumaEmission(stake, output)).toEqual({ miners: [0, 0], validators: [0.75, 0.25] });
  });

  test("goes to the miners alone while no bond stands behind what they earn", () => {
    expect(yumaEmission([1], { incentive: [1], dividends: [0] })).toEqual({ miners: [1], validators: [0] });
  });

  test.each([
    [[1], { incentive: [1], dividends: [0.5, 0.5] }, /stake has 1 entries for 2 validators/],
    [[0, 1], { incentive: [0], dividends: [0] }, /no validator has stake/],
    [[1], { incentive: [Number.NaN], dividends: [1] }, /incentive contains NaN/],
  ])("case %# of bad input is named", (stake, shares, message) => {
    expect(() => yumaEmission(stake, shares)).toThrow(message);
  });
});

describe("bad input is named", () => {
  const good: YumaInput = {
    stake: [1, 1],
    weights: [
      [1, 0],
      [0, 1],
    ],
    kappa: 0.5,
    bondsPenalty: 0,
    alpha: 0.1,
  };
  test.each([
    [{ ...good, weights: [] }, /weights are 0 rows/],
    [{ ...good, weights: [[1, 0], [1]] }, /2 rows of 2 and 1/],
    [{ ...good, stake: [1] }, /stake has 1 entries for 2 validators/],
    [{ ...good, stake: [0, 0, 1] }, /no validator has stake/],
    [
      {
        ...good,
        weights: [
          [1, -0.1],
          [0, 1],
        ],
      },
      /weights contains -0.1/,
    ],
    [
      {
        ...good,
        weights: [
          [1, Number.NaN],
          [0, 1],
        ],
      },
      /weights contains NaN/,
    ],
    [{ ...good, bonds: [[0, 0]] }, /bonds are 1 rows of 2, weights 2 rows of 2/],
    [{ ...good, kappa: 1.5 }, /kappa is 1.5/],
    [{ ...good, bondsPenalty: -1 }, /bondsPenalty is -1/],
    [{ ...good, alpha: 2 }, /alpha is 2/],
    [{ ...good, alpha: { low: 0.1, high: 3, steepness: 1000 } }, /high is 3/],
    [{ stake: [1], weights: [[1]], kappa: 0.5, bondsPenalty: 0 }, /low is undefined/],
    [{ ...good, alpha: { low: 0.1, high: 0.3, steepness: Number.NaN } }, /steepness is NaN/],
  ])("case %#", (input, message) => {
    expect(() => yuma3Epoch(input)).toThrow(message);
    expect(() => yuma1Epoch(input)).toThrow(message);
  });
});
