import type { Tensor } from "../../core/tensor.js";
import type { TensorShape } from "../learner/state.js";

type Tensors = Readonly<Record<string, Tensor>>;

/** A search before a generation. */
export interface Standing {
  readonly weights: Float32Array;
  readonly tensors: Tensors;
  /** Number of the generation, from 1. */
  readonly generation: number;
  /** Share of all generations that is done. */
  readonly done: number;
}

/** How candidates are drawn around the weights, and where those go by the candidates' fitness. What it remembers are plain arrays. */
export interface Search {
  readonly shape: Readonly<Record<string, TensorShape>>;
  readonly first: () => Tensors;
  /** The weights of each candidate. */
  readonly draw: (standing: Standing) => readonly Float64Array[];
  /** @param fitness of each candidate, higher is better */
  readonly learn: (
    standing: Standing,
    candidates: readonly Float64Array[],
    fitness: readonly number[],
  ) => Pick<Standing, "weights" | "tensors">;
  /** Deviation of the next candidates. */
  readonly deviation: (tensors: Tensors) => number;
}

export interface SearchOptions {
  readonly size: number;
  readonly seed: number;
  readonly population: number;
  readonly sigma: number;
  readonly learningRate: number;
}
