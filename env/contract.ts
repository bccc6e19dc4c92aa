import { actionFields } from "./lane/records.js";
import type { Box, Space } from "./spaces.js";
import { box, discrete } from "./spaces.js";
import type { ConstraintSpec, Values, World } from "./world.js";

/** What an environment is like. Arrays of names, units and bounds share their order with observations, actions and costs. */
export interface EnvSpec {
  readonly id: string;
  readonly observationSpace: Box;
  readonly observationNames: readonly string[];
  readonly observationUnits: readonly string[];
  /** In the action's own units. */
  readonly actionSpace: Space;
  readonly actionNames: readonly string[];
  readonly actionUnits: readonly string[];
  /** Terms of the objective; the reward is their weighted sum. */
  readonly termNames: readonly string[];
  /** Costs are ordered like this. */
  readonly constraints: readonly NamedConstraint[];
  /** Control steps after which an episode is truncated. */
  readonly horizon: number;
  readonly scenarios: readonly string[];
  readonly metadata: {
    /** `disabled`: the caller resets. `same-step`: a lane that ended is reset within the step that ended it. */
    readonly autoresetMode: "disabled" | "same-step";
  };
}

interface NamedConstraint extends ConstraintSpec {
  readonly name: string;
}

/** The contract of Gymnasium 1.x, with costs besides the reward. */
export interface Env {
  readonly spec: EnvSpec;
  /** Starts an episode. Same seed, same episodes; without a seed the next episode of the last seed. */
  reset(request?: ResetRequest): ResetResult;
  /** @param action one number per dimension, in the action's own units; for a discrete space the choice */
  step(action: ArrayLike<number> | number): StepResult;
}

export interface ResetRequest {
  /** u32; also starts counting episodes from 0. */
  readonly seed?: number | undefined;
  readonly options?: ResetOptions | undefined;
}

/** For this episode only. */
export interface ResetOptions {
  /** A named scenario, or `random` for parameters drawn as in training. */
  readonly scenario?: string;
  /** Values of parameters that vary between episodes, on top of the scenario. */
  readonly params?: Readonly<Record<string, number>>;
  /** Control step that the clock starts at: random numbers and horizon count from there. */
  readonly day?: number;
  /** u32; plays this episode of the seed, the next ones follow it. */
  readonly episode?: number;
}

export interface ResetResult {
  readonly observation: Float64Array;
  readonly info: StepInfo;
}

export interface StepResult {
  /** Newly allocated in each step, like `costs`. */
  readonly observation: Float64Array;
  readonly reward: number;
  /** Ordered like `spec.constraints`. */
  readonly costs: Float64Array;
  /** The world is ruined: no value beyond. */
  readonly terminated: boolean;
  /** The clock ran out: the value of `observation` is still to be counted. Never together with `terminated`. */
  readonly truncated: boolean;
  readonly info: StepInfo;
}

/** All by name, in own units. */
export interface StepInfo {
  /** Episode id: with the seed it is all that the randomness depends on. */
  readonly episode: number;
  /** Control steps lived. */
  readonly day: number;
  /** Values of the parameters that vary between episodes. */
  readonly params: Readonly<Values>;
  /** What the controller asked for in this step. */
  readonly requested: Readonly<Values>;
  /** The request that is due now: the one of `actionDelay` steps ago. */
  readonly due: Readonly<Values>;
  /** What the breakers let through to the world. */
  readonly applied: Readonly<Values>;
  /** State of the breakers; `intervened` is 1 when `applied` is not `due`. */
  readonly breakers: Readonly<Values>;
  readonly flows: Readonly<Values>;
  /** Terms of the objective before their weights. */
  readonly terms: Readonly<Values>;
}

export function describeWorld(world: World, horizon: number, autoresetMode: EnvSpec["metadata"]["autoresetMode"]): EnvSpec {
  const observations = Object.values(world.observations);
  const actions = actionFields(world);
  return {
    id: world.id,
    observationSpace: box(
      observations.map(({ low }) => low),
      observations.map(({ high }) => high),
    ),
    observationNames: Object.keys(world.observations),
    observationUnits: observations.map(({ unit }) => unit),
    actionSpace: actionSpace(world),
    actionNames: Object.keys(actions),
    actionUnits: Object.values(actions).map(({ unit }) => unit),
    termNames: Object.keys(world.terms),
    constraints: Object.entries(world.constraints).map(([name, constraint]) => ({ name, ...constraint })),
    horizon,
    scenarios: Object.keys(world.scenarios),
    metadata: { autoresetMode },
  };
}

function actionSpace(world: World): Space {
  if (world.actions.kind === "discrete") return discrete(world.actions.count);
  const fields = Object.values(world.actions.fields);
  return box(
    fields.map(({ low }) => low),
    fields.map(({ high }) => high),
  );
}
