import { UserError } from "../../../core/errors.js";
import { defineEconomy } from "../../define-world.js";
import type { Economy } from "../../economy.js";
import { account, MARKET_HIDDEN, MARKET_JUMPS, MARKET_USE_UNITS } from "../../market/core.js";
import { leverUnits } from "../../market/moves.js";
import { terminated } from "../../market/terms.js";
import { CHAIN_UNITS } from "./chain.js";
import { CONSTRAINTS, costs, OBJECTIVES, objective, TERMS } from "./objective.js";
import { observations, observe, SEEN_USES, statistics } from "./observe.js";
import { PARAMS } from "./params.js";
import { actions, FLOWS, GLOBAL_ACTIONS, shocks, state } from "./records.js";
import { draw, RESET_USES, reset } from "./reset.js";
import { drawParams, PRESETS, SCENARIO_USE_UNITS, SCENARIO_USES, SCENARIOS, VARYING } from "./scenarios.js";
import { STEP_USES, step } from "./step.js";
import { WEAK_POINTS } from "./weak-points.js";

/** How many subnets there may be. */
export const SUBNETS = { least: 2, most: 128, usual: 8 } as const;

function sizes(subnets: number, tilts: boolean) {
  const slots: Readonly<Record<string, number>> = Object.fromEntries(Array.from({ length: subnets }, (_, i) => [i, i]));
  return { K: subnets, PER_SUBNET: 1 / subnets, SLOTS: slots, TILTS: tilts ? slots : {}, CONTROLS: 3 + (tilts ? subnets : 0) };
}

function make(id: string, doc: string, subnets: number, tilts: boolean): Economy {
  return defineEconomy({
    id,
    doc,
    token: { symbol: "TAO", decimals: 9 },
    state: state(subnets),
    balances: ["liquid", "root", "pooled"],
    params: PARAMS,
    varying: VARYING,
    presets: PRESETS,
    actions: { kind: "continuous", fields: actions(subnets, tilts) },
    setBy: {
      emission: "governance, which has no such lever today",
      recycleShare: "governance, which has no such lever today",
      burnShare: "governance, which has no such lever today",
      tilt: "governance, which has no such lever today",
    },
    roles: {
      // At the start 3,600 TAO a day of 10.7 M.
      actions: { issuance: { field: "emission", scale: 0.1228 }, fee: false },
      observations: { issuance: { field: "emission", scale: 0.1228 }, bondedRatio: { field: "staked" } },
    },
    shocks: shocks(subnets),
    flows: FLOWS,
    functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
    account,
    uses: { ...RESET_USES, ...STEP_USES, ...SEEN_USES, ...SCENARIO_USES, ...sizes(subnets, tilts) },
    useUnits: { ...MARKET_USE_UNITS, ...CHAIN_UNITS, ...SCENARIO_USE_UNITS, ...leverUnits(GLOBAL_ACTIONS) },
    observations: observations(subnets),
    observationStatistics: statistics(subnets),
    group: {
      name: "subnets",
      size: subnets,
      observations: ["quality", "share", "trend"],
      actions: tilts ? ["tilt"] : [],
    },
    hidden: [...MARKET_HIDDEN, "demand", "meanQuality", "meanHype"],
    jumps: MARKET_JUMPS,
    terms: TERMS,
    objectives: OBJECTIVES,
    constraints: CONSTRAINTS,
    horizon: 365,
    observationDelay: 1,
    actionDelay: 0,
    scenarios: SCENARIOS,
    ruleInForce: "tao-protocol",
    weakPoints: WEAK_POINTS,
    ...(tilts ? { subnets: { ...SUBNETS, make: makeBittensor } } : {}),
  });
}

/**
 * Bittensor with so many subnets: issuance that halves, a pool of TAO and alpha a subnet, emission by moving price. Sources:
 * docs/reference/economies/bittensor.md.
 * @throws UserError `E_SUBNETS` unless `subnets` is a whole number within 2 .. 128
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
function makeGlobalBittensor(subnets: number): Economy {
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
