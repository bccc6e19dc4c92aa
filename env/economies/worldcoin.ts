import type { Uses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import { account, drawMarket, MARKET_HIDDEN, MARKET_USE_UNITS, MARKET_USES } from "../market/core.js";
import { terminated } from "../market/terms.js";
import { claimPerMonth, GRANT_CONSTANTS, monthsSinceAugust2024, potGrant, tableGrant } from "../mechanisms/grants.js";
import { INFLATION_CONSTANTS, mintRoom, simpleMintRoom } from "../mechanisms/inflation-cap.js";
import { communityUnlock, insiderUnlock, linearUnlock, UNLOCK_CONSTANTS } from "../mechanisms/unlocks.js";
import type { WorldFunctions } from "../world.js";
import { CONSTRAINTS, costs, OBJECTIVES, objective, TERMS } from "./worldcoin/objective.js";
import { OBSERVATIONS, observe } from "./worldcoin/observe.js";
import { PARAMS } from "./worldcoin/params.js";
import { farmStep, generosity, peopleStep, useStep, verifications } from "./worldcoin/people.js";
import { ACCOUNTS, ACTIONS, FLOWS, SHOCKS, STATE } from "./worldcoin/records.js";
import { reset, resetAccounts } from "./worldcoin/reset.js";
import { centred, drawParams, PRESETS, SCENARIOS, VARYING } from "./worldcoin/scenarios.js";
import { step } from "./worldcoin/step.js";
import { moveSize, trades } from "./worldcoin/trades.js";
import { mintFor, payOut, setGrant, settleFees, unlock } from "./worldcoin/treasury.js";

const USES: Uses = {
  ...MARKET_USES,
  ...GRANT_CONSTANTS,
  ...UNLOCK_CONSTANTS,
  ...INFLATION_CONSTANTS,
  monthsSinceAugust2024,
  tableGrant,
  claimPerMonth,
  potGrant,
  linearUnlock,
  communityUnlock,
  insiderUnlock,
  mintRoom,
  simpleMintRoom,
  unlock,
  setGrant,
  mintFor,
  payOut,
  settleFees,
  generosity,
  verifications,
  farmStep,
  peopleStep,
  useStep,
  trades,
  moveSize,
  resetAccounts,
  centred,
  RESERVE_SHARE: 0.017,
  MONTH: 365.25 / 12,
  MONTH_YEARS: 1 / 12,
  USD: 1,
  HUMAN: 1,
  SAFE_RUNWAY: 2,
  START_GRANT: ACTIONS.grant.start,
  START_RELEASE: ACTIONS.release.start,
  START_BURN_SHARE: ACTIONS.burnShare.start,
  MOVE_GRANT: ACTIONS.grant.maxMove,
  MOVE_RELEASE: ACTIONS.release.maxMove,
  MOVE_BURN_SHARE: ACTIONS.burnShare.maxMove,
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

/** Worldcoin: grants to verified humans out of unlocked tokens, a fixed supply. Source and weak points: docs/reference/economies/worldcoin.md. */
export const worldcoin: Economy = {
  id: "worldcoin-v1",
  doc: "Worldcoin: grants to verified humans by an on-chain table, linear unlocks, a treasury, fees that may be burned",
  token: { symbol: "WLD", decimals: 18 },
  state: STATE,
  params: PARAMS,
  varying: VARYING,
  actions: { kind: "continuous", fields: ACTIONS },
  roles: { actions: { issuance: { field: "release", scale: 0.6 }, fee: false } },
  shocks: SHOCKS,
  flows: FLOWS,
  observations: OBSERVATIONS,
  hidden: [...MARKET_HIDDEN, "active", "fakes", "apps", "demand"],
  terms: TERMS,
  objectives: OBJECTIVES,
  constraints: CONSTRAINTS,
  horizon: 365,
  observationDelay: 1,
  actionDelay: 0,
  scenarios: SCENARIOS,
  presets: PRESETS,
  balances: Object.keys(ACCOUNTS),
  uses: USES,
  useUnits: {
    ...MARKET_USE_UNITS,
    GRANT_TABLE: "WLD/human",
    MONTH: "day",
    MONTH_YEARS: "year",
    USD: "USD",
    HUMAN: "human",
    START_RELEASE: "1/year",
    MOVE_RELEASE: "1/year",
  },
  functions,
  account: account as unknown as Economy["account"],
};
