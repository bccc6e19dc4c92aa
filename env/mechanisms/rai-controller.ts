import { UserError } from "../../core/errors.js";
import { given, positive, within } from "./checked-number.js";

interface PiState {
  /** Redemption price less market price, now and at the update before. */
  readonly error: number;
  readonly last: number;
  readonly integral: number;
}

interface PiParams {
  readonly kp: number;
  readonly ki: number;
  /** Length of the step. */
  readonly step: number;
  /** Share of the integral that is left after the step. */
  readonly keep: number;
}

interface PiLimits {
  /** Smallest output that acts: redemption price times (1 - noise barrier). */
  readonly least: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The output and the new integral of RAI's PI controller, per second. There is no derivative term on purpose: it would pay for pushing
 * the price. The integral leaks, and an output within the noise barrier counts as none.
 */
export function piOutput(s: PiState, p: PiParams, limits: PiLimits): { out: number; integral: number } {
  const total = p.keep * s.integral + (p.step * (s.error + s.last)) / 2;
  const raw = p.kp * s.error + p.ki * total;
  const out = Math.min(limits.high, Math.max(limits.low, raw));
  return { out: Math.abs(raw) >= limits.least ? out : 0, integral: total };
}

interface RaiUpdate {
  /** Redemption and market price, the same unit. */
  readonly redemption: number;
  readonly market: number;
  /** Error at the last update and the integral so far; 0 at first. */
  readonly last?: number;
  readonly integral?: number;
  /** Seconds since the last update; at least an hour on chain. */
  readonly seconds: number;
  /** Gains: 1/s per unit of price, 1/s^2 per unit of price. */
  readonly kp: number;
  readonly ki: number;
  /** Share of the integral left after a second; 0.99 an hour unless given. */
  readonly leakPerSecond?: number;
  /** 0..1; 1 (every output acts) unless given. */
  readonly noiseBarrier?: number;
  /** Bounds of the rate, 1/s. */
  readonly low?: number;
  readonly high?: number;
}

/**
 * One update of RAI's redemption rate: `rate` per second, by which the redemption price grows until the next update.
 * Source: reflexer geb-rrfm-calculators, `PIRawPerSecondCalculator` (the formula).
 * @returns `redemption` after another `seconds` at the new rate; `error` and `integral` to hand to the next update
 * @throws UserError `E_MECHANISM` for values out of range
 */
export function raiRedemptionRate(update: RaiUpdate): { rate: number; error: number; integral: number; redemption: number } {
  const {
    last = 0,
    integral = 0,
    leakPerSecond = 0.99 ** (1 / 3600),
    noiseBarrier = 1,
    low = -0.9,
    high = 1,
  } = given("update", update);
  const finite = (name: string, value: number) => within(name, value, -Number.MAX_VALUE, Number.MAX_VALUE);
  const redemption = positive("redemption", update.redemption);
  const seconds = positive("seconds", update.seconds);
  const error = redemption - within("market", update.market, 0, Number.MAX_VALUE);
  within("leakPerSecond", leakPerSecond, 0, 1);
  within("noiseBarrier", noiseBarrier, 0, 1);
  finite("high", high);
  if (!(low > -1 && low <= high)) {
    throw new UserError("E_MECHANISM", `low is ${low}, it must be above -1 and at most high, which is ${high}`, "give both");
  }
  const [kp, ki] = [finite("kp", update.kp), finite("ki", update.ki)];
  const keep = leakPerSecond ** seconds;
  const least = redemption * (1 - noiseBarrier);
  const state = { error, last: finite("last", last), integral: finite("integral", integral) };
  const pi = piOutput(state, { kp, ki, step: seconds, keep }, { least, low, high });
  finite("the integral after the update", pi.integral);
  if (Number.isNaN(kp * error + ki * pi.integral)) {
    throw new UserError(
      "E_MECHANISM",
      "the proportional and the integral part overflow with opposite signs",
      "give smaller gains",
    );
  }
  return { rate: pi.out, error, integral: pi.integral, redemption: grown(redemption, pi.out, seconds) };
}

/** Bounds of the logarithm of a redemption price, about 1e-150 and 1e150: errors times seconds and gains stay within a double. */
const LOG_BOUND = 345;

/** `price` times (1 + rate)^seconds, with the digits of a small rate; at a bound where growth would pass it. */
function grown(price: number, rate: number, seconds: number): number {
  const growth = seconds * Math.log1p(rate);
  const end = Math.log(price) + growth;
  if (end > LOG_BOUND) return Math.max(price, Math.exp(LOG_BOUND));
  if (end < -LOG_BOUND) return Math.min(price, Math.exp(-LOG_BOUND));
  return price * Math.exp(growth);
}
