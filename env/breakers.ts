import type { RecordSpec } from "../compiler/schema.js";
import { UserError } from "../core/errors.js";
import type { Values } from "./world.js";

/**
 * Circuit breakers, first part: plain data, part of the environment, above every controller.
 * All shares are of the supply at the start of the step (per-day cap) or of the 30 steps (window cap).
 */
export interface BreakerLimits {
  /** Largest change of supply in one control step, as a share of supply; 1 is off. */
  readonly dailySupplyCap: number;
  /** Largest change of supply over the rolling window of 30 control steps, as a share of supply; 1 is off. */
  readonly windowSupplyCap: number;
  /** Drawdown (1 - price / decaying peak) above which the halt trips and actions are frozen; 1 is off. */
  readonly tripDrawdown: number;
  /** Drawdown at or below which a tripped halt may re-arm. */
  readonly rearmDrawdown: number;
  /** Control steps that a halt lasts at least. */
  readonly cooldownDays: number;
  /** Share of the remembered peak that is forgotten per control step, so that an old high does not freeze control for ever. */
  readonly peakDecay: number;
}

export const SUPPLY_WINDOW = 30;

export const DEFAULT_LIMITS: BreakerLimits = {
  dailySupplyCap: 0.004,
  windowSupplyCap: 0.03,
  tripDrawdown: 0.5,
  rearmDrawdown: 0.4,
  cooldownDays: 7,
  peakDecay: 0.005,
};

export function parseLimits(limits: Partial<BreakerLimits>): BreakerLimits {
  const all = { ...DEFAULT_LIMITS, ...limits };
  for (const [name, value] of Object.entries(all)) {
    const high = name === "cooldownDays" ? 3650 : 1;
    if (!(value >= 0 && value <= high)) {
      throw new UserError(
        "E_BREAKER_RANGE",
        `breaker ${name}: ${value} is not in 0..${high}`,
        "give a share between 0 and 1 (days for cooldownDays)",
      );
    }
  }
  if (all.rearmDrawdown > all.tripDrawdown) {
    throw new UserError(
      "E_BREAKER_HYSTERESIS",
      `breaker rearmDrawdown ${all.rearmDrawdown} is above tripDrawdown ${all.tripDrawdown}`,
      "re-arm at or below the trip level",
    );
  }
  return all;
}

/** State of the breakers of one lane, for a token of this symbol whose supply is of size `scale`. */
export function breakerState(token: string, scale = 1): RecordSpec {
  return {
    tripped: { unit: "1", doc: "1 while the drawdown halt is tripped, 0 while armed" },
    haltDays: { unit: "1", doc: "control steps since the halt tripped" },
    peak: { unit: `USD/${token}`, doc: "decaying price peak" },
    price: { unit: `USD/${token}`, doc: "price after the last step" },
    supply: { unit: token, doc: "supply after the last step", scale },
    change: { unit: token, doc: "net change of supply over the rolling window", scale: 0.01 * scale },
    changes: {
      unit: token,
      doc: "net change of supply in each of the last 30 steps, a ring",
      length: SUPPLY_WINDOW,
      scale: 0.01 * scale,
    },
    trips: { unit: "1", doc: "times that the halt tripped in this episode" },
    intervened: { unit: "1", doc: "1 when the applied action differs from the requested one in this step" },
  };
}

/**
 * Limits the effective request `e` (action units) to what may be applied and writes it to `a`.
 * Order: band (a NaN holds the last applied value), largest move per step, halt (frozen at the last applied value).
 */
export function limitActions(a: Values, e: Values, b: BreakerMemory, u: BreakerUses): void {
  let difference = 0;
  for (const j in e) {
    const banded = u.clamp(e[j]!, u.actions[j]!.low, u.actions[j]!.high, a[j]!);
    const moved = u.clamp(banded, a[j]! - u.actions[j]!.maxMove, a[j]! + u.actions[j]!.maxMove, a[j]!);
    const applied = b.tripped > 0.5 ? a[j]! : moved;
    difference = Math.max(difference, Math.abs(applied - e[j]!) / (u.actions[j]!.high - u.actions[j]!.low));
    a[j] = applied;
  }
  // Half a float32 rounding step of the band is no intervention.
  b.intervened = difference <= 1e-6 ? 0 : 1;
}

/**
 * Sets the day's hard limits on minting and burning so that both supply caps hold whatever the controller asked for.
 * Changes are summed instead of supplies subtracted: in float32 a difference of supplies keeps few digits of a cap.
 */
export function limitSupply(a: Values, b: BreakerMemory, c: { readonly supplySlot: number }, u: BreakerUses): void {
  // The step of 30 steps ago leaves the window; today's joins it in recordSupply.
  b.change = b.change - b.changes[c.supplySlot]!;
  const daily = b.supply * u.limits.dailySupplyCap;
  const window = (b.supply - b.change) * u.limits.windowSupplyCap;
  a["mintLimit"] = Math.max(0, Math.min(daily, window - b.change));
  a["burnLimit"] = Math.max(0, Math.min(daily, window + b.change));
}

/** After the step: remembers supply and its change. */
export function recordSupply(b: BreakerMemory, f: Values, c: { readonly supplySlot: number }): void {
  const change = f["minted"]! - f["burned"]!;
  b.supply = f["supply"]!;
  b.changes[c.supplySlot] = change;
  b.change = b.change + change;
}

/** After the step: remembers the price and moves the drawdown halt. */
export function watchDrawdown(b: BreakerMemory, f: Values, u: BreakerUses): void {
  const price = f["price"]!;
  b.price = price;
  b.peak = Math.max(price, b.peak * (1 - u.limits.peakDecay));
  const drawdown = 1 - price / b.peak;
  const wasTripped = b.tripped;
  const days = wasTripped > 0.5 ? b.haltDays + 1 : 0;
  const stays = days < u.limits.cooldownDays || drawdown > u.limits.rearmDrawdown ? 1 : 0;
  const trips = drawdown > u.limits.tripDrawdown ? 1 : 0;
  b.tripped = wasTripped > 0.5 ? stays : trips;
  b.haltDays = days;
  b.trips = b.trips + (wasTripped > 0.5 ? 0 : trips);
}

export function resetBreakers(b: BreakerMemory, f: Values, u: BreakerUses): void {
  b.tripped = 0;
  b.haltDays = 0;
  b.peak = f["price"]!;
  b.price = f["price"]!;
  b.supply = f["supply"]!;
  b.change = 0;
  for (let i = 0; i < u.SUPPLY_WINDOW; i++) b.changes[i] = 0;
  b.trips = 0;
  b.intervened = 0;
}

export interface BreakerMemory {
  tripped: number;
  haltDays: number;
  peak: number;
  price: number;
  supply: number;
  change: number;
  readonly changes: number[];
  trips: number;
  intervened: number;
}

export interface BreakerUses {
  readonly clamp: (x: number, low: number, high: number, safe: number) => number;
  readonly actions: Readonly<
    Record<string, { readonly low: number; readonly high: number; readonly maxMove: number; readonly start: number }>
  >;
  readonly limits: BreakerLimits;
  readonly SUPPLY_WINDOW: number;
}
