import { defineEconomy } from "../../define-world.js";
import { account, drawMarket, MARKET_HIDDEN, MARKET_JUMPS, MARKET_USE_UNITS, MARKET_USES } from "../../market/core.js";
import { leverUnits } from "../../market/moves.js";
import { terminated } from "../../market/terms.js";
import { LEASE_USE_UNITS } from "./leases.js";
import { CONSTRAINTS, costs, OBJECTIVE_USES, OBJECTIVES, objective, TERMS } from "./objective.js";
import { OBSERVATION_STATISTICS, OBSERVATIONS, observe } from "./observe.js";
import { PARAMS } from "./params.js";
import { ACTIONS, FLOWS, SHOCKS, STATE } from "./records.js";
import { RESET_USES, reset } from "./reset.js";
import { drawParams, PRESETS, SCENARIOS, VARYING } from "./scenarios.js";
import { STEP_USES, step } from "./step.js";
import { WEAK_POINTS } from "./weak-points.js";

/** Akash: compute leases by reverse auction, a burn-mint vault, Cosmos staking. Sources: docs/reference/economies/akash.md. */
export const akash = defineEconomy({
  id: "akash-v1",
  doc: "Akash: compute marketplace with burn-mint vault, reverse auction and Cosmos staking",
  token: { symbol: "AKT", decimals: 6 },
  state: STATE,
  balances: ["liquid", "bonded", "unbonding", "vault", "pool"],
  params: PARAMS,
  varying: VARYING,
  presets: PRESETS,
  actions: { kind: "continuous", fields: ACTIONS },
  setBy: {
    issuance: "governance: parameters of x/mint",
    burnShare: "governance: parameters of x/bme",
    fee: "governance: parameters of x/bme",
  },
  shocks: SHOCKS,
  flows: FLOWS,
  functions: { drawParams, reset, draw: drawMarket, step, observe, objective, costs, terminated },
  account,
  uses: { ...MARKET_USES, ...RESET_USES, ...STEP_USES, ...OBJECTIVE_USES },
  useUnits: { ...MARKET_USE_UNITS, ...LEASE_USE_UNITS, ...leverUnits(ACTIONS) },
  observations: OBSERVATIONS,
  observationStatistics: OBSERVATION_STATISTICS,
  hidden: [
    ...MARKET_HIDDEN,
    "demand",
    "capacityEfficient",
    "capacityMarginal",
    "orderedEfficient",
    "orderedMarginal",
    "marginEfficient",
    "marginMarginal",
    "wash",
  ],
  jumps: { ...MARKET_JUMPS, "state.halted": 0.1 },
  terms: TERMS,
  objectives: OBJECTIVES,
  constraints: CONSTRAINTS,
  horizon: 365,
  observationDelay: 1,
  actionDelay: 0,
  scenarios: SCENARIOS,
  ruleInForce: "akash-bme",
  weakPoints: WEAK_POINTS,
});
