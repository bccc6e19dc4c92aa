import seedrandom from "seedrandom";
import { describe, expect, it } from "vitest";
import { EXOGENOUS_PARAMS } from "../exogenous.js";
import { LIQUIDITY_PARAMS } from "../liquidity.js";
import { PRICE_PARAMS } from "../price.js";
import { REGIME_PARAMS } from "../regime.js";
import { type CalibrationOptions, calibrate } from "./calibration.js";
import { FITTED } from "./fitted.js";
import { drawPathShocks, type MarketPathParams, marketPath } from "./market-path.js";
import { jumpFigures, moments, robustVolatility, typicalDrawdown } from "./moments.js";
import { boundNotes } from "./notes.js";
import { logReturns, parsePriceCsv, seriesStatistics } from "./price-series.js";
import { findOutliers, withoutMoves } from "./usable.js";

const SPECS = { ...EXOGENOUS_PARAMS, ...REGIME_PARAMS, ...LIQUIDITY_PARAMS, ...PRICE_PARAMS };
const PARAMS = Object.fromEntries(Object.entries(SPECS).map(([name, { value }]) => [name, value])) as MarketPathParams;

/** CSV of a path of the market core with known parameters. */
function syntheticCsv(days: number, params: Partial<MarketPathParams>, seed = 9): string {
  const path = marketPath({ ...PARAMS, ...params }, drawPathShocks(days, seed, 0, 77));
  const rows = Array.from(path, (logPrice, day) => {
    const date = new Date(Date.UTC(2018, 0, 1 + day)).toISOString().slice(0, 10);
    return `${date},${(100 * Math.exp(logPrice)).toPrecision(8)}`;
  });
  return ["date,price_usd", ...rows].join("\n");
}

const options: CalibrationOptions = { params: PARAMS, specs: EXOGENOUS_PARAMS, seed: 4, generations: 8, reportPaths: 40 };

describe("marketPath", () => {
  it("without jumps, regimes, sentiment and feedback of depth is a walk of the long-run variance", () => {
    const quiet = { jumpRate: 0, boomChance: 0, bustChance: 0, sentimentNoise: 0, trendFollowing: 0, depthVolatility: 0 };
    const path = marketPath({ ...PARAMS, ...quiet, varianceLevel: 0.49, volOfVol: 0.1 }, drawPathShocks(20_000, 3, 0, 0));
    // The standard error of a volatility over n days is 1 / sqrt(2 n) = 0.5 %; clustering, and that the median of the absolute
    // return is below the normal one's then, widen it to a few per cent.
    expect(robustVolatility(differences(path))).toBeCloseTo(0.7, 1);
  });

  it("is the same for the same shocks, and another for another path", () => {
    const [one, two, other] = [0, 0, 1].map((path) => marketPath(PARAMS, drawPathShocks(200, 3, path, 0)));
    expect(one).toEqual(two);
    expect(other).not.toEqual(one);
  });
});

describe("moments", () => {
  it("sees through jumps to the volatility of normal days", () => {
    // 0.01 down, nothing, 0.01 up, and so on, but every 50th day 0.5 up.
    const returns = Float64Array.from({ length: 3650 }, (_, i) => (i % 50 === 7 ? 0.5 : ((i % 3) - 1) / 100));
    expect(robustVolatility(returns)).toBeCloseTo(1.4826 * 0.01 * Math.sqrt(365), 10);
    const { perYear, mean, size } = jumpFigures(returns);
    expect(perYear).toBeCloseTo(365 / 50, 12);
    expect(mean).toBeCloseTo(0.5, 12);
    expect(size).toBeCloseTo(0.5, 12);
  });

  it("measures drawdowns within blocks of 90 days", () => {
    const returns = Float64Array.from({ length: 270 }, (_, i) => (i % 90 < 3 ? -0.1 : 0.001));
    expect(typicalDrawdown(returns)).toBeCloseTo(0.3, 12);
  });

  it("is finite for returns without a single jump", () => {
    const returns = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i) / 100);
    for (const moment of moments(returns)) expect(moment).toSatisfy(Number.isFinite);
  });
});

