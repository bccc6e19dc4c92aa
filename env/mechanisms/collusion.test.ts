import { expect, test } from "vitest";
import { divertedIncentive } from "./collusion.js";
import { yuma1Epoch, yuma3Epoch } from "./yuma.js";

const VALIDATORS = 150;
const HONEST_MINERS = 90;
const OWN_MINERS = 10;

/** Weights of honest validators: merit times 1 + noise, each miner's noise evenly spread over them in an order of its own. */
function honestRow(v: number, noise: number, foothold: number): number[] {
  return Array.from({ length: HONEST_MINERS + OWN_MINERS }, (_, j) => {
    // 37 + 2 j is prime to the number of validators often enough for the orders to differ.
    const place = (v * STRIDES[j % STRIDES.length]! + 17 * j) % VALIDATORS;
    const deviation = noise * ((2 * place + 1) / VALIDATORS - 1);
    const merit = j < HONEST_MINERS ? (1 - foothold) / HONEST_MINERS : foothold / OWN_MINERS;
    return merit * (1 + deviation);
  });
}

const STRIDES = [
  1, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 77, 79, 83, 89, 91, 97, 101, 103, 107, 109, 113,
];

function attack(cabal: number, noise: number, foothold: number) {
  const own = Array.from({ length: HONEST_MINERS + OWN_MINERS }, (_, j) => (j < HONEST_MINERS ? 0 : 1 / OWN_MINERS));
  return {
    stake: [...Array.from({ length: VALIDATORS }, () => (1 - cabal) / VALIDATORS), cabal],
    weights: [...Array.from({ length: VALIDATORS }, (_, v) => honestRow(v, noise, foothold)), own],
    kappa: 32767 / 65535,
    bondsPenalty: 0,
    alpha: 0.1,
  };
}

const sumOf = (x: readonly number[]) => x.reduce((total, value) => total + value, 0);

test.each([0, 0.1, 0.2, 0.3, 0.4, 0.45])("the closed form agrees with an epoch of Yuma, cabal of %d", (cabal) => {
  for (const noise of [0, 0.2, 0.4]) {
    for (const foothold of [0.05, 0.1, 0.3]) {
      const { incentive } = yuma3Epoch(attack(cabal, noise, foothold));
      const taken = sumOf(incentive.slice(HONEST_MINERS));
      const expected = divertedIncentive(cabal, 32767 / 65535, noise, foothold);
      // 150 validators instead of infinitely many, and rows that do not add up to exactly 1 before they are normalised.
      expect(Math.abs(taken - expected), `noise ${noise}, foothold ${foothold}`).toBeLessThan(0.006);
    }
  }
});

/**
 * The cabal's share of the validators' dividends under Yuma 1 with settled bonds and no bonds penalty: it holds bonds in its own miners
 * only, there beside the honest validators. Below its stake share while consensus holds.
 */
const cabalDividends = (cabal: number, diverted: number, foothold: number) =>
  (diverted * cabal) / (cabal + (1 - cabal) * foothold);

test("a cabal's dividends under Yuma 1 are below its stake, as what it takes and its bonds say", () => {
  for (const cabal of [0.1, 0.3, 0.45]) {
    for (const foothold of [0.05, 0.3]) {
      const input = attack(cabal, 0.2, foothold);
      // Bonds that have settled are those of one epoch with all the weight on the new ones.
      const { dividends } = yuma1Epoch({ ...input, alpha: 1 });
      const diverted = divertedIncentive(cabal, 32767 / 65535, 0.2, foothold);
      expect(Math.abs(dividends.at(-1)! - cabalDividends(cabal, diverted, foothold))).toBeLessThan(0.01);
      expect(dividends.at(-1)!).toBeLessThan(cabal);
    }
  }
});

test("without noise a minority gets its miners' merit among the weights of the honest; with it, the more stake the more", () => {
  for (const cabal of [0, 0.2, 0.45]) {
    expect(divertedIncentive(cabal, 0.5, 0, 0.1)).toBeCloseTo(0.1 / (0.1 + 0.9 * (1 - cabal)), 12);
    expect(divertedIncentive(cabal, 0.5, 0, 0)).toBe(0);
  }
  let last = 0;
  for (let cabal = 0; cabal < 0.5; cabal += 0.05) {
    const taken = divertedIncentive(cabal, 0.5, 0.4, 0.1);
    expect(taken).toBeGreaterThan(last);
    last = taken;
  }
});
