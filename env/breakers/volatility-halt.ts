import { type Breaker, type BreakerRecords, type BreakerUses, WINDOW } from "./breaker.js";

type Memory = {
  volatilityTripped: number;
  volatilityHaltDays: number;
  volatilityTrips: number;
  lastPrice: number;
  volatility: number;
  squaredReturns: number[];
};
type Uses = BreakerUses<"tripVolatility" | "rearmVolatility" | "volatilityCooldown">;

/** Realised volatility is the root of the mean squared log return of the last 30 control steps; steps before the first count as 0. */
export const volatilityHalt = {
  id: "volatilityHalt",
  doc: "freezes all actions while the price moves wildly; off unless one of its limits is given",
  optional: true,
  limits: {
    tripVolatility: {
      value: 0.1,
      low: 0,
      high: 10,
      unit: "1",
      doc: "realised volatility a control step, over the last 30, above which the halt trips and actions are frozen",
    },
    rearmVolatility: {
      value: 0.07,
      low: 0,
      high: 10,
      unit: "1",
      doc: "realised volatility at or below which a tripped halt may re-arm",
    },
    volatilityCooldown: {
      value: 7,
      low: 0,
      high: 3650,
      unit: "control steps",
      doc: "control steps that this halt lasts at least",
    },
  },
  conflict: ({ tripVolatility, rearmVolatility }) =>
    rearmVolatility! > tripVolatility!
      ? [`rearmVolatility ${rearmVolatility} is above tripVolatility ${tripVolatility}`, "re-arm at or below the trip level"]
      : undefined,
  memory: (token) => ({
    volatilityTripped: { unit: "1", doc: "1 while the volatility halt is tripped, 0 while armed" },
    volatilityHaltDays: { unit: "1", doc: "control steps since the volatility halt tripped" },
    volatilityTrips: { unit: "1", doc: "times that the volatility halt tripped in this episode" },
    lastPrice: { unit: `USD/${token}`, doc: "price after the last step" },
    volatility: { unit: "1", doc: "realised volatility a control step", scale: 0.1 },
    squaredReturns: { unit: "1", doc: "squared log returns of the last 30 steps, a ring", length: WINDOW, scale: 0.01 },
  }),
  jumps: { volatilityTripped: 0.01 },
  functions: {
    halted({ breakers }: BreakerRecords<Memory>): number {
      return breakers.volatilityTripped;
    },
    record({ control, flows, breakers }: BreakerRecords<Memory>, u: Uses): void {
      const move = Math.log(flows["price"]! / breakers.lastPrice);
      breakers.lastPrice = flows["price"]!;
      breakers.squaredReturns[control.supplySlot] = move * move;
      let sum = 0;
      for (let i = 0; i < u.WINDOW; i++) sum += breakers.squaredReturns[i]!;
      breakers.volatility = Math.sqrt(sum / u.WINDOW);
      const wasTripped = breakers.volatilityTripped;
      const days = wasTripped > 0.5 ? breakers.volatilityHaltDays + 1 : 0;
      const stays = days < u.limits.volatilityCooldown || breakers.volatility > u.limits.rearmVolatility ? 1 : 0;
      const trips = breakers.volatility > u.limits.tripVolatility ? 1 : 0;
      breakers.volatilityTripped = wasTripped > 0.5 ? stays : trips;
      breakers.volatilityHaltDays = days;
      breakers.volatilityTrips = breakers.volatilityTrips + (wasTripped > 0.5 ? 0 : trips);
    },
    reset({ breakers, flows }: BreakerRecords<Memory>, u: BreakerUses): void {
      breakers.volatilityTripped = 0;
      breakers.volatilityHaltDays = 0;
      breakers.volatilityTrips = 0;
      breakers.lastPrice = flows["price"]!;
      breakers.volatility = 0;
      for (let i = 0; i < u.WINDOW; i++) breakers.squaredReturns[i] = 0;
    },
  },
} as const satisfies Breaker;
