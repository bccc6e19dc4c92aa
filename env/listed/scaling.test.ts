import { expect, test } from "vitest";
import { episodes, livePath, of, series, steady } from "../../test/support/listed-akash.js";
import type { Values } from "../world.js";

const quiet = (z: Values) => {
  for (const name of Object.keys(z)) z[name] = name === "jumpChance" || name === "regime" ? 0.999999 : 0;
};

test("half-day steps agree with whole ones when nothing shakes the world", () => {
  const lived = (stepDays: number) => {
    const days: Values[] = [];
    livePath(of.traditional, steady, {
      days: 300,
      shake: quiet,
      // No drifts, no jumps to compensate, and bots without latency, which is counted in steps.
      overrides: { stepDays, driftNormal: 0, jumpRate: 0, arbitrageLatency: 0, shareLockup: 60 },
      onStep: (s, _f, step) => {
        if (((step + 1) * stepDays) % 1 === 0) days.push({ ...s });
      },
    });
    return days;
  };
  const [whole, half] = [lived(1), lived(0.5)];
  for (const name of ["shareTreasury", "shareCount", "shareHolder", "shareMargin", "sharePrice", "price", "shareFlow"]) {
    for (const day of [60, 150, 299]) {
      expect(Math.abs(half[day]![name]! / whole[day]![name]! - 1), `${name} on day ${day}`).toBeLessThan(0.02);
    }
  }
  // A weekend's move waits a day and a half or two; the premium is a small difference of large prices.
  expect(Math.abs(half[299]!["sharePremium"]! - whole[299]!["sharePremium"]!)).toBeLessThan(0.02);
});

const SIZES = [
  "supplyStart",
  "supplyCap",
  "demandReference",
  "usageReference",
  "serviceReference",
  "capacityEfficientStart",
  "capacityMarginalStart",
];

test("a network 100 times as large has the same share, with 100 times the tokens and the money", () => {
  const economy = of["compute-backed"];
  const large = Object.fromEntries(SIZES.map((name) => [name, 100 * economy.params[name]!.value]));
  for (const episode of episodes(3)) {
    const figures = (overrides: Values) => [
      series(economy, (s) => s["sharePremium"]!, { episode, overrides }),
      series(economy, (s) => s["shareTreasury"]!, { episode, overrides }),
      series(economy, (_s, f) => f["shareDividend"]!, { episode, overrides }),
      series(economy, (s) => s["shareCash"]!, { episode, overrides }),
    ];
    const [small, big] = [figures({}), figures(large)];
    for (const [j, factor] of [1, 100, 100, 100].entries()) {
      for (const [day, value] of small[j]!.entries()) {
        // Rounding of 53 bits, amplified by a market of a year.
        expect(Math.abs(big[j]![day]! - factor * value)).toBeLessThan(1e-6 * (factor + Math.abs(factor * value)));
      }
    }
  }
});
