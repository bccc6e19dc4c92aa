import { defineEconomy } from "../../define-world.js";
import { account, drawMarket, MARKET_HIDDEN, MARKET_JUMPS, MARKET_USE_UNITS } from "../../market/core.js";
import { leverUnits } from "../../market/moves.js";
import { terminated } from "../../market/terms.js";
import { CONSTRAINTS, costs, OBJECTIVE_USES, OBJECTIVES, objective, TERMS } from "./objective.js";
import { OBSERVATION_STATISTICS, OBSERVATIONS, observe } from "./observe.js";
import { PARAMS } from "./params.js";
import { ACTIONS, FLOWS, SHOCKS, STATE } from "./records.js";
import { RESET_USES, reset } from "./reset.js";
import { drawParams, PRESETS, SCENARIO_USE_UNITS, SCENARIO_USES, SCENARIOS, VARYING } from "./scenarios.js";
import { STEP_USES, step } from "./step.js";
import { TREASURY_USE_UNITS } from "./treasury.js";
import { WEAK_POINTS } from "./weak-points.js";

/** Worldcoin: grants to verified humans out of unlocked tokens, a fixed supply. Sources: docs/reference/economies/worldcoin.md. */
export const worldcoin = defineEconomy({
  id: "worldcoin-v1",
  doc: "Worldcoin: grants to verified humans by an on-chain table, linear unlocks, a treasury, fees that may be burned",
  token: { symbol: "WLD", decimals: 18 },
  state: STATE,
  balances: ["liquid", "treasury", "communityLocked", "insidersLocked"],
  params: PARAMS,
  varying: VARYING,
  presets: PRESETS,
  actions: { kind: "continuous", fields: ACTIONS },
  setBy: {
    grant: "the grant contract's owner",
    release: "the foundation, by its treasury",
    burnShare: "the fee contract's owner",
  },
  roles: { actions: { issuance: { field: "release", scale: 0.6 }, fee: false } },
  shocks: SHOCKS,
  flows: FLOWS,
  functions: { drawParams, reset, draw: drawMarket, step, observe, objective, costs, terminated },
  account,
  uses: { ...RESET_USES, ...STEP_USES, ...OBJECTIVE_USES, ...SCENARIO_USES },
  useUnits: { ...MARKET_USE_UNITS, ...TREASURY_USE_UNITS, ...SCENARIO_USE_UNITS, ...leverUnits(ACTIONS) },
  observations: OBSERVATIONS,
  observationStatistics: OBSERVATION_STATISTICS,
  hidden: [...MARKET_HIDDEN, "active", "fakes", "apps", "demand"],
  jumps: MARKET_JUMPS,
  terms: TERMS,
  objectives: OBJECTIVES,
  constraints: CONSTRAINTS,
  horizon: 365,
  observationDelay: 1,
  actionDelay: 0,
  scenarios: SCENARIOS,
  ruleInForce: "wld-table",
  weakPoints: WEAK_POINTS,
});
