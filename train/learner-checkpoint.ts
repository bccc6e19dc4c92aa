import { z } from "zod";
import {
  momentsShape,
  type PolicyState,
  packMoments,
  type StateShape,
  type TensorShape,
  unpackMoments,
} from "../agents/learner/state.js";
import { UserError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { Checkpoint } from "./checkpoint.js";
import type { TrainState } from "./train-state.js";

/** Sizes that a checkpoint must have to fit the policy that it is for. */
interface PolicyShape {
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
  const { iteration, envSteps, counters, evaluations, params, tensors, observationMoments } = state;
  return {
    header: { ...about, iteration, envSteps, ...counters, ...(evaluations ? { evaluations } : {}) },
    tensors: {
      params,
      ...tensors,
      ...packMoments("observation", observationMoments),
      observations: Float64Array.from(observations.flat()),
    },
  };
}

/** @throws UserError `E_CHECKPOINT_FIT` when an array is missing or its length or numbers are not what `shape` asks for */
export function policyOf({ header, tensors }: Checkpoint, shape: PolicyShape): PolicyState {
  const moments = needAll(tensors, momentsShape("observation", shape.observations));
  return {
    envSteps: counter(header, "envSteps"),
    params: Float32Array.from(need(tensors, "params", { type: "f32", length: shape.parameters, range: "finite" })),
    observationMoments: unpackMoments(moments, "observation"),
  };
}

/**
 * @param shape what of the algorithm is in the checkpoint
 * @throws UserError as {@link policyOf}
 */
export function parseState(checkpoint: Checkpoint, policy: PolicyShape, shape: StateShape): TrainState {
  const { header, tensors } = checkpoint;
  return {
    ...policyOf(checkpoint, policy),
    ...parseEvaluations(header),
    iteration: counter(header, "iteration"),
    counters: Object.fromEntries(shape.counters.map((name) => [name, counter(header, name)])),
    tensors: needAll(tensors, shape.tensors),
  };
}

/** @throws UserError as {@link policyOf} */
export function tensorsOf({ tensors }: Checkpoint, shapes: StateShape["tensors"]): Readonly<Record<string, Tensor>> {
  return needAll(tensors, shapes);
}

/** The observations that were kept with the checkpoint, one array of `size` values each. */
export function observationsOf({ tensors }: Checkpoint, size: number): readonly (readonly number[])[] {
  const flat = tensors["observations"];
  if (!(flat instanceof Float64Array)) throw misfit("it has no observations");
  return Array.from({ length: Math.floor(flat.length / size) }, (_, i) => [...flat.subarray(i * size, (i + 1) * size)]);
}

function counter(header: Checkpoint["header"], name: string): number {
  const value = header[name];
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value;
  throw misfit(`${name} is ${JSON.stringify(value)}, not a whole number`);
}

const interval = z.strictObject({ mean: z.number(), low: z.number(), high: z.number() });

const gainSchema = z.strictObject({
  objective: interval,
  worst: interval.extend({ scenario: z.string() }),
  trips: interval,
  crashes: interval,
});

const evaluationsSchema = z.strictObject({
  best: z.strictObject({
    iteration: z.int().min(0),
    envSteps: z.int().min(0),
    mean: z.number(),
    low: z.number(),
    high: z.number(),
    gain: gainSchema.exactOptional(),
    refused: z.string().exactOptional(),
  }),
  withoutBetter: z.int().min(0),
});

function parseEvaluations({ evaluations }: Checkpoint["header"]): Pick<TrainState, "evaluations"> {
  if (evaluations === undefined) return {};
  const parsed = evaluationsSchema.safeParse(evaluations);
  if (parsed.success) return { evaluations: parsed.data };
  throw misfit(`evaluations is ${JSON.stringify(evaluations)}`);
}

const TYPES = { f32: Float32Array, f64: Float64Array, u32: Uint32Array } as const;

const needAll = (tensors: Checkpoint["tensors"], shapes: StateShape["tensors"]): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, need(tensors, name, shape)]));

function need(tensors: Checkpoint["tensors"], name: string, { type, length, range }: TensorShape): Tensor {
  const tensor = tensors[name];
  if (!(tensor instanceof TYPES[type])) throw misfit(`it has no ${name} of type ${type}`);
  if (tensor.length !== length) throw misfit(`${name} has ${tensor.length} elements, but the run needs ${length}`);
  const isWrong = (x: number) => !Number.isFinite(x) || (range === "not negative" && x < 0);
  const wrong = range === undefined ? -1 : tensor.findIndex(isWrong);
  if (wrong >= 0) throw misfit(`${name} holds ${tensor[wrong]} at place ${wrong}`);
  return tensor;
}

/** A checkpoint that does not belong to its run. */
export function misfit(why: string): UserError {
  const message = `the checkpoint does not fit its config.json: ${why}`;
  return new UserError("E_CHECKPOINT_FIT", message, "restore the run folder as flyball train wrote it");
}
