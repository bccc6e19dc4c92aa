import type { DenseLayer, PolicyNetwork } from "../learned/learned-controller.js";

/**
 * A correction of a trained policy's deterministic decisions. PPO raises the score of the noisy policy that it samples from; what
 * is deployed is its mean, without noise and perhaps with a decision every day, whose best last layer differs.
 */
export interface Polish {
  /** Last layer of the network from now on, [inputs, actions] row-major. */
  readonly weights: readonly number[];
  readonly biases: readonly number[];
  /** Control steps that a decision holds for from now on. */
  readonly decisionInterval: number;
}

/** The network with the polished last layer: nothing that loads or runs it needs to know. */
export function polishNetwork(network: PolicyNetwork, { weights, biases }: Pick<Polish, "weights" | "biases">): PolicyNetwork {
  const last = network.layers.at(-1)!;
  return withLastLayer(network, { ...last, weights: Float32Array.from(weights), biases: Float32Array.from(biases) });
}

export function withLastLayer(network: PolicyNetwork, last: DenseLayer): PolicyNetwork {
  return { ...network, layers: [...network.layers.slice(0, -1), last] };
}

/** Every output times its gain, plus its offset. */
export function scaleOutputs(layer: DenseLayer, gain: readonly number[], offset: readonly number[]): DenseLayer {
  return {
    ...layer,
    weights: layer.weights.map((weight, i) => weight * gain[i % layer.outputs]!),
    biases: layer.biases.map((bias, i) => bias * gain[i]! + offset[i]!),
  };
}

/**
 * The weights and biases of some outputs moved.
 * @param outputs which
 * @param moves for each of them the moves of its weights, then of its bias
 */
export function moveOutputs(layer: DenseLayer, outputs: readonly number[], moves: ArrayLike<number>): DenseLayer {
  const weights = layer.weights.slice();
  const biases = layer.biases.slice();
  for (const [i, output] of outputs.entries()) {
    const first = i * (layer.inputs + 1);
    for (let k = 0; k < layer.inputs; k++) weights[k * layer.outputs + output]! += moves[first + k]!;
    biases[output]! += moves[first + layer.inputs]!;
  }
  return { ...layer, weights, biases };
}
