import type { Uses } from "../../compiler/schema.js";
import { UserError } from "../../core/errors.js";
import type { Economy } from "../economy.js";
import { account, MARKET_HIDDEN, MARKET_USE_UNITS, MARKET_USES } from "../market/core.js";
import { terminated } from "../market/terms.js";
import { poolPrice, ratioAfterInjection, swapShare } from "../mechanisms/balancer-pool.js";
import { divertedIncentive } from "../mechanisms/collusion.js";
import { REGISTRATION, registrations } from "../mechanisms/registration-price.js";
import { injectedTao, movingPrice, priceWeight, rootProportion, shareWeight } from "../mechanisms/subnet-shares.js";
import { halvingFactor } from "../mechanisms/tao-emission.js";
import type { WorldFunctions } from "../world.js";
import { CONSTRAINTS, costs, OBJECTIVES, objective, TERMS } from "./bittensor/objective.js";
import { observations, observe } from "./bittensor/observe.js";
import { PARAMS } from "./bittensor/params.js";
import { actions, FLOWS, shocks, state } from "./bittensor/records.js";
import { draw, pooledAlpha, reset, resetSubnets } from "./bittensor/reset.js";
import { drawParams, PRESETS, SCENARIOS, VARYING } from "./bittensor/scenarios.js";
import { gather, moveSize, rootStep, scheduledEmission, serviceStep, step, weighSubnets } from "./bittensor/step.js";
import { alphaWorth, emitInto, liveOn, runSubnets, spendSurplus, tradeAlpha } from "./bittensor/subnets.js";

/** How many subnets there may be. */
export const SUBNETS = { least: 2, most: 64, usual: 8 } as const;

const BLOCKS_PER_DAY = 7200;

/** The functions know the names of their records; the contract knows records of numbers. The compiler checks the names. */
const functions = { drawParams, reset, draw, step, observe, objective, costs, terminated } as unknown as WorldFunctions;

const FUNCTIONS: Uses = {
  ...MARKET_USES,
  poolPrice,
  ratioAfterInjection,
  swapShare,
  divertedIncentive,
  registrations,
  injectedTao,
  movingPrice,
  priceWeight,
  rootProportion,
  shareWeight,
  halvingFactor,
  pooledAlpha,
  resetSubnets,
  gather,
  weighSubnets,
  scheduledEmission,
  runSubnets,
  emitInto,
  spendSurplus,
  alphaWorth,
  tradeAlpha,
  liveOn,
  rootStep,
  serviceStep,
  moveSize,
};

function constants(subnets: number, tilts: boolean): Uses {
  const slots = Object.fromEntries(Array.from({ length: subnets }, (_, i) => [i, i]));
  const { emission, recycleShare, burnShare, tilt0 } = actions(subnets, true);
  const moves = { emission: emission!.maxMove, recycleShare: recycleShare!.maxMove, burnShare: burnShare!.maxMove };
  return {
    K: subnets,
    PER_SUBNET: 1 / subnets,
    SLOTS: slots,
    TILTS: tilts ? slots : {},
    TILT_MOVE: tilt0!.maxMove,
    GLOBALS: moves,
    CONTROLS: 3 + (tilts ? subnets : 0),
    START_EMISSION: emission!.start,
    START_RECYCLE: recycleShare!.start,
    START_BURN: burnShare!.start,
    TAO: 1,
    TAO_CAP: 21e6,
    ALPHA_CAP: 21e6,
    BLOCK_TAO: 1,
    BLOCK_ALPHA: 1,
    BLOCKS_PER_DAY,
    SLOT_HALVINGS: BLOCKS_PER_DAY / REGISTRATION.halfLife,
  };
}

const USE_UNITS = {
  ...MARKET_USE_UNITS,
  TAO: "TAO",
  TAO_CAP: "TAO",
  ALPHA_CAP: "alpha",
  BLOCK_TAO: "TAO",
  BLOCK_ALPHA: "alpha",
  BLOCKS_PER_DAY: "1/day",
  SLOT_HALVINGS: "1/day",
};

/** Beside the market's causes, what no chain shows of the network. */
const HIDDEN = [...MARKET_HIDDEN, "demand", "meanQuality", "meanHype"];

function make(id: string, doc: string, subnets: number, tilts: boolean): Economy {
  return {
    id,
    doc,
    token: { symbol: "TAO", decimals: 9 },
    state: state(subnets),
    params: PARAMS,
    varying: VARYING,
    actions: { kind: "continuous", fields: actions(subnets, tilts) },
    roles: {
      // At the start 3,600 TAO a day of 10.7 M.
      actions: { issuance: { field: "emission", scale: 0.1228 }, fee: false },
      observations: { issuance: { field: "emission", scale: 0.1228 }, bondedRatio: { field: "staked" } },
    },
    shocks: shocks(subnets),
    flows: FLOWS,
    observations: observations(subnets),
    hidden: HIDDEN,
    terms: TERMS,
    objectives: OBJECTIVES,
    constraints: CONSTRAINTS,
    horizon: 365,
    observationDelay: 1,
    actionDelay: 0,
    scenarios: SCENARIOS,
    presets: PRESETS,
    balances: ["liquid", "root", "pooled"],
    uses: { ...FUNCTIONS, ...constants(subnets, tilts) },
    useUnits: USE_UNITS,
    functions,
    account: account as unknown as Economy["account"],
  };
}

/**
 * Bittensor with so many subnets: issuance that halves, a pool of TAO and alpha a subnet, emission by moving price. Sources and weak
 * points: docs/reference/economies/bittensor.md.
 * @throws UserError `E_SUBNETS` unless `subnets` is a whole number within 2 .. 64
 */
export function makeBittensor(subnets: number): Economy {
  checkSubnets(subnets);
  const id = subnets === SUBNETS.usual ? "bittensor-v1" : `bittensor-v1@${subnets}`;
  return make(
    id,
    `Bittensor: ${subnets} subnets with alpha pools, emission by moving price, issuance that halves`,
    subnets,
    true,
  );
}

/** The same world where all subnets keep the protocol's shares: only the controls that they have in common. */
export function makeGlobalBittensor(subnets: number): Economy {
  checkSubnets(subnets);
  const id = subnets === SUBNETS.usual ? "bittensor-global-v1" : `bittensor-global-v1@${subnets}`;
  return make(id, `Bittensor with ${subnets} subnets whose shares only the protocol sets`, subnets, false);
}

export const bittensor: Economy = makeBittensor(SUBNETS.usual);
export const bittensorGlobal: Economy = makeGlobalBittensor(SUBNETS.usual);

function checkSubnets(subnets: number): void {
  if (Number.isInteger(subnets) && subnets >= SUBNETS.least && subnets <= SUBNETS.most) return;
  throw new UserError(
    "E_SUBNETS",
    `bittensor cannot have ${subnets} subnets, it takes ${SUBNETS.least} to ${SUBNETS.most}`,
    `ask for a whole number of subnets, for example ${SUBNETS.usual}`,
  );
}
