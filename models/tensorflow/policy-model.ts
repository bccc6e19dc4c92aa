import type { LayersModel, Variable } from "@tensorflow/tfjs";
import type { NetworkPlan } from "../spec.js";
import { usedPart } from "./padding.js";
import type { Tf } from "./tf.js";

/**
 * A network as a standard TensorFlow.js LayersModel of dense layers: [n, inputs] to [n, outputs]. Its weights are, layer by layer,
 * the kernel [inputs, outputs] and the bias [outputs], in the order of `plan.tensors`. For a policy the inputs are normalised
 * observations and the outputs means of actions in -1..1 or logits.
 * @param params holds the network's padded parameters from `offset` on; all weights are 0 without it
 */
export function policyModel(tf: Tf, plan: NetworkPlan, params?: Float32Array, offset = 0): LayersModel {
  const model = tf.sequential({
    layers: plan.layers.map(({ inputs, outputs, activation }, l) =>
      tf.layers.dense({
        name: `layer${l + 1}`,
        inputShape: [inputs],
        units: outputs,
        activation,
        kernelInitializer: "zeros",
      }),
    ),
  });
  if (params) {
    const own = params.subarray(offset, offset + plan.parameterCount);
    tf.tidy(() => model.setWeights(plan.tensors.map((tensor) => tf.tensor(usedPart(tensor, own), [...tensor.used]))));
  }
  return model;
}

/** The variables behind the weights, in their order: what `getWeights` returns, as the library's own training takes them. */
export const modelVariables = (model: LayersModel): Variable[] => model.getWeights() as Variable[];
