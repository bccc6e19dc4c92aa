import { z } from "zod";
import type { Polish } from "../agents/policy/polish.js";
import { UserError } from "../core/errors.js";
import type { RunningMoments } from "../models/normalizer.js";
import type { Checkpoint, Tensor } from "./checkpoint.js";
import type { TrainState } from "./train.js";

/** Sizes that a checkpoint must have to fit the policy that it is for. */
export interface PolicyShape {
  readonly observations: number;
  /** Of actor, critic and free parameters, padding included. */
  readonly parameters: number;
}

/**
 * Whole-number counters go into the header; everything that is a float goes into arrays, bit for bit.
 * @param observations some that the policy has met, for the recorded decisions of an exported controller
 * @param about what else the header says
 */
export function checkpointOf(
  state: TrainState,
  observations: readonly (readonly number[])[],
  about: Readonly<Record<string, unknown>>,
): Checkpoint {
  const { iteration, envSteps, clock, updates, polish, observationMoments, hiddenMoments, gainMoments } = state;
  return {
    header: { ...about, iteration, envSteps, clock, updates, polish },
    tensors: {
      params: state.params,
      firstMoment: state.firstMoment,
      secondMoment: state.secondMoment,
      lanes: state.lanes,
      ...packMoments("observation", observationMoments),
      ...packMoments("hidden", hiddenMoments),
      ...packMoments("gain", gainMoments),
      observations: Float64Array.from(observations.flat()),
    },
  };
}

/** What decides: the part of the state that export and evaluation need. */
export type PolicyState = Pick<TrainState, "envSteps" | "params" | "observationMoments" | "polish">;

/** @throws UserError `E_CHECKPOINT_FIT` when an array is missing or has another size than `shape` asks for */
export function policyOf({ header, tensors }: Checkpoint, shape: PolicyShape): PolicyState {
  return {
    envSteps: counter(header, "envSteps"),
    polish: polishOf(header),
    params: need(tensors, "params", Float32Array, shape.parameters),
    observationMoments: unpackMoments(tensors, "observation", shape.observations),
  };
}

/** @throws UserError as {@link policyOf} */
export function stateOf(checkpoint: Checkpoint, shape: PolicyShape): TrainState {
  const { header, tensors } = checkpoint;
  return {
    ...policyOf(checkpoint, shape),
    iteration: counter(header, "iteration"),
    clock: counter(header, "clock"),
    updates: counter(header, "updates"),
    hiddenMoments: unpackMoments(tensors, "hidden", need(tensors, "hidden.mean", Float64Array).length),
    gainMoments: unpackMoments(tensors, "gain", 2),
    firstMoment: need(tensors, "firstMoment", Float32Array, shape.parameters),
    secondMoment: need(tensors, "secondMoment", Float32Array, shape.parameters),
    lanes: need(tensors, "lanes", Uint32Array),
  };
}

/** The observations that were kept with the checkpoint, one array of `size` values each. */
export function observationsOf({ tensors }: Checkpoint, size: number): readonly (readonly number[])[] {
  const flat = need(tensors, "observations", Float64Array);
  return Array.from({ length: Math.floor(flat.length / size) }, (_, i) => [...flat.subarray(i * size, (i + 1) * size)]);
}

function counter(header: Checkpoint["header"], name: string): number {
  const value = header[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw misfit(`${name} is ${JSON.stringify(value)}, not a whole number`);
}

const polishSchema = z
  .strictObject({
    weights: z.array(z.number()),
    biases: z.array(z.number()),
    decisionInterval: z.int().min(1),
  })
  .nullable();

function polishOf(header: Checkpoint["header"]): Polish | null {
  const parsed = polishSchema.safeParse(header["polish"]);
  if (parsed.success) return parsed.data;
  throw misfit(`polish is ${JSON.stringify(header["polish"])}`);
}

function packMoments(name: string, moments: RunningMoments): Record<string, Tensor> {
  return {
    [`${name}.count`]: Float64Array.of(moments.count),
    [`${name}.mean`]: Float64Array.from(moments.mean),
    [`${name}.deviations`]: Float64Array.from(moments.deviations),
  };
}

function unpackMoments(tensors: Checkpoint["tensors"], name: string, size: number): RunningMoments {
  return {
    count: need(tensors, `${name}.count`, Float64Array, 1)[0]!,
    mean: [...need(tensors, `${name}.mean`, Float64Array, size)],
    deviations: [...need(tensors, `${name}.deviations`, Float64Array, size)],
  };
}

function need<T extends Tensor>(tensors: Checkpoint["tensors"], name: string, type: new () => T, length?: number): T {
  const tensor = tensors[name];
  if (!(tensor instanceof type)) throw misfit(`it has no ${name}`);
  if (length !== undefined && tensor.length !== length)
    throw misfit(`${name} has ${tensor.length} elements, but the run needs ${length}`);
  return tensor;
}

function misfit(why: string): UserError {
  const message = `the checkpoint does not fit its config.json: ${why}`;
  return new UserError("E_CHECKPOINT_FIT", message, "restore the run folder as flyball train wrote it");
}
