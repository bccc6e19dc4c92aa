import fc from "fast-check";
import { expect, test } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import { cosmosInflation, SDK_BLOCKS_PER_YEAR } from "./cosmos-mint.js";

const u = { clamp };
const SDK = { goal: 0.67, rateChange: 0.13, min: 0.07, max: 0.2, step: 1 / SDK_BLOCKS_PER_YEAR };
const sdkBlock = (rate: number, bonded: number) => cosmosInflation({ rate, bonded }, SDK, u);

test("one block moves inflation as cosmos-sdk's minter_test.go expects", () => {
  expect(SDK_BLOCKS_PER_YEAR).toBe(6_311_520);
  // inflation, bonded, change; the last two rows stop at the band. Tolerance: rounding of inflation + change.
  const vectors = [
    [0.07, 0, 2.0597257080479103e-8],
    [0.1, 0.5, 5.226169705330186e-9],
    [0.2, 1, -1.01449e-8],
    [0.0700000001, 1, -9.999999439624929e-11],
    [0.1999999999, 0, 1.000000082740371e-10],
    [0.13, 0.67, 0],
  ];
  for (const [inflation, bonded, change] of vectors) {
    const moved = sdkBlock(inflation!, bonded!) - inflation!;
    expect(Math.abs(moved - change!)).toBeLessThan(Math.max(1e-16, Math.abs(change!) * 1e-5));
  }
});

test("inflation is pinned at the ends of its band", () => {
  expect(sdkBlock(0.07, 1)).toBe(0.07);
  expect(sdkBlock(0.2, 0)).toBe(0.2);
});

test("a day's step equals 14,400 blocks of six seconds", () => {
  const blocks = 14_400;
  fc.assert(
    fc.property(
      fc.double({ min: 0.07, max: 0.2, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (start, bonded) => {
        const block = { ...SDK, step: 1 / (365 * blocks) };
        let inflation = start;
        for (let i = 0; i < blocks; i++) inflation = cosmosInflation({ rate: inflation, bonded }, block, u);
        const day = cosmosInflation({ rate: start, bonded }, { ...SDK, step: 1 / 365 }, u);
        // The rule is linear between the ends of the band: only rounding of 14,400 sums of about 0.1 remains.
        expect(Math.abs(day - inflation)).toBeLessThan(1e-12);
      },
    ),
    { numRuns: 30, seed: 1 },
  );
});

test("a day's issuance at a held rate is the blocks' compound to 2.8e-4 at 20 % a year", () => {
  const blocks = 14_400;
  for (const rate of [0.04, 0.2]) {
    let supply = 1;
    for (let block = 0; block < blocks; block++) supply += (rate * supply) / (365 * blocks);
    // Compounding within the day: half of the day's rate, 2.7e-4 of the day's issuance at 20 %.
    expect(Math.abs(rate / 365 / (supply - 1) - 1)).toBeLessThan(rate / 365 / 2 + 1e-6);
  }
});
