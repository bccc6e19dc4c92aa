import type { BreakerLimits } from "../../env/breakers/limits.js";
import type { ActionSpec, ObservationSpec } from "../../env/world.js";
import type { PolicyStructure } from "./structure.js";

/** A dense layer; `weights` is [inputs, outputs] row-major, without padding. */
export interface DenseLayer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float32Array;
  readonly biases: Float32Array;
}

/** The policy network: `activation` after every layer but the last. */
export interface PolicyNetwork {
  readonly activation: "tanh" | "relu";
  readonly layers: readonly DenseLayer[];
}

interface NamedObservation extends ObservationSpec {
  readonly name: string;
}

export interface NamedAction extends ActionSpec {
  readonly name: string;
}

/** A trained controller with everything that its decisions depend on. The order of names is the network's. */
export interface LearnedController {
  /** Versioned id of the economy that it was trained on. */
  readonly economy: string;
  /** Hash of all parameters' values that it was trained with. */
  readonly paramsHash: string;
  readonly objective: { readonly name: string; readonly weights: Readonly<Record<string, number>> };
  readonly observations: readonly NamedObservation[];
  /** Controls with their bands; for a single choice, its count. */
  readonly actions: readonly NamedAction[] | { readonly count: number };
  /** `scale` is 1 / standard deviation, 0 for an observation that never varied; the result is clipped to +-clip. */
  readonly normalizer: { readonly mean: readonly number[]; readonly scale: readonly number[]; readonly clip: number };
  readonly network: PolicyNetwork;
  /** Absent: the network alone. */
  readonly structure?: PolicyStructure;
  /** The breakers that it was trained under; they stay above it. */
  readonly limits: BreakerLimits;
  /** Control steps that a decision holds for, as in training; the breakers still act in every step. */
  readonly decisionInterval: number;
  /** Days of a control step; null where the world has no such parameter, and in files of version 1. */
  readonly stepDays: number | null;
  /** Decimal places of the token's base unit; null in a world without a token, and in files of version 1. */
  readonly decimals: number | null;
  /** Control steps. */
  readonly delays: { readonly observation: number; readonly action: number };
}

export function isControls(actions: LearnedController["actions"]): actions is readonly NamedAction[] {
  return Array.isArray(actions);
}

/** Names of the controls; a choice is called `choice`. */
export function actionNames(controller: LearnedController): readonly string[] {
  return isControls(controller.actions) ? controller.actions.map(({ name }) => name) : ["choice"];
}

/** Width of each control's band, the scale of differences between actions; 1 for a choice. */
export function actionWidths(controller: LearnedController): readonly number[] {
  return isControls(controller.actions) ? controller.actions.map(({ low, high }) => high - low) : [1];
}
