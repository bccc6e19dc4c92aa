import { expect, test } from "vitest";
import { akash } from "../../env/economies/akash/index.js";
import type { WarsAgent } from "../../env/wars/plan.js";
import { type AgentRun, runWars } from "./wars.js";

// What competition does, on 256 worlds of two Akash economies over half a year, the same shocks on both sides of each comparison.

const HORIZON = 180;
const TWINS: readonly WarsAgent[] = ["one", "two"].map((id) => ({ id, economy: akash }));

function play(sector: Readonly<Record<string, number>>, rule = "constant", scenario = "base") {
  const agents = TWINS.map((agent) => (agent.id === "two" ? { ...agent, scenario } : agent));
  const run = runWars({
    agents,
    controllers: { one: "constant", two: rule },
    sector,
    horizon: HORIZON,
    numLanes: 256,
    seed: 21,
  });
  return { one: run.agents["one"]!, two: run.agents["two"]! };
}

const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
const kept = ({ capitalShare }: AgentRun) => capitalShare[HORIZON]! / capitalShare[0]!;

/** Mean over its standard error. */
function score(values: Float64Array): number {
  const middle = mean(values);
  const variance = mean(values.map((x) => (x - middle) ** 2));
  return middle / Math.sqrt(variance / values.length);
}

test("hype drives twins apart: their prices differ more when investors follow the trend", () => {
  const square = (hypeAppetite: number) => {
    const { one, two } = play({ hypeAppetite, speculativeShare: 1, mobileShare: 0.3, orderMost: 0.02 });
    return one.price.map((price, i) => Math.log(price / two.price[i]!) ** 2);
  };
  const [calm, hyped] = [square(0), square(1)];
  expect(score(hyped.map((x, i) => x - calm[i]!))).toBeGreaterThan(4);
});

test("more projects leave less capital for each", () => {
  const [few, more] = [0, 60].map((projectsAdded) => play({ projectsAdded }));
  expect(score(few!.one.capital.map((capital, i) => capital - more!.one.capital[i]!))).toBeGreaterThan(4);
  expect(kept(more!.one)).toBeLessThan(kept(few!.one));
});

test("growing service draws the capital of those who look at utility, more than of those who look at the trend", () => {
  const lead = (speculativeShare: number) => {
    const { one, two } = play({ speculativeShare, hypeAppetite: 0.1 }, "constant", "growth");
    return two.capital.map((capital, i) => capital - one.capital[i]!);
  };
  const [utility, trend] = [lead(0), lead(1)];
  expect(score(utility)).toBeGreaterThan(4);
  expect(score(utility.map((x, i) => x - trend[i]!))).toBeGreaterThan(2);
});

test("providers go where emission pays them: more of them than in the same markets under the start values", () => {
  const sector = { providerSpeed: 0.01, switchingCost: 0 };
  const [start, most] = [play(sector), play(sector, "max-emission")];
  expect(score(most.two.capacityMoved.map((moved, i) => moved - start.two.capacityMoved[i]!))).toBeGreaterThan(4);
  // Of two economies one gains what the other loses; sums over 180 days of float32 flows.
  for (const [i, moved] of most.two.capacityMoved.entries()) {
    expect(Math.abs(moved + most.one.capacityMoved[i]!)).toBeLessThan(1e-3 * (1 + Math.abs(moved)));
  }
});

test("an inflow lifts all: the same markets end higher with it", () => {
  const [without, inflow] = [0, 5e9].map((flow) => play({ inflow: flow }));
  expect(score(inflow!.one.price.map((price, i) => Math.log(price / without!.one.price[i]!)))).toBeGreaterThan(4);
});
