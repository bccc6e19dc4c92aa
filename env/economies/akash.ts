import { clamp, units } from "../../compiler/primitives.js";
import type { Uses } from "../../compiler/schema.js";
import { normal4 } from "../../core/normal.js";
import { uniform4 } from "../../core/random.js";
import type { Economy } from "../economy.js";
import { saturate, share } from "../market/curves.js";
import { adoptionStep, demandAt, usageStep } from "../market/demand.js";
import { exogenousStep } from "../market/exogenous.js";
import { liquidityStep, shockAmplifier } from "../market/liquidity.js";
import { impactStep, priceStep, sentimentStep } from "../market/price.js";
import { providersStep, tierStep } from "../market/providers.js";
import { byRegime, nextRegime } from "../market/regime.js";
import { bondedTarget, outsideYieldStep, stakingMoves } from "../market/staking.js";
import { collateralRatio, creditsFor, mintHalted, mintStatus } from "../mechanisms/burn-mint.js";
import { auctionPrice } from "../mechanisms/reverse-auction.js";
import type { WorldFunctions } from "../world.js";
import { lease, trustStep, washStep } from "./akash/leases.js";
import { CONSTRAINTS, costs, OBJECTIVES, objective, TERMS, terminated } from "./akash/objective.js";
import { OBSERVATIONS, observe } from "./akash/observe.js";
import { PARAMS } from "./akash/params.js";
import { ACTIONS, FLOWS, SHOCKS, STATE } from "./akash/records.js";
import { draw, reset, resetAccounts, resetMarket, resetService } from "./akash/reset.js";
import { between, drawParams, PRESETS, SCENARIOS, VARYING } from "./akash/scenarios.js";
import { issue, settleDirect, settleVault } from "./akash/settle.js";
import {
  account,
  collateralStep,
  exogenousSide,
  fundamental,
  moveSize,
  orderFlow,
  serviceSide,
  settle,
  step,
} from "./akash/step.js";

const MARKET: Uses = {
  saturate,
  share,
  adoptionStep,
  demandAt,
  usageStep,
  exogenousStep,
  liquidityStep,
  shockAmplifier,
  impactStep,
  priceStep,
  sentimentStep,
  providersStep,
  tierStep,
  byRegime,
  nextRegime,
  bondedTarget,
  outsideYieldStep,
  stakingMoves,
};

const AKASH: Uses = {
  collateralRatio,
  creditsFor,
  mintHalted,
  mintStatus,
  auctionPrice,
  lease,
  trustStep,
  washStep,
  settle,
  settleVault,
  settleDirect,
  issue,
  serviceSide,
  orderFlow,
  exogenousSide,
  fundamental,
  collateralStep,
  moveSize,
  account,
  resetAccounts,
  resetMarket,
  resetService,
  between,
};

const CONSTANTS = {
  TWO_PI: 2 * Math.PI,
  SQRT_12: Math.sqrt(12),
  DAYS_PER_YEAR: 365,
  DAY: 1,
  YEAR: 1,
  LEASE_UNIT: 1,
  /** The log price stays within +-7 of its start. */
  LOG_PRICE_LIMIT: 7,
  COLLATERAL_MOST: 3,
  OBSERVATION_NOISE: 0.03,
  SAFE_BONDED: 0.55,
  RUIN: Math.log(100),
  LOG_FALL_50: Math.log(2),
  LOG_FALL_70: -Math.log(0.3),
  LOG_FALL_90: Math.log(10),
  START_ISSUANCE: ACTIONS.issuance.start,
  START_BURN_SHARE: ACTIONS.burnShare.start,
  START_FEE: ACTIONS.fee.start,
  MOVE_ISSUANCE: ACTIONS.issuance.maxMove,
  MOVE_BURN_SHARE: ACTIONS.burnShare.maxMove,
  MOVE_FEE: ACTIONS.fee.maxMove,
};

/** The functions know the names of their records; the contract knows records of numbers. The compiler checks the names. */
const functions = { drawParams, reset, draw, step, observe, objective, costs, terminated } as unknown as WorldFunctions;

/** Akash: compute leases by reverse auction, a burn-mint vault, Cosmos staking. Source and weak points: docs/akash.md. */
/** Causes that no chain shows: a critic that knows them explains the objective better. */
const HIDDEN = [
  "logPrice",
  "exogenous",
  "accrued",
  "variance",
  "regime",
  "sentiment",
  "impact",
  "demand",
  "trust",
  "leverage",
  "capacityEfficient",
  "capacityMarginal",
  "orderedEfficient",
  "orderedMarginal",
  "marginEfficient",
  "marginMarginal",
  "outsideYield",
  "wash",
];

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
  uses: { clamp, units, uniform4, normal4, ...CONSTANTS, ...MARKET, ...AKASH },
  useUnits: {
    DAYS_PER_YEAR: "day/year",
    DAY: "day",
    YEAR: "year",
    LEASE_UNIT: "USD/unit/day",
    START_ISSUANCE: "1/year",
    MOVE_ISSUANCE: "1/year",
  },
  functions,
  account: account as unknown as Economy["account"],
};
