import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { heldSpans, type PlottedTrajectory, trajectoryPlot } from "./trajectory-plot.js";

const days = [1, 2, 3, 4, 5, 6];
const path: PlottedTrajectory = {
  label: "ppo",
  tone: "learned",
  days,
  price: [1, 1, 0.5, 0.6, 0.7, 0.5],
  supply: [100, 101, 102, 103, 104, 105],
  levers: { fee: [0.1, 0.1, 0.2, 0.2, 0.1, 0.1] },
  held: [false, false, true, true, false, true],
};
const rule: PlottedTrajectory = { ...path, label: "<rule>", tone: "baseline", held: days.map(() => false) };

test("the days that a breaker held are runs from its trip to the first free day", () => {
  expect(heldSpans(path)).toEqual([
    { first: 3, end: 5 },
    { first: 6, end: 7 },
  ]);
  expect(heldSpans(rule)).toEqual([]);
});

test("the picture names title, axes and controllers, and marks every trip of a breaker", () => {
  const svg = trajectoryPlot({ title: "crash", trajectories: [path, rule], leverTitles: { fee: "fee: share of the price" } });
  for (const text of ["crash", "ppo", "&#60;rule&#62;", "Price, USD", "Supply, tokens", "fee: share of the price", "day"]) {
    expect(svg).toContain(text);
  }
  expect(svg).not.toMatch(/NaN|Infinity/);
  const { document } = parseHTML(svg);
  // Price, supply and one lever, each with a line for either controller.
  expect(document.querySelectorAll("svg svg")).toHaveLength(3);
  expect(svg.match(/rotate\(180\)/g)).toHaveLength(2);
});

test("without a trip there is nothing about breakers in the legend", () => {
  expect(trajectoryPlot({ title: "calm", trajectories: [rule], leverTitles: {} })).not.toContain("breaker");
});
