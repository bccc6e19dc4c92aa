/** Reward after `elapsed` of an interval-halving schedule: `start * 2^-floor(elapsed / interval)`, 0 after 64 halvings. */
export function halvingReward(start: number, elapsed: number, interval: number): number {
  const halvings = Math.floor(elapsed / interval);
  return halvings >= 64 ? 0 : start * 2 ** -halvings;
}
