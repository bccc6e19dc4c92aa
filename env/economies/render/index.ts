import { defineEconomy } from "../../define-world.js";
import { account, MARKET_HIDDEN, MARKET_JUMPS, MARKET_USE_UNITS, MARKET_USES } from "../../market/core.js";
import { leverUnits } from "../../market/moves.js";
import { TERMS_USES, terminated } from "../../market/terms.js";
import { JOB_USE_UNITS } from "./jobs.js";
import { CONSTRAINTS, costs, OBJECTIVES, objective, TERMS } from "./objective.js";
import { OBSERVATION_STATISTICS, OBSERVATIONS, observe } from "./observe.js";
import { PARAMS } from "./params.js";
import { ACTIONS, FLOWS, SHOCKS, STATE } from "./records.js";
import { draw, RESET_USES, reset } from "./reset.js";
import { drawParams, PRESETS, SCENARIOS, VARYING } from "./scenarios.js";
import { STEP_USES, step } from "./step.js";
import { WEAK_POINTS } from "./weak-points.js";

/** Render: rendering and compute jobs, burn-mint equilibrium, weekly rewards. Sources: docs/reference/economies/render.md. */
export const render = defineEconomy({
  id: "render-v1",
  doc: "Render: GPU jobs with burn-mint equilibrium, weekly node rewards, a scheduler and a demand fee",
  token: { symbol: "RENDER", decimals: 8 },
  state: STATE,
  balances: ["liquid", "pool", "earned", "treasury"],
  params: PARAMS,
  varying: VARYING,
  presets: PRESETS,
  actions: { kind: "continuous", fields: ACTIONS },
  setBy: {
    issuance: "policy of the foundation",
    burnShare: "policy of the foundation",
    fee: "the foundation's price list",
    weightPrice: "the scheduler, off chain",
    weightLatency: "the scheduler, off chain",
    weightReliability: "the scheduler, off chain",
  },
  shocks: SHOCKS,
  flows: FLOWS,
  functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
  account,
  uses: { ...MARKET_USES, ...TERMS_USES, ...RESET_USES, ...STEP_USES },
  useUnits: { ...MARKET_USE_UNITS, ...JOB_USE_UNITS, ...leverUnits(ACTIONS) },
  observations: OBSERVATIONS,
  observationStatistics: OBSERVATION_STATISTICS,
  hidden: [...MARKET_HIDDEN, "demand", "quality"],
  jumps: MARKET_JUMPS,
  terms: TERMS,
  objectives: OBJECTIVES,
  constraints: CONSTRAINTS,
  horizon: 365,
  observationDelay: 1,
  actionDelay: 0,
  scenarios: SCENARIOS,
  ruleInForce: "render-schedule",
  weakPoints: WEAK_POINTS,
});
