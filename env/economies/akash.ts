import type { Uses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import { account, drawMarket, MARKET_HIDDEN, MARKET_USE_UNITS, MARKET_USES } from "../market/core.js";
import { adoptionStep, demandAt, usageStep } from "../market/demand.js";
import { providersStep, tierStep } from "../market/providers.js";
import { STAKING_USES } from "../market/staking.js";
import { terminated } from "../market/terms.js";
import { collateralRatio, creditsFor, mintHalted, mintStatus } from "../mechanisms/burn-mint.js";
import { auctionPrice } from "../mechanisms/reverse-auction.js";
import type { WorldFunctions } from "../world.js";
import { lease, washStep } from "./akash/leases.js";
import { CONSTRAINTS, costs, OBJECTIVES, objective, TERMS } from "./akash/objective.js";
import { OBSERVATIONS, observe } from "./akash/observe.js";
import { PARAMS } from "./akash/params.js";
import { ACTIONS, FLOWS, SHOCKS, STATE } from "./akash/records.js";
import { reset, resetAccounts, resetService } from "./akash/reset.js";
import { drawParams, PRESETS, SCENARIOS, VARYING } from "./akash/scenarios.js";
import { issue, settleDirect, settleVault } from "./akash/settle.js";
import { collateralStep, moveSize, serviceSide, settle, step } from "./akash/step.js";

const USES: Uses = {
  ...MARKET_USES,
  ...STAKING_USES,
  adoptionStep,
  demandAt,
  usageStep,
  providersStep,
  tierStep,
  collateralRatio,
  creditsFor,
  mintHalted,
  mintStatus,
  auctionPrice,
  lease,
  washStep,
  settle,
  settleVault,
  settleDirect,
  issue,
  serviceSide,
  collateralStep,
  moveSize,
  resetAccounts,
  resetService,
  LEASE_UNIT: 1,
  COLLATERAL_MOST: 3,
  SAFE_BONDED: 0.55,
  START_ISSUANCE: ACTIONS.issuance.start,
  START_BURN_SHARE: ACTIONS.burnShare.start,
  START_FEE: ACTIONS.fee.start,
  MOVE_ISSUANCE: ACTIONS.issuance.maxMove,
  MOVE_BURN_SHARE: ACTIONS.burnShare.maxMove,
  MOVE_FEE: ACTIONS.fee.maxMove,
};

/** The functions know the names of their records; the contract knows records of numbers. The compiler checks the names. */
const functions = {
  drawParams,
  reset,
  draw: drawMarket,
  step,
  observe,
  objective,
  costs,
  terminated,
} as unknown as WorldFunctions;

const HIDDEN = [
  ...MARKET_HIDDEN,
  "demand",
  "capacityEfficient",
  "capacityMarginal",
  "orderedEfficient",
  "orderedMarginal",
  "marginEfficient",
  "marginMarginal",
  "wash",
];

/** Akash: compute leases by reverse auction, a burn-mint vault, Cosmos staking. Source and weak points: docs/reference/economies/akash.md. */
export const akash: Economy = {
  id: "akash-v1",
  doc: "Akash: compute marketplace with burn-mint vault, reverse auction and Cosmos staking",
  token: { symbol: "AKT", decimals: 6 },
  state: STATE,
  params: PARAMS,
  varying: VARYING,
  actions: { kind: "continuous", fields: ACTIONS },
  shocks: SHOCKS,
  flows: FLOWS,
  observations: OBSERVATIONS,
  hidden: HIDDEN,
  terms: TERMS,
  objectives: OBJECTIVES,
  constraints: CONSTRAINTS,
  horizon: 365,
  observationDelay: 1,
  actionDelay: 0,
  scenarios: SCENARIOS,
  presets: PRESETS,
  balances: ["liquid", "bonded", "unbonding", "vault", "pool"],
  uses: USES,
  useUnits: {
    ...MARKET_USE_UNITS,
    LEASE_UNIT: "USD/unit/day",
    START_ISSUANCE: "1/year",
    MOVE_ISSUANCE: "1/year",
  },
  functions,
  account: account as unknown as Economy["account"],
};
