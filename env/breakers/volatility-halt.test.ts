import { expect, test } from "vitest";
import { toyEconomy } from "../../test/support/toy-economy.js";
import { makeEnv } from "../environment.js";
import { createExactLane } from "../lane/exact.js";
import { laneRecords, memoryLayout } from "../lane/records.js";
import { resolveParams } from "../params.js";
import { parseEnvOptions } from "../settings.js";
import { makeVectorEnv } from "../vector-env.js";
import { DEFAULT_LIMITS, parseLimits } from "./limits.js";

const LIMITS = { tripDrawdown: 1, tripVolatility: 0.1, rearmVolatility: 0.09, volatilityCooldown: 5 };
const OPTIONS = { horizon: 400, limits: LIMITS, params: { ruin: 0, volatility: 0.1 } };
const action = (day: number) => [day % 2 === 0 ? 0.01 : 0, day % 3 === 0 ? 1 : 0];

test("trips above its level of realised volatility, freezes the actions and re-arms below the lower one after its cool-down", () => {
  const env = makeEnv(toyEconomy, OPTIONS);
  const infos = [env.reset({ seed: 1 }).info];
  for (let day = 0; day < 400; day++) infos.push(env.step(action(day)).info);
  let since = 0;
  let rearmed = 0;
  for (let i = 1; i < infos.length; i++) {
    const squares = Array.from({ length: Math.min(30, i) }, (_, k) => {
      return Math.log(infos[i - k]!.flows["price"]! / infos[i - k - 1]!.flows["price"]!) ** 2;
    });
    const volatility = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / 30);
    const [before, now] = [infos[i - 1]!.breakers, infos[i]!.breakers];
    expect(now["volatility"]).toBeCloseTo(volatility, 12);
    if (before["volatilityTripped"] === 1) {
      expect(infos[i]!.applied).toEqual(infos[i - 1]!.applied);
      since++;
      const rearms = since >= 5 && volatility <= 0.09;
      expect(now["volatilityTripped"]).toBe(rearms ? 0 : 1);
      rearmed += rearms ? 1 : 0;
    } else {
      since = 0;
      expect(now["volatilityTripped"]).toBe(volatility > 0.1 ? 1 : 0);
    }
  }
  expect(rearmed).toBeGreaterThan(0);
  expect(infos.at(-1)!.breakers["volatilityTrips"]).toBeGreaterThanOrEqual(rearmed);
});

test("compiled it does the same: bit for bit in float64, and on the ledger", () => {
  const plain = makeEnv(toyEconomy, OPTIONS);
  const lanes = makeVectorEnv(toyEconomy, { ...OPTIONS, numLanes: 1 });
  const ledger = createExactLane(toyEconomy, parseEnvOptions(toyEconomy, OPTIONS));
  plain.reset({ seed: 1 });
  lanes.reset({ seed: 1 });
  ledger.reset(1, 0);
  for (let day = 0; day < 90; day++) {
    const { info } = plain.step(action(day));
    const compiled = lanes.step(action(day)).info.breakers;
    for (const name of ["volatility", "volatilityTripped", "volatilityTrips"])
      expect(compiled[name]![0]).toBe(info.breakers[name]);
    ledger.step(action(day));
    expect(Number(ledger.read("breakers", "volatility"))).toBeCloseTo(info.breakers["volatility"]!, 6);
  }
});

test("takes no memory, no limits and no code unless one of its limits is given", () => {
  expect(Object.keys(DEFAULT_LIMITS).filter((name) => /volatility/i.test(name))).toEqual([]);
  const layout = memoryLayout(laneRecords(toyEconomy, resolveParams(toyEconomy)));
  expect(layout.filter((field) => field.startsWith("breakers.volatility"))).toEqual([]);
  expect(parseLimits({ tripVolatility: 0.2 })).toEqual({
    ...DEFAULT_LIMITS,
    tripVolatility: 0.2,
    rearmVolatility: 0.07,
    volatilityCooldown: 7,
  });
  expect(() => parseLimits({ tripVolatility: 0.05 })).toThrow("rearmVolatility 0.07 is above tripVolatility 0.05");
});
