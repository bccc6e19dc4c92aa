/**
 * Cost of a node in the eyes of the scheduler: a weighted sum of price and latency, less reliability, each in units of its own
 * reference. Render's scheduler is not public: its documents name price tiers, required power, reputation and rotation to the node
 * with the least work (RNP-019), no such formula. All weights 0 is that rotation.
 */
export function nodeScore(
  price: number,
  latency: number,
  reliability: number,
  weightPrice: number,
  weightLatency: number,
  weightReliability: number,
): number {
  return weightPrice * price + weightLatency * latency - weightReliability * reliability;
}

/** Softmin: weight of `capacity` nodes with this score; jobs go to nodes in proportion to their weights. */
export function softminWeight(capacity: number, score: number): number {
  return capacity * Math.exp(-score);
}
