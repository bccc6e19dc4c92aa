import { describe, expect, test } from "vitest";
import { stream } from "../../core/random.js";
import { toyRival } from "../../test/support/toy-rival.js";
import { akash } from "../economies/akash/index.js";
import type { Economy } from "../economy.js";
import type { Values } from "../world.js";
import { OWN_STREAM, withSectorShocks } from "./shared-shocks.js";

const MARKET = stream("market", "test");
const DRAWS = 4000;

/** The shocks of one member on many days. */
function drawDays(economy: Economy, member: number, days = DRAWS): readonly Values[] {
  return Array.from({ length: days }, (_, day) => {
    const z: Values = {};
    const key = { seed: 7, episode: 3, day, stream: MARKET + OWN_STREAM * (member + 1) };
    economy.functions.draw(z, key, economy.uses);
    return z;
  });
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
  const [a, b] = [mean(left), mean(right)];
  const sum = (of: (i: number) => number) => left.reduce((total, _, i) => total + of(i), 0);
  const spread = (values: readonly number[], middle: number) => Math.sqrt(sum((i) => (values[i]! - middle) ** 2));
  return sum((i) => (left[i]! - a) * (right[i]! - b)) / (spread(left, a) * spread(right, b));
}

const COMMON = ["market", "variance", "jumpSize", "jumpChance", "regime", "outsideYield"];
const OWN = ["demand", "sentiment", "activityNoise", "volumeNoise"];
const column = (days: readonly Values[], name: string) => days.map((z) => z[name]!);

describe("shocks of a sector", () => {
  test("at correlation 1 the market's are the same for all members and those of the plain economy, the others are each one's own", () => {
    const member = withSectorShocks(akash, MARKET, 1);
    const [first, second] = [drawDays(member, 0, 50), drawDays(member, 1, 50)];
    const plain: Values = {};
    akash.functions.draw(plain, { seed: 7, episode: 3, day: 0, stream: MARKET }, akash.uses);
    for (const name of COMMON) {
      expect(column(first, name)).toEqual(column(second, name));
      expect(first[0]![name]).toBe(plain[name]);
    }
    for (const name of OWN) expect(column(first, name)).not.toEqual(column(second, name));
  });

  // Standard error of a correlation of 4,000 pairs: (1 - r^2) / 63; four of them are at most 0.064.
  test.each([0, 0.4, 0.8])("at correlation %d the market shocks of two members correlate so, the others do not", (rho) => {
    const member = withSectorShocks(akash, MARKET, rho);
    const [first, second] = [drawDays(member, 0), drawDays(member, 1)];
    for (const name of COMMON) {
      // Uniform shocks are the sector's with chance rho in each member: both have it with chance rho^2.
      const expected = name === "jumpChance" || name === "regime" || name === "outsideYield" ? rho * rho : rho;
      expect(Math.abs(correlation(column(first, name), column(second, name)) - expected), name).toBeLessThan(0.064);
    }
    for (const name of OWN) expect(Math.abs(correlation(column(first, name), column(second, name))), name).toBeLessThan(0.064);
  });

  test("mixing leaves the distribution of every shock as it was", () => {
    const days = drawDays(withSectorShocks(akash, MARKET, 0.6), 0);
    for (const [name, mean, variance] of [
      ["market", 0, 1],
      ["jumpSize", 0, 1],
      ["jumpChance", 0.5, 1 / 12],
      ["regime", 0.5, 1 / 12],
      ["outsideYield", 0, 1],
    ] as const) {
      const values = column(days, name);
      const average = values.reduce((sum, x) => sum + x, 0) / DRAWS;
      const spread = values.reduce((sum, x) => sum + (x - average) ** 2, 0) / DRAWS;
      // Four standard errors: sqrt(variance / 4000) of the mean, sqrt(2 / 4000) x variance (normal, the widest) of the variance.
      expect(Math.abs(average - mean), name).toBeLessThan(4 * Math.sqrt(variance / DRAWS));
      expect(Math.abs(spread - variance), name).toBeLessThan(4 * variance * Math.sqrt(2 / DRAWS));
    }
  });

  test("an economy without the market core's shocks draws all of them from the sector", () => {
    const member = withSectorShocks(toyRival, MARKET, 0);
    expect(column(drawDays(member, 0, 20), "price")).toEqual(column(drawDays(member, 1, 20), "price"));
  });
});
