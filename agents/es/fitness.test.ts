import { expect, test } from "vitest";
import { centredRanks, excessOver, penalised } from "./fitness.js";

const figures = (trips: readonly number[], maxDrawdown: readonly number[]) => ({
  objective: 0,
  trips: Float64Array.from(trips),
  maxDrawdown: Float64Array.from(maxDrawdown),
});

test("an excess is a difference of means on the same markets, a drawdown of 70 % counting a half", () => {
  const reference = figures([1, 0, 0, 0], [0, 0, 0.7, 0]);
  const score = figures([1, 1, 0, 1], [0, 0.7, 0.7, 1]);
  const { trips, drawdowns } = excessOver(reference, score);
  expect(trips).toBe(0.5);
  // Without smoothing 0.5. At 0 the curve is at 1 / (1 + e^7), at 1 at 1 / (1 + e^-3).
  const [none, all] = [1 / (1 + Math.exp(7)), 1 / (1 + Math.exp(-3))];
  expect(drawdowns).toBeCloseTo((0.5 - none + all - none) / 4, 12);
  expect(excessOver(score, reference)).toEqual({ trips: -0.5, drawdowns: -drawdowns });
});

test("more trips and deep drawdowns cost their penalties, fewer earn nothing", () => {
  const penalties = { tripPenalty: 2, drawdownPenalty: 3 };
  expect(penalised(-1, { trips: 0.5, drawdowns: 0.25 }, penalties)).toBe(-2.75);
  expect(penalised(-1, { trips: -0.5, drawdowns: 0.25 }, penalties)).toBe(-1.75);
  expect(penalised(-1, { trips: -0.5, drawdowns: -0.25 }, penalties)).toBe(-1);
});

test("ranks are spread evenly around 0 whatever the values' sizes; equal values share theirs", () => {
  expect(centredRanks([3, -1e9, 7, 4])).toEqual([-0.5 + 1 / 3, -0.5, 0.5, -0.5 + 2 / 3]);
  expect(centredRanks([2, 1, 2])).toEqual([0.25, -0.5, 0.25]);
  expect(centredRanks([5, 5])).toEqual([0, 0]);
});
