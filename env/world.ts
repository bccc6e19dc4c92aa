import type { FieldSpec, RecordSpec, Uses } from "../compiler/schema.js";
import type { Roles } from "./roles.js";

/** A parameter: what it is worth, where it may lie, and who says so. All fields are required. */
export interface ParamSpec {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  /** Where the number comes from: a protocol document, a paper, or `assumption`. */
  readonly source: string;
  /** What it is and what it changes. */
  readonly doc: string;
}

/** A control with a predefined band. The network's -1..1 maps onto low..high; outside of it nothing is ever applied. */
export interface ActionSpec {
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  /** Largest change per control step. */
  readonly maxMove: number;
  /** Applied before the controller's first decision takes effect. */
  readonly start: number;
  readonly doc: string;
}

export interface ObservationSpec {
  readonly unit: string;
  /** Bounds of the observation space; every value that `observe` writes lies within. */
  readonly low: number;
  readonly high: number;
  readonly doc: string;
  /** Where a live controller would read it, for example `x/staking pool`. */
  readonly onChain: string;
}

/**
 * Elements that are alike in kind: element k has an observation and an action of each of these names with its number behind it,
 * `quality0` and `tilt0` of the first. All have the same fields, units and bands; their number says nothing about them.
 */
export interface ElementGroup {
  /** What the elements are, in the plural. */
  readonly name: string;
  readonly size: number;
  readonly observations: readonly string[];
  readonly actions: readonly string[];
}

export type Objective = Readonly<Record<string, number>>;

/** The random key that `draw`, `reset` and `drawParams` get: pass its members to `uniform4` or `normal4`. All are u32. */
export interface DrawKey {
  readonly seed: number;
  readonly episode: number;
  readonly day: number;
  /** First stream number; add the number of the draw. */
  readonly stream: number;
}

export type Values = Record<string, number>;

/** A state field may be an array; then index it with a constant or a loop counter. */
export type StateValues = Record<string, number>;

/**
 * An environment written as plain functions of plain records, in the compiler's subset: no free names but Math; helpers and
 * constants come in by `u`. One lane is one world.
 *
 * Order of a control step: `draw` shocks, `step` the world with the applied action, score `objective`, then `observe`.
 * Every function writes all fields of the record that it fills; `step` changes `s` in place.
 */
export interface World {
  /** Versioned: a change of results is a new version, for example `akash-v1`. */
  readonly id: string;
  readonly doc: string;
  readonly state: RecordSpec;
  readonly params: Readonly<Record<string, ParamSpec>>;
  /** Parameters that a scenario or `drawParams` may change, one value per lane; the others are folded into the code. */
  readonly varying: readonly string[];
  /** Parameters that belong together: a split of something, whose shares add up. Checked whenever parameters are given. */
  readonly sums?: readonly ParamSum[];
  readonly actions:
    | { readonly kind: "continuous"; readonly fields: Readonly<Record<string, ActionSpec>> }
    /** One choice of `count`; the world reads it as `a.choice` (0 .. count-1). */
    | { readonly kind: "discrete"; readonly count: number; readonly doc: string };
  /** Fields that fixed rules know by another name; left out where the names are the same. */
  readonly roles?: Roles;
  readonly shocks: RecordSpec;
  /** What happened in this step: flows and figures that the objective, breakers and reports read. Not state. */
  readonly flows: RecordSpec;
  readonly observations: Readonly<Record<string, ObservationSpec>>;
  /**
   * State fields that the critic may see in training besides the observations: what they cost in hidden causes they save in
   * noise. Controllers never see them.
   */
  readonly hidden?: readonly string[];
  /**
   * Fields that comparisons set to one of two constants, as `state.halted`, with the width, in units of what is compared, over which
   * derivatives smooth them: about what chance moves it by in a control step. Left out they have derivative 0.
   */
  readonly jumps?: Readonly<Record<string, number>>;
  /** Equal elements among the observations and actions, all of which a policy may decide on by one function. */
  readonly group?: ElementGroup;
  /** Terms of the objective, per control step; the reward is their weighted sum. */
  readonly terms: Readonly<Record<string, FieldSpec>>;
  /** Weight presets of the objective, by stakeholder; the first is the default. */
  readonly objectives: Readonly<Record<string, Objective>>;
  /** Costs, not reward, in this order. */
  readonly constraints: Readonly<Record<string, ConstraintSpec>>;
  /** Control steps after which an episode is truncated, unless the caller says otherwise. */
  readonly horizon: number;
  /** Control steps by which observations are late (0 .. 8). */
  readonly observationDelay: number;
  /** Control steps by which actions are late (0 .. 8). */
  readonly actionDelay: number;
  /** Named overrides of varying parameters; `base` must exist. Held out from training. */
  readonly scenarios: Readonly<Record<string, Scenario>>;
  readonly uses: Uses;
  /** Units of constants among `uses` that are not dimensionless. */
  readonly useUnits?: Readonly<Record<string, string>>;
  readonly functions: WorldFunctions;
}

/** These parameters, all of one unit, add up to `total`. */
interface ParamSum {
  readonly params: readonly string[];
  readonly total: number;
}

export interface ConstraintSpec {
  readonly unit: string;
  readonly kind: "step" | "expectation" | "probability";
  readonly limit: number;
  readonly doc: string;
}

export interface Scenario {
  readonly doc: string;
  readonly overrides: Readonly<Record<string, number>>;
}

/**
 * Records: `s` state, `p` params, `a` applied action, `z` shocks, `f` flows, `o` observation, `r` terms, `k` costs,
 * `d` draw key, `u` uses.
 */
export interface WorldFunctions {
  /** Draws the varying parameters of a training episode. Worlds without randomised parameters leave it empty. */
  readonly drawParams: (p: Values, d: DrawKey, u: Uses) => void;
  readonly reset: (s: StateValues, p: Values, d: DrawKey, u: Uses) => void;
  readonly draw: (z: Values, d: DrawKey, u: Uses) => void;
  readonly step: (s: StateValues, p: Values, a: Values, z: Values, f: Values, u: Uses) => void;
  readonly observe: (o: Values, s: StateValues, p: Values, z: Values, u: Uses) => void;
  readonly objective: (r: Values, s: StateValues, p: Values, a: Values, f: Values, u: Uses) => void;
  readonly costs: (k: Values, s: StateValues, p: Values, a: Values, f: Values, u: Uses) => void;
  /** 1 when the world is ruined and has no value beyond, else 0. */
  readonly terminated: (s: StateValues, p: Values, f: Values, u: Uses) => number;
}
