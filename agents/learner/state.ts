import type { Tensor } from "../../core/tensor.js";
import type { RunningMoments } from "../../models/normalizer.js";

/** What decides: the part of a state that export and evaluation need, whatever the algorithm. */
export interface PolicyState {
  readonly envSteps: number;
  /** All parameters of `planPolicy`, padded. */
  readonly params: Float32Array;
  readonly observationMoments: RunningMoments;
}

/** Everything that the next iteration depends on: restored, the run goes on bit for bit. Plain data. */
export interface LearnerState extends PolicyState {
  /** Iterations done. */
  readonly iteration: number;
  /** Further whole numbers of the algorithm, by name. */
  readonly counters: Readonly<Record<string, number>>;
  /** Further arrays of the algorithm, by name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** The counters and arrays that a state of a run must have. */
export interface StateShape {
  readonly counters: readonly string[];
  readonly tensors: Readonly<Record<string, TensorShape>>;
}

export interface TensorShape {
  readonly type: "f32" | "f64" | "u32";
  readonly length: number;
  /** What its numbers must be; any by default. */
  readonly range?: "finite" | "not negative";
}

/** Running moments as three arrays: `name.count`, `name.mean` and `name.deviations`. */
export function packMoments(name: string, moments: RunningMoments): Record<string, Tensor> {
  return {
    [`${name}.count`]: Float64Array.of(moments.count),
    [`${name}.mean`]: Float64Array.from(moments.mean),
    [`${name}.deviations`]: Float64Array.from(moments.deviations),
  };
}

/** The inverse of {@link packMoments}, of arrays that have the shape {@link momentsShape}. */
export function unpackMoments(tensors: Readonly<Record<string, Tensor>>, name: string): RunningMoments {
  return {
    count: tensors[`${name}.count`]![0]!,
    mean: [...tensors[`${name}.mean`]!],
    deviations: [...tensors[`${name}.deviations`]!],
  };
}

export function momentsShape(name: string, size: number): Record<string, TensorShape> {
  return {
    [`${name}.count`]: { type: "f64", length: 1, range: "not negative" },
    [`${name}.mean`]: { type: "f64", length: size, range: "finite" },
    [`${name}.deviations`]: { type: "f64", length: size, range: "not negative" },
  };
}
