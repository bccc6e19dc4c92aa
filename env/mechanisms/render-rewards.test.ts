import { expect, test } from "vitest";
import { availabilityPoints, renderNodePenalty } from "./render-rewards.js";

test.each([
  [1, 1],
  [3, 1],
  [4, 0.522045776761016],
  [10, 0.010567204383852655],
])("%i nodes of one wallet are paid %d each (RNP-015)", (nodes, penalty) => {
  expect(renderNodePenalty(nodes)).toBeCloseTo(penalty, 14);
});

test("beyond three nodes a wallet earns less with each further one", () => {
  const earned = Array.from({ length: 30 }, (_, i) => (i + 1) * renderNodePenalty(i + 1));
  expect(earned.indexOf(Math.max(...earned))).toBe(2);
});

test("an average node has seven points; score and memory count three times as much as age", () => {
  const average = { score: 1000, memory: 32, age: 365 };
  expect(availabilityPoints(average, average)).toBe(7);
  const squared = (name: keyof typeof average) => availabilityPoints({ ...average, [name]: average[name] ** 2 }, average);
  expect([squared("score"), squared("memory"), squared("age")]).toEqual([
    expect.closeTo(10, 12),
    expect.closeTo(10, 12),
    expect.closeTo(8, 12),
  ]);
});
