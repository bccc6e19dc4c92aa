import { positive, whole, within } from "./checked-number.js";

/**
 * Price of a miner's slot in a subnet: it halves every 360 blocks and rises by a factor of 1.26 with every registration, within
 * 0.0005 .. 100 TAO. Source: opentensor/subtensor `subnets/registration.rs`.
 */
export const REGISTRATION = { halfLife: 360, bump: 1.26, low: 0.0005, high: 100, start: 0.1 } as const;

/** TAO for a slot after a number of blocks without, then some registrations. Host function. */
export function registrationPrice(price: number, blocks: number, registrations: number): number {
  const { halfLife, bump, low, high } = REGISTRATION;
  const decayed = positive("price", price) * 0.5 ** (within("blocks", blocks, 0, Number.MAX_VALUE) / halfLife);
  return Math.min(high, Math.max(low, decayed) * bump ** whole("registrations", registrations, 0));
}

/**
 * Registrations in a spell of `halvings` half-lives by miners who pay up to `worth` and register as soon as the price is down to it: as
 * many as lift the decayed price back to what they pay. On average, so not a whole number.
 */
export function registrations(price: number, worth: number, halvings: number): number {
  return Math.max(0, (halvings * Math.log(2) + Math.log(worth / price)) / Math.log(1.26));
}
