import { clamp } from "../../compiler/primitives.js";
import { UserError } from "../../core/errors.js";
import { isControls, type LearnedController, type PolicyNetwork } from "./learned-controller.js";

/**
 * The deterministic decision in float64: normalise, network, squash, scale.
 * @param observation raw values in the order of `controller.observations`; a NaN counts as its mean
 * @returns requested actions in their own units, in the order of `controller.actions`; for a choice its number alone
 * @throws UserError for a controller with structure, whose decisions depend on the episode so far
 */
export function actLearned(controller: LearnedController, observation: ArrayLike<number>): number[] {
  if (controller.structure) {
    const message =
      "a controller with structure has no single decisions: they depend on its base rule and on the episode so far";
    throw new UserError("E_CONTROLLER_STRUCTURE", message, "use startController for each episode");
  }
  const { mean, scale, clip } = controller.normalizer;
  const input = mean.map((middle, i) => clamp((observation[i]! - middle) * scale[i]!, -clip, clip, 0));
  const output = forward(controller.network, input);
  if (!isControls(controller.actions)) return [output.indexOf(Math.max(...output))];
  return controller.actions.map(({ low, high }, i) => low + 0.5 * (high - low) * (1 + clamp(output[i]!, -1, 1, 0)));
}

/** @returns the outputs of the last layer, float64 */
export function forward(network: PolicyNetwork, input: readonly number[]): readonly number[] {
  let values = input;
  for (const [l, layer] of network.layers.entries()) {
    const sums = Array.from(layer.biases);
    for (let k = 0; k < layer.inputs; k++) {
      for (let h = 0; h < layer.outputs; h++) sums[h]! += values[k]! * layer.weights[k * layer.outputs + h]!;
    }
    values = l === network.layers.length - 1 ? sums : sums.map(network.activation === "tanh" ? Math.tanh : relu);
  }
  return values;
}

function relu(x: number): number {
  return Math.max(0, x);
}
