/**
 * RNP-020, node operator forward guidance (October 2025, voted down): a quarterly rule for the job rewards of an epoch. Source:
 * rendernetwork/RNPs RNP-020, appendix 1.
 */

/** One of the two tiers, 2 and 3. */
interface NodeTier {
  /** Its share of the tokens. */
  readonly share: number;
  /** Changes over the quarter, relative: number of nodes, hours of work. */
  readonly nodes: number;
  readonly hours: number;
}

/** How much the nodes' pay has to follow the number of operators. */
export function nodeFactor(a: NodeTier, b: NodeTier): number {
  const before = a.share * (1 + a.hours) + b.share * (1 + b.hours);
  // 0 when no hours are left.
  return (a.share * (1 + a.nodes) * (1 + a.hours) + b.share * (1 + b.nodes) * (1 + b.hours)) / Math.max(before, 1e-9);
}

/** "Min-max equal pain": 1 unless node counts changed; both tiers weigh the same. */
export function equalPain(a: NodeTier, b: NodeTier): number {
  const changed = a.nodes !== 0 || b.nodes !== 0;
  const factor = ((a.share * (1 + a.hours) + b.share * (1 + b.hours)) * 2) / Math.max(2 + a.hours + b.hours, 1e-9);
  return changed ? factor : 1;
}

/**
 * Job rewards of the next quarter's epochs, and the cap on the move after that. No change within 10 % of the target or while pay is
 * 1 to 3 times the target; else a step towards it of at most `cap`, in steps of 5 %, cuts by division. The cap grows by 0.1 with each
 * further move in the same direction and falls back to 0.1 after a quarter without one. `direction` is that of the last move.
 */
export function guidedReward(
  reward: number,
  target: number,
  cap: number,
  direction: number,
  u: { readonly clamp: (x: number, low: number, high: number) => number },
): { reward: number; cap: number; direction: number } {
  const change = target / Math.max(reward, 1e-9) - 1;
  const wanted = target > reward ? 1 : 3 * target < reward ? -1 : 0;
  const moves = Math.abs(change) > 0.1 ? wanted : 0;
  const allowed = moves * direction > 0 ? cap : 0.1;
  // Changes below the cap go in whole steps of 5 %.
  const step = Math.min(Math.floor(Math.abs(change) * 20 + 0.5) * 0.05, allowed);
  const moved = moves > 0 ? reward * (1 + step) : reward / (1 + step);
  const next = u.clamp(allowed + 0.1, 0.1, 1);
  return {
    reward: moves === 0 ? reward : moved,
    cap: moves === 0 ? 0.1 : next,
    direction: moves,
  };
}

/**
 * Most tokens of an epoch that could be sold in one pool in a day at an impact of one daily true range: `volume / (price * Y^2)`,
 * Y = 1.3. With `volume` in dollars a day. RNP-020's own examples fall short of it: 113,000 for 114,000 in the draft of 4 November 2025
 * (rendernetwork/RNPs 906946a), 96,000 for 117,000 in the text that was voted on (2efe9d1).
 */
export function guidanceCeiling(volume: number, price: number, impact: number): number {
  return volume / (price * impact * impact);
}
