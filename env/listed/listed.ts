import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import { defineEconomy } from "../define-world.js";
import type { Economy } from "../economy.js";
import { MARKET_USE_UNITS } from "../market/core.js";
import type { ActionSpec, Objective } from "../world.js";
import { fundGrowth, fundNothing, type GrowthUses } from "./company.js";
import { holderBonds, holderRests, type StakeUses, stakeOfBonded, stakeOfNothing } from "./holder.js";
import { MAX_WATCHED, WATCH_USE_UNITS, watchedControls } from "./manipulation.js";
import { LISTED_KINDS, type ListedKind, listedParams } from "./params.js";
import {
  LISTED_BALANCES,
  LISTED_CONSTRAINTS,
  LISTED_HIDDEN,
  LISTED_OBSERVATIONS,
  LISTED_SHOCKS,
  LISTED_TERMS,
  type Listable,
  listedFlows,
  listedState,
  NEEDED,
  rescaledState,
} from "./records.js";
import { LISTED_VARYING, listedScenarios } from "./scenarios.js";
import { listedStatistics } from "./statistics.js";
import { account, costs, draw, drawParams, objective, observe, reset, STEP_USES, step, terminated } from "./step.js";

const KIND_DOCS: Readonly<Record<ListedKind, string>> = {
  traditional: "a company with a treasury of tokens, listed by an offering",
  spac: "a company with a treasury of tokens, listed by a merger with a shell",
  "compute-backed": "shares that pay in tokens what compute earns",
};

/** @throws UserError `E_LISTED_KIND` with the nearest name */
export function findListedKind(name: string): ListedKind {
  const kind = LISTED_KINDS.find((known) => known === name);
  if (kind) return kind;
  throw new UserError("E_LISTED_KIND", `unknown kind of listing "${name}"`, suggest(name, LISTED_KINDS));
}

/**
 * The economy with a listed company beside its token: the share, its traders and its treasury. All of the economy's fields keep their
 * names and meaning; the layer's are called `share…` (and `arbitrage…` for the parameters of the bots). It moves the economy only by accounts of
 * tokens, orders at the market, volatility after the listing, demand paid for by raised money, and the large holder's vote.
 * @throws UserError E_LISTED_KIND for an unknown kind; E_LISTED_ECONOMY for an economy that is listed already or lacks the market core
 */
export function listed(economy: Economy, kind: ListedKind): Economy {
  findListedKind(kind);
  mustFit(economy);
  const controls = economy.actions.kind === "continuous" ? economy.actions.fields : {};
  const layer = layerOver(economy, kind, controls);
  mustNotClash(economy, layer);
  const state: Listable["state"] & typeof layer.state = { ...economy.state, ...rescaledState(economy), ...layer.state };
  const params: Listable["params"] & typeof layer.params = { ...economy.params, ...layer.params };
  // An economy of another size is listed once it is made.
  const { observationStatistics: own, subnets: _, ...plain } = economy;
  return defineEconomy({
    ...plain,
    id: `${economy.id}+${kind}`,
    doc: `${economy.doc}; with ${KIND_DOCS[kind]}`,
    state,
    params,
    varying: [...new Set([...economy.varying, "volatilityScale", ...LISTED_VARYING])],
    shocks: { ...economy.shocks, ...layer.shocks },
    flows: { ...economy.flows, ...layer.flows },
    observations: { ...economy.observations, ...layer.observations },
    ...listedStatistics(own, kind),
    hidden: [...(economy.hidden ?? []), ...LISTED_HIDDEN],
    terms: { ...economy.terms, ...layer.terms },
    objectives: listedObjectives(economy),
    constraints: { ...economy.constraints, ...layer.constraints },
    scenarios: { ...economy.scenarios, ...layer.scenarios },
    presets: { ...economy.presets, ...layer.presets },
    balances: [...economy.balances, ...LISTED_BALANCES],
    uses: listedUses(economy, kind, controls),
    useUnits: listedUseUnits(economy, controls),
    functions: { drawParams, reset, draw, step, observe, objective, costs, terminated },
    account,
  });
}

/** What the layer adds to each of the economy's records. */
function layerOver(economy: Economy, kind: ListedKind, controls: Readonly<Record<string, ActionSpec>>) {
  return {
    state: listedState(economy, controls),
    params: listedParams(kind),
    shocks: LISTED_SHOCKS,
    flows: listedFlows(economy.token.symbol, economy.flows["supply"]!.scale ?? 1),
    observations: LISTED_OBSERVATIONS,
    terms: LISTED_TERMS,
    constraints: LISTED_CONSTRAINTS,
    scenarios: listedScenarios(kind),
    presets: { "listed-as-quoted": AS_QUOTED },
  };
}

