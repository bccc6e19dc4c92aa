/**
 * Price of a miner's slot in a subnet: it halves every 360 blocks and rises by a factor of 1.26 with every registration, within
 * 0.0005 .. 100 TAO. Source: opentensor/subtensor `subnets/registration.rs`.
 */
export const REGISTRATION = { halfLife: 360, bump: 1.26, low: 0.0005, high: 100, start: 0.1 } as const;

/** Price after a number of blocks without, then some registrations. Uses: none. */
export function registrationPrice(price: number, blocks: number, registrations: number): number {
  return Math.min(100, Math.max(0.0005, price * 0.5 ** (blocks / 360) * 1.26 ** registrations));
}

/**
 * Registrations in a spell of `halvings` half-lives by miners who pay up to `worth` and register as soon as the price is down to it: as
 * many as lift the decayed price back to what they pay. On average, so not a whole number. Uses: none.
 */
export function registrations(price: number, worth: number, halvings: number): number {
  return Math.max(0, (halvings * Math.log(2) + Math.log(worth / price)) / Math.log(1.26));
}
