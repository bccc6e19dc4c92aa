import { given, positive, within } from "./checked-number.js";

interface BuybackState {
  /** Share by which the price is below its target, now and in the step before. */
  readonly error: number;
  readonly last: number;
  readonly integral: number;
  /** Spent at full output. */
  readonly budget: number;
  /** Reserve that is not needed. */
  readonly free: number;
}

interface PidGains {
  readonly kp: number;
  readonly ki: number;
  readonly kd: number;
  /** Length of the step; the unit of time of `ki` and `kd`. */
  readonly step: number;
}

/**
 * One step of a buy-back by PID on the price with a solvency constraint: never spends reserves that obligations need. All in the unit
 * of `free`. The integral stands still while the output is limited and the error pushes further, so it does not wind up.
 */
export function buybackStep(s: BuybackState, p: PidGains): { spend: number; integral: number } {
  const total = s.integral + s.error * p.step;
  const raw = p.kp * s.error + p.ki * total + (p.kd * (s.error - s.last)) / p.step;
  const wish = s.budget * Math.min(1, Math.max(0, raw));
  const spend = Math.min(wish, Math.max(0, s.free));
  const stuck = (s.budget * raw > spend && s.error > 0) || (raw < 0 && s.error < 0);
  return { spend, integral: stuck ? s.integral : total };
}

interface PidBuyback {
  /** Price and what it should be, the same unit. */
  readonly price: number;
  readonly target: number;
  /** What is at hand, and what others are owed, the same unit. */
  readonly reserve: number;
  readonly obligations: number;
  /** Reserve over obligations below which nothing is spent; 1 unless given. */
  readonly solvency?: number;
  /** Spent in a step at full output. */
  readonly budget: number;
  readonly kp: number;
  readonly ki?: number;
  readonly kd?: number;
  /** Length of the step; the unit of time of `ki` and `kd`. 1 unless given. */
  readonly step?: number;
  /** Error and integral that the step before returned. */
  readonly last?: number;
  readonly integral?: number;
}

/**
 * What a treasury spends on its token in a step. The idea (PID buy-back under a solvency constraint) is that of arXiv 2601.09961, of
 * which only the abstract was available; the form is our own.
 * @returns the spend, the reserve after it, and error and integral for the next step
 * @throws UserError `E_MECHANISM` for values out of range
 */
export function pidBuyback(state: PidBuyback): { spend: number; reserve: number; error: number; integral: number } {
  const { solvency = 1, ki = 0, kd = 0, step = 1, integral = 0 } = given("state", state);
  const target = positive("target", state.target);
  const error = 1 - within("price", state.price, 0, Number.MAX_VALUE) / target;
  const last = within("last", state.last ?? error, -Number.MAX_VALUE, Number.MAX_VALUE);
  const reserve = within("reserve", state.reserve, 0, Number.MAX_VALUE);
  const owed =
    within("solvency", solvency, 0, Number.MAX_VALUE) * within("obligations", state.obligations, 0, Number.MAX_VALUE);
  for (const [name, value] of Object.entries({ kp: state.kp, ki, kd, integral }))
    within(name, value, -Number.MAX_VALUE, Number.MAX_VALUE);
  const budget = within("budget", state.budget, 0, Number.MAX_VALUE);
  const gains = { kp: state.kp, ki, kd, step: positive("step", step) };
  const moved = buybackStep({ error, last, integral, budget, free: reserve - owed }, gains);
  return { spend: moved.spend, reserve: reserve - moved.spend, error, integral: moved.integral };
}