const AS_QUOTED = {
  doc: "figures as popularly quoted, none of them verified: a holder of 42 %, 15 B$ of inflow a year, volatility times 1.76 after the listing",
  overrides: { shareHolderShare: 0.42, shareInflow: 1.5e10, sharePostVolatility: 1.76 },
};

function refuse({ id }: Economy, why: string, hint: string): never {
  throw new UserError("E_LISTED_ECONOMY", `${id} cannot be listed: ${why}`, hint);
}

function mustFit(economy: Economy): asserts economy is Listable {
  if (Object.hasOwn(economy.state, "sharePrice")) refuse(economy, "it is listed already", "list the plain economy");
  for (const record of ["state", "params"] as const) {
    const missing = NEEDED[record].find((name) => !Object.hasOwn(economy[record], name));
    if (missing === undefined) continue;
    refuse(economy, `its ${record} have no ${missing}`, "build the economy on the market core (env/market/core.ts)");
  }
}

function mustNotClash(economy: Economy, layer: ReturnType<typeof layerOver>): void {
  for (const [record, added] of Object.entries(layer)) {
    const clash = Object.keys(added).find((name) => Object.hasOwn(economy[record as keyof typeof layer], name));
    if (clash === undefined) continue;
    refuse(economy, `its ${record} have a ${clash}, a name of the listed layer`, "give it another name");
  }
}

/** Part of the votes that a class of shares with `votesPerShare` has when it is this part of the equity and the others have one vote each. */
export function dualClassVotes(equity: number, votesPerShare: number): number {
  return (equity * votesPerShare) / (equity * votesPerShare + 1 - equity);
}

/** Insiders with a fifth of the equity and ten votes a share: 5 votes of 7. */
const INSIDER_VOTES = dualClassVotes(0.2, 10);

/**
 * The economy's presets, to which the share is nothing; `shareholders`, who look at the share before the token; and `dual-class`, where
 * the weight that holders have in the first preset is split as votes are between the insiders' shares and the token.
 */
function listedObjectives({ objectives }: Economy): Readonly<Record<string, Objective>> {
  const own = Object.entries(objectives).map(([name, weights]) => [name, { ...weights, shareholder: 0 }] as const);
  const first = own[0]![1] as Objective;
  const holder = first["holder"] ?? 1;
  const holders = (weight: number) => ("holder" in first ? { holder: weight } : {});
  return {
    ...Object.fromEntries(own),
    shareholders: { ...first, ...holders(0), shareholder: 2 * holder },
    "dual-class": { ...first, ...holders((1 - INSIDER_VOTES) * holder), shareholder: INSIDER_VOTES * holder },
  };
}

function listedUses(economy: Economy, kind: ListedKind, controls: Readonly<Record<string, ActionSpec>>) {
  const has = (...names: readonly string[]) => names.every((name) => Object.hasOwn(economy.state, name));
  const stakes = has("bonded", "unbonding", "stakingYield", "outsideYield");
  const grows = has("demand") && economy.state["demand"]!.unit === "1";
  const growth: GrowthUses = grows ? { GROWS: 1, grow: fundGrowth } : { GROWS: 0, grow: fundNothing };
  const staking: StakeUses = stakes
    ? { holderStake: stakeOfBonded, holderStakes: holderBonds }
    : { holderStake: stakeOfNothing, holderStakes: holderRests };
  return {
    ...STEP_USES,
    ...growth,
    ...staking,
    base: { ...economy.functions, account: economy.account, uses: economy.uses },
    RULED: kind === "compute-backed" ? 1 : 0,
    WATCHED: watchedControls(controls),
  };
}

function listedUseUnits(economy: Economy, controls: Readonly<Record<string, ActionSpec>>): Record<string, string> {
  const units: Record<string, string> = { ...MARKET_USE_UNITS, ...WATCH_USE_UNITS, USD: "USD" };
  for (const [name, unit] of Object.entries(economy.useUnits ?? {})) units[`base.uses.${name}`] = unit;
  for (const [name, { unit }] of Object.entries(controls).slice(0, MAX_WATCHED)) {
    units[`WATCHED.${name}.maxMove`] = unit;
    units[`WATCHED.${name}.start`] = unit;
  }
  return units;
}
