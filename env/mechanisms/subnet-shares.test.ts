import { expect, test } from "vitest";
import { injectedTao, movingPrice, priceWeight, rootProportion, shareWeight } from "./subnet-shares.js";

test("a day's moving price equals 7,200 blocks of the chain's", () => {
  for (const age of [50_400, 201_600, 2e6]) {
    let moving = 0.02;
    for (let block = 0; block < 7200; block++) {
      const b = age + block;
      const weight = (3e-6 * b) / (b + 201_600);
      moving = (1 - weight) * moving + weight * Math.min(0.05, 1);
    }
    const day = movingPrice(0.02, 0.05, priceWeight(age + 3600, 7200));
    // The weight at the middle of the day stands for the day, and its series stops at second order: below 0.1 % of the move, for
    // subnets of a week and more.
    expect(Math.abs(day - moving)).toBeLessThan(1e-3 * Math.abs(moving - 0.02));
  }
});

test("half of a jump is in the moving price after 32 days, and a spot price counts for one TAO at most", () => {
  let moving = 0;
  for (let day = 0; day < 32; day++) moving = movingPrice(moving, 2, priceWeight(1e9, 7200));
  expect(moving).toBeCloseTo(0.5, 2);
});

test("shares go by moving price, less what owners take from their miners", () => {
  expect(shareWeight(0.1, 0)).toBe(0.1);
  expect(shareWeight(0.1, 0.25)).toBeCloseTo(0.075, 12);
  expect(shareWeight(0.1, 1)).toBe(0);
});

test("root stands for its weighted TAO among the stake", () => {
  expect(rootProportion(5e6, 0.2, 1e6)).toBeCloseTo(0.5, 12);
  expect(rootProportion(0, 0.2, 1e6)).toBe(0);
});

test("injection is capped by root's proportion of new alpha; the excess is for chain buys", () => {
  // 100 TAO at 0.1: 1,000 alpha would match; root allows 0.2 x 7,200 = 1,440, so nothing is left over.
  expect(injectedTao(100, 0.1, 0.2, 7200)).toBe(100);
  // Root allows 360 alpha, that is 36 TAO; 64 are left over.
  expect(injectedTao(100, 0.1, 0.05, 7200)).toBeCloseTo(36, 12);
});
