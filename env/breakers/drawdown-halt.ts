import type { Breaker, BreakerRecords, BreakerUses } from "./breaker.js";

type Memory = { tripped: number; haltDays: number; peak: number; price: number; trips: number };
type Uses = BreakerUses<"tripDrawdown" | "rearmDrawdown" | "cooldownDays" | "peakDecay">;

/** Drawdown is 1 - price / decaying peak. */
export const drawdownHalt = {
  id: "drawdownHalt",
  doc: "freezes all actions while the price is far below its peak",
  limits: {
    tripDrawdown: {
      value: 0.5,
      low: 0,
      high: 1,
      unit: "1",
      doc: "drawdown (1 - price / decaying peak) above which the halt trips and actions are frozen; 1 is off",
    },
    rearmDrawdown: { value: 0.4, low: 0, high: 1, unit: "1", doc: "drawdown at or below which a tripped halt may re-arm" },
    cooldownDays: { value: 7, low: 0, high: 3650, unit: "control steps", doc: "control steps that a halt lasts at least" },
    peakDecay: {
      value: 0.005,
      low: 0,
      high: 1,
      unit: "1",
      doc: "share of the remembered peak that is forgotten per control step, so that an old high does not freeze control for ever",
    },
  },
  conflict: ({ tripDrawdown, rearmDrawdown }) =>
    rearmDrawdown! > tripDrawdown!
      ? [`rearmDrawdown ${rearmDrawdown} is above tripDrawdown ${tripDrawdown}`, "re-arm at or below the trip level"]
      : undefined,
  memory: (token) => ({
    tripped: { unit: "1", doc: "1 while the drawdown halt is tripped, 0 while armed" },
    haltDays: { unit: "1", doc: "control steps since the halt tripped" },
    peak: { unit: `USD/${token}`, doc: "decaying price peak" },
    price: { unit: `USD/${token}`, doc: "price after the last step" },
    trips: { unit: "1", doc: "times that the halt tripped in this episode" },
  }),
  jumps: { tripped: 0.05 },
  functions: {
    halted({ breakers }: BreakerRecords<Memory>): number {
      return breakers.tripped;
    },
    record({ breakers, flows }: BreakerRecords<Memory>, u: Uses): void {
      const price = flows["price"]!;
      breakers.price = price;
      breakers.peak = Math.max(price, breakers.peak * (1 - u.limits.peakDecay));
      const drawdown = 1 - price / breakers.peak;
      const wasTripped = breakers.tripped;
      const days = wasTripped > 0.5 ? breakers.haltDays + 1 : 0;
      const stays = days < u.limits.cooldownDays || drawdown > u.limits.rearmDrawdown ? 1 : 0;
      const trips = drawdown > u.limits.tripDrawdown ? 1 : 0;
      breakers.tripped = wasTripped > 0.5 ? stays : trips;
      breakers.haltDays = days;
      breakers.trips = breakers.trips + (wasTripped > 0.5 ? 0 : trips);
    },
    reset({ breakers, flows }: BreakerRecords<Memory>): void {
      breakers.tripped = 0;
      breakers.haltDays = 0;
      breakers.peak = flows["price"]!;
      breakers.price = flows["price"]!;
      breakers.trips = 0;
    },
  },
} as const satisfies Breaker;
