import type { PolicyNetwork } from "../learned.js";

/**
 * A correction of a trained policy's deterministic decisions. PPO raises the score of the noisy policy that it samples from; what
 * is deployed is its mean, without noise and perhaps with a decision every day, whose best gain and level differ.
 */
export interface Polish {
  /** Per action: multiplies the network's output. */
  readonly gain: readonly number[];
  /** Per action: added to it, in -1..1 action units. */
  readonly offset: readonly number[];
  /** Control steps that a decision holds for from now on. */
  readonly decisionInterval: number;
}

/** The network with the correction folded into its last layer: nothing that loads or runs it needs to know. */
export function polishNetwork(network: PolicyNetwork, { gain, offset }: Pick<Polish, "gain" | "offset">): PolicyNetwork {
  const last = network.layers.at(-1)!;
  const polished = {
    ...last,
    weights: last.weights.map((weight, i) => weight * gain[i % last.outputs]!),
    biases: last.biases.map((bias, i) => bias * gain[i]! + offset[i]!),
  };
  return { ...network, layers: [...network.layers.slice(0, -1), polished] };
}
