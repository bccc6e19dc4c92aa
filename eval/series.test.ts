import { describe, expect, test } from "vitest";
import { sampleDays, seriesBands } from "./series.js";

describe("sampled days", () => {
  test("are all days when there are few, and first and last always", () => {
    expect(sampleDays(4, 120)).toEqual([0, 1, 2, 3]);
    expect(sampleDays(365, 3)).toEqual([0, 182, 364]);
    expect(sampleDays(365, 120)).toHaveLength(120);
    expect(sampleDays(1, 120)).toEqual([0]);
    expect(sampleDays(0, 120)).toEqual([]);
  });
});

describe("bands", () => {
  // Two days, eleven episodes: prices 1..11, then ten times as much.
  const episodes = 11;
  const price = Float32Array.from({ length: 22 }, (_, at) => ((at % 11) + 1) * (at < 11 ? 1 : 10));
  const supply = Float32Array.from({ length: 22 }, (_, at) => (at < 11 ? 200 : 210));

  test("hold the 10, 50 and 90 % quantiles of each day, days counted from 1", () => {
    const bands = seriesBands({ days: 2, episodes, price, supply, actions: { fee: price } });
    expect(bands.days).toEqual([1, 2]);
    expect(bands.price).toEqual({ low: [2, 20], middle: [6, 60], high: [10, 100] });
    expect(bands.actions["fee"]).toEqual(bands.price);
  });

  test("of the supply are relative to each episode's first day", () => {
    const { supply: band } = seriesBands({ days: 2, episodes, price, supply, actions: {} });
    expect(band.middle).toEqual([0, expect.closeTo(0.05, 6)]);
  });

  test("keep an episode that ended at its last value, so that ruin stays visible", () => {
    const ruined = Float32Array.from([1, 1, 1, Number.NaN, 3, 3]);
    const { price: band } = seriesBands({ days: 3, episodes: 2, price: ruined, supply: ruined, actions: {} });
    expect(band.low[1]).toBeCloseTo(1, 6);
    expect(band.middle).toEqual([1, 1, 3]);
  });
});
