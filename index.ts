/** The public API. Everything else is internal and may change without notice. */

export type { Controller } from "./agents/controller/controller.js";
export type { Act } from "./agents/controller/start-controller.js";
export { startController } from "./agents/controller/start-controller.js";
export { actLearned } from "./agents/learned/act-learned.js";
export type { ControllerFile, Provenance, RecordedPair } from "./agents/learned/controller-file.js";
export { parseControllerFile } from "./agents/learned/controller-file.js";
export type { LearnedController } from "./agents/learned/learned-controller.js";
export type { EpisodeMetrics, EpisodeSeries } from "./agents/rollout/episode-metrics.js";
export { createSimulator } from "./agents/rollout/episodes.js";
export { runWars } from "./agents/rollout/wars.js";
export { makeRule, rulesFor } from "./agents/rules/registry.js";
export type { Rule } from "./agents/rules/rule.js";
export { clamp, units } from "./compiler/primitives.js";
export type { FieldSpec, RecordSpec, Uses } from "./compiler/schema.js";
export { UserError } from "./core/errors.js";
export { normal4 } from "./core/normal.js";
export { uniform4 } from "./core/random.js";
export type { BreakerLimits } from "./env/breakers/limits.js";
export { DEFAULT_LIMITS } from "./env/breakers/limits.js";
export { checkEnv } from "./env/check-env.js";
export type { Env, EnvSpec, ResetResult, StepInfo, StepResult } from "./env/contract.js";
export type { Fields } from "./env/define-world.js";
export { defineEconomy, defineWorld } from "./env/define-world.js";
export { ECONOMIES } from "./env/economies/index.js";
export type { Economy } from "./env/economy.js";
export { STANDARD_FLOWS } from "./env/economy.js";
export { makeEnv } from "./env/environment.js";
export { createExactLane } from "./env/lane/exact.js";
export { listed } from "./env/listed/listed.js";
export { LISTED_KINDS } from "./env/listed/params.js";
export {
  MARKET_HIDDEN,
  MARKET_PARAMS,
  MARKET_SHOCKS,
  MARKET_USE_UNITS,
  MARKET_USES,
  marketFlows,
  marketState,
} from "./env/market/core.js";
export { adoptionStep, DEMAND_PARAMS, DEMAND_STATE, DEMAND_USES, demandAt, usageStep } from "./env/market/demand.js";
export { MARKET_OBSERVATIONS } from "./env/market/observe.js";
export { PROVIDERS_PARAMS, PROVIDERS_STATE, PROVIDERS_USES, providersStep, tierStep } from "./env/market/providers.js";
export { MARKET_SCENARIOS, MARKET_VARYING } from "./env/market/scenarios.js";
export { STAKING_PARAMS, STAKING_USES, stakingState } from "./env/market/staking.js";
export { MARKET_CONSTRAINTS, MARKET_TERMS } from "./env/market/terms.js";
export { mechanisms } from "./env/mechanisms/catalog.js";
export { adjusted, assumed } from "./env/param-spec.js";
export { findEconomy } from "./env/registry.js";
export type { EnvOptions } from "./env/settings.js";
export { parseEnvOptions } from "./env/settings.js";
export type { Box, Discrete, Space } from "./env/spaces.js";
export { box, clip, contains, discrete, fromUnit, sample, toUnit } from "./env/spaces.js";
export type { VectorEnv } from "./env/vector-env.js";
export { makeVectorEnv } from "./env/vector-env.js";
export { checkWars } from "./env/wars/check-wars.js";
export type { WarsEnv, WarsReset, WarsStep } from "./env/wars/contract.js";
export { createExactWars } from "./env/wars/exact-wars.js";
export { makeVectorWars } from "./env/wars/vector-wars.js";
export { makeWars } from "./env/wars/wars.js";
export type {
  ActionSpec,
  ConstraintSpec,
  DrawKey,
  Objective,
  ObservationSpec,
  ParamSpec,
  Scenario,
  StateValues,
  Values,
  World,
  WorldFunctions,
} from "./env/world.js";
export type { PolicySetting } from "./train/build-controller.js";
export { buildController } from "./train/build-controller.js";
export { decodeCheckpoint, encodeCheckpoint } from "./train/checkpoint.js";
export type { TrainConfig } from "./train/config.js";
export { parseConfig } from "./train/config.js";
export { checkpointOf } from "./train/learner-checkpoint.js";
export type { TrainEvent, TrainOptions } from "./train/train.js";
export { readState, train } from "./train/train.js";
export type { EvaluationScore, TrainState } from "./train/train-state.js";
export type { WarmStart } from "./train/warm-start.js";
export { startFromController } from "./train/warm-start.js";
