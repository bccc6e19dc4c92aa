/** A node's figures, each in units of its own reference, or how much the scheduler makes of each. */
interface NodeFigures {
  readonly price: number;
  readonly latency: number;
  readonly reliability: number;
}

/**
 * Cost of a node in the eyes of the scheduler: a weighted sum of price and latency, less reliability. Render's scheduler is not public: its documents name price tiers, required power, reputation and rotation to the node
 * with the least work (RNP-019), no such formula. All weights 0 is that rotation.
 */
export function nodeScore(node: NodeFigures, weight: NodeFigures): number {
  return weight.price * node.price + weight.latency * node.latency - weight.reliability * node.reliability;
}

/** Softmin: weight of `capacity` nodes with this score; jobs go to nodes in proportion to their weights. */
export function softminWeight(capacity: number, score: number): number {
  return capacity * Math.exp(-score);
}
