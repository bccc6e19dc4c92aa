import { UserError } from "../core/errors.js";

type HiddenActivation = "tanh" | "relu";

/** A dense network; the last layer is linear. */
export interface NetworkSpec {
  readonly inputs: number;
  /** Widths of the hidden layers, first to last; empty for a linear map. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: HiddenActivation;
}

/** Where a layer lies in the parameters and in the scratch; offsets in floats from the network's own base, multiples of 4. */
export interface LayerPlan {
  readonly inputs: number;
  readonly outputs: number;
  /** Rows of the weight matrix, {@link inputs} rounded up to a multiple of 4. The padding is zero and stays zero. */
  readonly paddedInputs: number;
  /** Columns of the weight matrix and length of the bias, {@link outputs} rounded up to a multiple of 4. */
  readonly paddedOutputs: number;
  /** Of the weights, [paddedInputs, paddedOutputs]. */
  readonly weight: number;
  readonly bias: number;
  readonly activation: "linear" | HiddenActivation;
  /** Of the activations of one block of samples, [paddedOutputs, BLOCK_SAMPLES]. */
  readonly scratch: number;
}

export interface TensorPlan {
  readonly name: string;
  readonly offset: number;
  /** Padded shape as it lies in memory, and the part of it that is used. */
  readonly shape: readonly number[];
  readonly used: readonly number[];
}

export interface NetworkPlan {
  readonly spec: NetworkSpec;
  readonly layers: readonly LayerPlan[];
  /** Floats, padding included. */
  readonly parameterCount: number;
  /** Floats that one thread needs for forward and backward. */
  readonly scratchCount: number;
  readonly tensors: readonly TensorPlan[];
}

/** Samples that go through a network together; the kernels' cache block. */
export const BLOCK_SAMPLES = 64;

const MAX_LAYERS = 8;
const MAX_WIDTH = 512;
const ACTIVATION_CODES = { linear: 0, tanh: 1, relu: 2 } as const;

/** The next multiple of 4, the SIMD width. */
export function padded(count: number): number {
  return (count + 3) & ~3;
}

/**
 * Lays out a network in memory.
 * @param name first part of the tensors' names, for example "actor" gives "actor.layer1.weight"
 * @throws UserError E_NETWORK_SPEC for a width outside 1..512 or more than 8 hidden layers
 */
export function planNetwork(spec: NetworkSpec, name: string): NetworkPlan {
  checkSpec(spec, name);
  const widths = [spec.inputs, ...spec.hidden, spec.outputs];
  const layers: LayerPlan[] = [];
  const tensors: TensorPlan[] = [];
  let offset = 0;
  let scratch = 0;
  for (let l = 0; l + 1 < widths.length; l++) {
    const [inputs, outputs] = [widths[l]!, widths[l + 1]!];
    const [paddedInputs, paddedOutputs] = [padded(inputs), padded(outputs)];
    const weight = offset;
    const bias = weight + paddedInputs * paddedOutputs;
    const activation = l + 2 < widths.length ? spec.activation : "linear";
    layers.push({ inputs, outputs, paddedInputs, paddedOutputs, weight, bias, activation, scratch });
    const layer = `${name}.layer${l + 1}`;
    tensors.push({ name: `${layer}.weight`, offset: weight, shape: [paddedInputs, paddedOutputs], used: [inputs, outputs] });
    tensors.push({ name: `${layer}.bias`, offset: bias, shape: [paddedOutputs], used: [outputs] });
    offset = bias + paddedOutputs;
    scratch += paddedOutputs * BLOCK_SAMPLES;
  }
  return { spec, layers, parameterCount: offset, scratchCount: scratch, tensors };
}

function checkSpec(spec: NetworkSpec, name: string): void {
  for (const [what, width] of [["inputs", spec.inputs], ...spec.hidden.map((h) => ["hidden", h]), ["outputs", spec.outputs]]) {
    if (Number.isInteger(width) && Number(width) >= 1 && Number(width) <= MAX_WIDTH) continue;
    throw new UserError(
      "E_NETWORK_SPEC",
      `${what} of the ${name} network is ${width}, allowed are whole numbers from 1 to ${MAX_WIDTH}`,
      "choose another width",
    );
  }
  if (spec.hidden.length > MAX_LAYERS) {
    throw new UserError(
      "E_NETWORK_SPEC",
      `the ${name} network has ${spec.hidden.length} hidden layers, allowed are 0 to ${MAX_LAYERS}`,
      "use fewer layers",
    );
  }
}

/** The table that describes a network to the kernels: number of layers, then 8 words a layer. */
export function networkTable(plan: NetworkPlan): Int32Array {
  const words = [plan.layers.length];
  for (const layer of plan.layers) {
    words.push(layer.inputs, layer.outputs, layer.paddedInputs, layer.paddedOutputs);
    words.push(layer.weight, layer.bias, ACTIVATION_CODES[layer.activation], layer.scratch);
  }
  return Int32Array.from(words);
}

/** Actor, critic and a free vector (for example the log standard deviations), one after the other in one parameter vector. */
export interface AgentPlan {
  readonly actor: NetworkPlan;
  readonly critic: NetworkPlan;
  /** Offsets of the three parts in the parameter vector, floats. */
  readonly actorOffset: 0;
  readonly criticOffset: number;
  readonly freeOffset: number;
  readonly freeCount: number;
  /** Floats, padding included. */
  readonly parameterCount: number;
  /** Floats that one thread needs for either network. */
  readonly scratchCount: number;
  /** All tensors, offsets from the vector's start. */
  readonly tensors: readonly TensorPlan[];
}

export function planAgent(actorSpec: NetworkSpec, criticSpec: NetworkSpec, freeCount: number, freeName = "logStd"): AgentPlan {
  const actor = planNetwork(actorSpec, "actor");
  const critic = planNetwork(criticSpec, "critic");
  const criticOffset = actor.parameterCount;
  const freeOffset = criticOffset + critic.parameterCount;
  const tensors = [...actor.tensors, ...critic.tensors.map((t) => ({ ...t, offset: t.offset + criticOffset }))];
  if (freeCount > 0) tensors.push({ name: freeName, offset: freeOffset, shape: [padded(freeCount)], used: [freeCount] });
  return {
    actor,
    critic,
    actorOffset: 0,
    criticOffset,
    freeOffset,
    freeCount,
    parameterCount: freeOffset + padded(freeCount),
    scratchCount: Math.max(actor.scratchCount, critic.scratchCount),
    tensors,
  };
}

/** Name of element `index` of a parameter vector, for error messages: "actor.layer1.weight[3][5]". */
export function parameterName(tensors: readonly TensorPlan[], index: number): string {
  for (const { name, offset, shape } of tensors) {
    const size = shape.reduce((a, b) => a * b, 1);
    const position = index - offset;
    if (position < 0 || position >= size) continue;
    const columns = shape[1];
    if (columns === undefined) return `${name}[${position}]`;
    return `${name}[${Math.floor(position / columns)}][${position % columns}]`;
  }
  return `parameter ${index}`;
}
