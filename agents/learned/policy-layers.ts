import type { NetworkPlan } from "../../models/spec.js";
import type { DenseLayer } from "./learned-controller.js";

/** The layers of a network out of its padded parameters, from `offset` on. */
export function unpackLayers(plan: NetworkPlan, parameters: Float32Array, offset = 0): readonly DenseLayer[] {
  return plan.layers.map(({ inputs, outputs, paddedOutputs, weight, bias }) => {
    const weights = new Float32Array(inputs * outputs);
    for (let k = 0; k < inputs; k++) {
      const row = offset + weight + k * paddedOutputs;
      weights.set(parameters.subarray(row, row + outputs), k * outputs);
    }
    return { inputs, outputs, weights, biases: parameters.slice(offset + bias, offset + bias + outputs) };
  });
}

/** The padded parameters of a network with these layers; the inverse of {@link unpackLayers}. */
export function packLayers(plan: NetworkPlan, layers: readonly DenseLayer[]): Float32Array<ArrayBuffer> {
  const parameters = new Float32Array(plan.parameterCount);
  for (const [l, { weight, bias, paddedOutputs }] of plan.layers.entries()) {
    const { inputs, outputs, weights, biases } = layers[l]!;
    for (let k = 0; k < inputs; k++) {
      parameters.set(weights.subarray(k * outputs, (k + 1) * outputs), weight + k * paddedOutputs);
    }
    parameters.set(biases, bias);
  }
  return parameters;
}
