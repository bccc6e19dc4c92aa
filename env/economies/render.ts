import type { Uses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import { account, MARKET_HIDDEN, MARKET_USE_UNITS, MARKET_USES } from "../market/core.js";
import { adoptionStep, demandAt, usageStep } from "../market/demand.js";
import { tierStep } from "../market/providers.js";
import { terminated } from "../market/terms.js";
import { netEmission } from "../mechanisms/burn-mint-equilibrium.js";
import { nodeScore, softminWeight } from "../mechanisms/job-scheduler.js";
import { renderNodePenalty } from "../mechanisms/render-rewards.js";
import type { WorldFunctions } from "../world.js";
import { CLASSES } from "./render/classes.js";
import { latencyOf, schedule, schedulerWeights, wantedWork } from "./render/jobs.js";
import { availabilityWeight, nextAsk, nodeHealth, nodesStep } from "./render/nodes.js";
import { CONSTRAINTS, costs, OBJECTIVES, objective, TERMS } from "./render/objective.js";
import { OBSERVATIONS, observe } from "./render/observe.js";
import { PARAMS } from "./render/params.js";
import { ACTIONS, FLOWS, SHOCKS, STATE } from "./render/records.js";
import { draw, reset, resetAccounts, resetService } from "./render/reset.js";
import { drawParams, PRESETS, SCENARIOS, VARYING } from "./render/scenarios.js";
import { epochStep, mintPart, payJobs, settle } from "./render/settle.js";
import { accrualOf, growthOf, moveSize, serviceSide, step } from "./render/step.js";

const RENDER: Uses = {
  adoptionStep,
  demandAt,
  usageStep,
  tierStep,
  netEmission,
  nodeScore,
  softminWeight,
  renderNodePenalty,
  latencyOf,
  schedule,
  schedulerWeights,
  wantedWork,
  availabilityWeight,
  nextAsk,
  nodeHealth,
  nodesStep,
  resetAccounts,
  resetService,
  epochStep,
  mintPart,
  payJobs,
  settle,
  accrualOf,
  growthOf,
  moveSize,
  serviceSide,
};

const CONSTANTS = {
  CLASSES,
  /** The list price that demand is measured at. */
  LIST_PRICE: 1,
  START_ISSUANCE: ACTIONS.issuance.start,
  START_BURN_SHARE: ACTIONS.burnShare.start,
  START_FEE: ACTIONS.fee.start,
  START_WEIGHT: ACTIONS.weightPrice.start,
  MOVE_ISSUANCE: ACTIONS.issuance.maxMove,
  MOVE_BURN_SHARE: ACTIONS.burnShare.maxMove,
  MOVE_FEE: ACTIONS.fee.maxMove,
  MOVE_WEIGHT: ACTIONS.weightPrice.maxMove,
};

/** The functions know the names of their records; the contract knows records of numbers. The compiler checks the names. */
const functions = { drawParams, reset, draw, step, observe, objective, costs, terminated } as unknown as WorldFunctions;

/** Render: rendering and compute jobs, burn-mint equilibrium, weekly rewards. Source and weak points: docs/reference/economies/render.md. */
export const render: Economy = {
  id: "render-v1",
  doc: "Render: GPU jobs with burn-mint equilibrium, weekly node rewards, a scheduler and a demand fee",
  token: { symbol: "RENDER", decimals: 8 },
  state: STATE,
  params: PARAMS,
  varying: VARYING,
  actions: { kind: "continuous", fields: ACTIONS },
  shocks: SHOCKS,
  flows: FLOWS,
  observations: OBSERVATIONS,
  hidden: [...MARKET_HIDDEN, "demand", "quality"],
  terms: TERMS,
  objectives: OBJECTIVES,
  constraints: CONSTRAINTS,
  horizon: 365,
  observationDelay: 1,
  actionDelay: 0,
  scenarios: SCENARIOS,
  presets: PRESETS,
  balances: ["liquid", "pool", "earned", "treasury"],
  uses: { ...MARKET_USES, ...RENDER, ...CONSTANTS },
  useUnits: { ...MARKET_USE_UNITS, LIST_PRICE: "USD/unit/day", START_ISSUANCE: "1/year", MOVE_ISSUANCE: "1/year" },
  functions,
  account: account as unknown as Economy["account"],
};