describe("calibrate", () => {
  const truth = { varianceLevel: 1, varianceReversion: 5, volOfVol: 1.5, jumpRate: 10, jumpMean: -0.02, jumpSd: 0.15 };
  const { prices } = parsePriceCsv(syntheticCsv(1000, truth));
  const found = calibrate(prices, options);

  it("recovers the volatility of a synthetic series within 10 %, before the long search has found the rest", () => {
    expect(found.days).toBe(1000);
    expect(found.data).toEqual(seriesStatistics(prices));
    // 1,000 days with clustering say their own volatility to about 5 %.
    expect(found.simulated.annualVolatility.median / found.data.annualVolatility).toBeGreaterThan(0.9);
    expect(found.simulated.annualVolatility.median / found.data.annualVolatility).toBeLessThan(1.1);
    expect(found.simulated.annualVolatility.low).toBeLessThan(found.data.annualVolatility);
    expect(found.simulated.annualVolatility.high).toBeGreaterThan(found.data.annualVolatility);
    expect(found.params.varianceLevel).toBeGreaterThan(0.5);
    expect(found.params.varianceLevel).toBeLessThan(2);
  });

  it("stays within the ranges of the parameters and finds jumps where there are some", () => {
    for (const name of FITTED) {
      expect(found.params[name]).toBeGreaterThanOrEqual(EXOGENOUS_PARAMS[name].low);
      expect(found.params[name]).toBeLessThanOrEqual(EXOGENOUS_PARAMS[name].high);
    }
    // A year of jumps has a variance of rate * sd^2: 0.225 in truth.
    const { jumpRate, jumpSd } = found.params;
    expect(jumpRate * jumpSd ** 2).toBeGreaterThan(0.05);
    expect(jumpRate * jumpSd ** 2).toBeLessThan(0.7);
  });

  it("gives intervals that hold the parameters that the series was made with", () => {
    for (const name of FITTED) {
      const { low, high } = found.intervals[name];
      expect.soft(low, name).toBeLessThanOrEqual(truth[name]);
      expect.soft(high, name).toBeGreaterThanOrEqual(truth[name]);
    }
    expect(found.fit.verdict).toBe("good");
  });

  it("finds frequent small jumps, which a start from the jumps that show misses", () => {
    // Merton's model, made here without the market core: 50 % a year, and 30 jumps of .02 with deviation .06.
    const random = seedrandom("merton");
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const series = [2];
    let jumps = 0;
    for (let day = 0; day < 2000; day++) {
      const jumped = random() < 30 / 365;
      const jump = jumped ? 0.02 + 0.06 * normal() : 0;
      if (jumped) jumps++;
      series.push(series[day]! * Math.exp((0.5 / Math.sqrt(365)) * normal() + jump));
    }
    const { params, intervals, fit } = calibrate(series, { ...options, seed: 1, reportPaths: 60 });
    expect(fit.verdict).toBe("good");
    expect(jumpFigures(logReturns(series)).perYear).toBeLessThan(15);
    // The series is one draw: what it can tell is the rate of the jumps that it had. The short search leaves a factor.
    const happened = (jumps / 2000) * 365;
    expect(params.jumpRate).toBeGreaterThan(0.5 * happened);
    expect(params.jumpRate).toBeLessThan(2 * happened);
    expect(intervals.jumpSd.low).toBeLessThan(0.06);
    expect(intervals.jumpSd.high).toBeGreaterThan(0.06);
  });

  it("calls a fit poor when the data lie outside what the market can be", () => {
    // A quarter of the lowest volatility that the ranges allow.
    const quiet = Float64Array.from(marketPath(PARAMS, drawPathShocks(500, 3, 0, 77)), (x) => Math.exp(x / 15));
    const { fit, notes } = calibrate(quiet, { ...options, generations: 2, reportPaths: 30 });
    expect(fit.verdict).toBe("poor");
    expect(notes).toContainEqual(expect.stringMatching(/^annual volatility of the data, .* is outside/));
  });

  const wave = (i: number) => Math.exp(Math.sin(i * 1.7) / 30);
  it.each([
    ["a peg quoted to the cent", (i: number) => 1 + (i % 40 === 7 ? 0.01 : 0)],
    ["weekly prices filled forward", (i: number) => wave(Math.floor(i / 7))],
    ["steady growth", (i: number) => 1.001 ** i],
    ["denormal prices", (i: number) => [5e-324, 1e308, 1e-323][i % 3]!],
  ])("refuses %s in two lines before the search", (_name, price) => {
    const prices = Float64Array.from({ length: 210 }, (_, i) => price(i));
    expect(() => calibrate(prices, options)).toThrow(
      expect.objectContaining({
        code: expect.stringMatching(/^E_PRICES_(FLAT|DEGENERATE)$/),
        hint: expect.stringMatching(/./),
      }),
    );
  });

  it("notes a bound on the parameter's own scale, and none where nothing lies beyond", () => {
    const at = { varianceLevel: 0.1, varianceReversion: 3, volOfVol: 1, jumpRate: 0, jumpMean: 0, jumpSd: 0 };
    expect(boundNotes(at, EXOGENOUS_PARAMS)).toEqual([]);
    expect(boundNotes({ ...at, varianceLevel: 0.0501 }, EXOGENOUS_PARAMS)).toHaveLength(1);
    expect(boundNotes({ ...at, jumpRate: 59.5 }, EXOGENOUS_PARAMS)).toHaveLength(1);
  });

  it("finds the single day that makes the kurtosis, and leaves that move alone out", () => {
    const path = Array.from(prices);
    const broken = path.map((price, i) => (i < 300 ? price * 4 : price));
    const [worst, ...others] = findOutliers(broken);
    expect(worst).toMatchObject({ at: 300 });
    expect(others).toEqual([]);
    expect(findOutliers(path)).toEqual([]);
    const spliced = withoutMoves(broken, [worst!]);
    expect(spliced).toHaveLength(path.length - 1);
    expect(spliced[500]).toBeCloseTo(path[501]!, 8);
    expect(seriesStatistics(spliced).kurtosis).toBeLessThan(seriesStatistics(broken).kurtosis / 2);
  });

  it("is the same again for a seed", () => {
    const short = { ...options, generations: 1, reportPaths: 20 };
    expect(calibrate(prices, short)).toEqual(calibrate(prices, short));
  });

  it("says which bound binds, and which figure of the data the fit does not reach", () => {
    const narrow = { ...EXOGENOUS_PARAMS, varianceLevel: { ...EXOGENOUS_PARAMS.varianceLevel, low: 3 } };
    const { notes, params } = calibrate(prices.slice(0, 300), { ...options, specs: narrow, generations: 14, reportPaths: 20 });
    expect(params.varianceLevel).toBeGreaterThanOrEqual(3);
    expect(notes).toContain("varianceLevel is at the lower bound of its range, 3 1/year: the data would go lower");
  });
});

function differences(path: Float64Array): Float64Array {
  return path.slice(1).map((x, i) => x - path[i]!);
}
