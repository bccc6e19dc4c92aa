/** Availability rewards of a wallet with `nodes` nodes: 1 up to three, then `exp(-0.65 (nodes - 3))`. Source: RNP-015. */
export function renderNodePenalty(nodes: number): number {
  return nodes <= 3 ? 1 : Math.exp(-0.65 * (nodes - 3));
}

/**
 * Points of a node for availability (RNP-015), before idle time, penalty and the scaling to the pool: OctaneBench score, video memory
 * and age in days, each as logarithm over the logarithm of the network's mean. An average node has 7. Host function.
 */
export function availabilityPoints(
  node: { readonly score: number; readonly memory: number; readonly age: number },
  average: { readonly score: number; readonly memory: number; readonly age: number },
): number {
  const ratio = (name: "score" | "memory" | "age") => Math.log(node[name]) / Math.log(average[name]);
  return 3 * ratio("score") + 3 * ratio("memory") + ratio("age");
}
