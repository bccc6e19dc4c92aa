import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toyEconomy } from "../../test/support/toy-economy.js";
import type { StepInfo } from "../contract.js";
import { makeEnv } from "../environment.js";
import type { EnvOptions } from "../settings.js";
import { type LimitSpec, WINDOW } from "./breaker.js";
import type { BreakerLimits } from "./limits.js";
import { DEFAULT_LIMITS, parseLimits } from "./limits.js";
import { BREAKERS } from "./list.js";

fc.configureGlobal({ seed: 1 });

const OFF: BreakerLimits = { ...DEFAULT_LIMITS, dailySupplyCap: 1, windowSupplyCap: 1, tripDrawdown: 1, rearmDrawdown: 1 };

function play(options: EnvOptions, action: (day: number) => readonly number[], steps: number): StepInfo[] {
  const env = makeEnv(toyEconomy, { horizon: steps, ...options, params: { ruin: 0, ...options.params } });
  const infos = [env.reset({ seed: 1 }).info];
  for (let day = 0; day < steps; day++) infos.push(env.step(action(day)).info);
  return infos;
}

const supplies = (infos: readonly StepInfo[]) => infos.map(({ flows }) => flows["supply"]!);

describe("supply caps", () => {
  test("hold for any requests: a step changes supply by at most its cap and never beyond the window's", () => {
    const cap = { noNaN: true, min: 0, max: 0.02 };
    const share = fc.double({ noNaN: true, min: 0, max: 1 });
    fc.assert(
      fc.property(fc.double(cap), fc.double(cap), fc.infiniteStream(share), (daily, window, requests) => {
        const next = () => requests.next().value as number;
        const limits = { ...OFF, dailySupplyCap: daily, windowSupplyCap: window };
        const supply = supplies(play({ limits }, () => [0.01 * next(), next()], 100));
        for (let i = 1; i < supply.length; i++) {
          const today = supply[i]! - supply[i - 1]!;
          // 1e-9 of about 100 tokens is for 30 additions in float64.
          expect(Math.abs(today)).toBeLessThanOrEqual(daily * supply[i - 1]! + 1e-9);
          for (let w = 1; w <= Math.min(WINDOW, i); w++) {
            const then = supply[i - w]!;
            expect(Math.abs(supply[i]! - then)).toBeLessThanOrEqual(window * then);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  test("the window lets exactly its share through every 30 steps, however greedy the controller", () => {
    const limits = { ...OFF, windowSupplyCap: 0.02 };
    const supply = supplies(play({ limits, params: { fees: 0 } }, () => [0.01, 0], 120));
    for (let i = WINDOW; i < supply.length; i++) {
      const change = supply[i]! / supply[i - WINDOW]! - 1;
      expect(change).toBeLessThanOrEqual(0.02);
      // Rounded inwards by 4e-6.
      if (i % WINDOW === 0) expect(change).toBeCloseTo(0.02 - 4e-6, 12);
    }
  });

  test("the daily cap binds where the request is above it", () => {
    const supply = supplies(play({ limits: { ...OFF, dailySupplyCap: 0.001 } }, () => [0.01, 0], 30));
    for (let i = 5; i < supply.length; i++) expect(supply[i]! / supply[i - 1]! - 1).toBeCloseTo(0.001, 12);
  });
});

describe("drawdown halt", () => {
  const limits = { ...OFF, tripDrawdown: 0.3, rearmDrawdown: 0.2, cooldownDays: 7 };
  const market = { params: { volatility: 0.15 }, limits };

  test("trips above its level, freezes the actions and re-arms after cool-down and recovery", () => {
    const infos = play(market, (day) => [day % 2 === 0 ? 0.01 : 0, day % 3 === 0 ? 1 : 0], 400);
    let sinceTrip = 0;
    let rearmed = 0;
    for (let i = 1; i < infos.length; i++) {
      const [before, now] = [infos[i - 1]!.breakers, infos[i]!.breakers];
      const drawdown = 1 - now["price"]! / now["peak"]!;
      if (before["tripped"] === 1) {
        expect(infos[i]!.applied).toEqual(infos[i - 1]!.applied);
        sinceTrip++;
        const rearms = sinceTrip >= 7 && drawdown <= 0.2;
        expect(now["tripped"]).toBe(rearms ? 0 : 1);
        rearmed += rearms ? 1 : 0;
      } else {
        sinceTrip = 0;
        expect(now["tripped"]).toBe(drawdown > 0.3 ? 1 : 0);
      }
    }
    expect(rearmed).toBeGreaterThan(0);
    expect(infos.at(-1)!.breakers["trips"]).toBeGreaterThanOrEqual(rearmed);
  });

  test("never trips when its level is 1", () => {
    const infos = play({ ...market, limits: OFF }, () => [0.005, 0.5], 200);
    expect(infos.at(-1)!.breakers["trips"]).toBe(0);
  });
});

describe("limits of breakers", () => {
  test.each([
    [{ dailySupplyCap: -0.1 }, "E_BREAKER_RANGE"],
    [{ windowSupplyCap: 1.1 }, "E_BREAKER_RANGE"],
    [{ tripDrawdown: Number.NaN }, "E_BREAKER_RANGE"],
    [{ cooldownDays: -1 }, "E_BREAKER_RANGE"],
    [{ cooldownDays: "7" }, "E_BREAKER_RANGE"],
    [{ peakDecay: true }, "E_BREAKER_RANGE"],
    [{ peakDecay: null }, "E_BREAKER_RANGE"],
    [{ peakDecay: undefined }, "E_BREAKER_RANGE"],
    [{ windowSupplyCap: [] }, "E_BREAKER_RANGE"],
    [{ windowSupplyCap: [0.02] }, "E_BREAKER_RANGE"],
    [{ rearmDrawdown: 0.6, tripDrawdown: 0.5 }, "E_BREAKER_CONFLICT"],
    [{ tripDrawdown: 0.3 }, "E_BREAKER_CONFLICT"],
    [{ windowSuplyCap: 0.1 }, "E_BREAKER_LIMIT"],
    [{ toString: 1 }, "E_BREAKER_LIMIT"],
    [null, "E_BREAKER_LIMITS"],
    [true, "E_BREAKER_LIMITS"],
    [[], "E_BREAKER_LIMITS"],
    ["7", "E_BREAKER_LIMITS"],
  ])("%o are refused", (bad, code) => {
    expect(() => parseLimits(bad)).toThrow(expect.objectContaining({ code }));
    expect(() => makeEnv(toyEconomy, { limits: bad as never })).toThrow(expect.objectContaining({ code }));
  });

  test("a misspelt name gets the nearest one, a bad value the range", () => {
    expect(() => parseLimits({ windowSuplyCap: 0.1 })).toThrow("there is no breaker limit windowSuplyCap");
    expect(() => parseLimits({ dailySupplyCap: "0.1" })).toThrow(
      'breaker limit dailySupplyCap is "0.1", allowed are numbers 0 .. 1',
    );
  });

  test("have their default within their own range, and no name belongs to two breakers", () => {
    const specs = BREAKERS.flatMap(({ limits }) => Object.entries<LimitSpec>(limits));
    expect(new Set(specs.map(([name]) => name)).size).toBe(specs.length);
    for (const [name, { value, low, high }] of specs) expect(value >= low && value <= high, name).toBe(true);
    expect(parseLimits({})).toEqual(DEFAULT_LIMITS);
  });
});
