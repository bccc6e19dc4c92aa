import type { FieldSpec, RecordSpec } from "../../compiler/schema.js";
import type { Fields } from "../define-world.js";
import type { Economy } from "../economy.js";
import { ARBITRAGE_STATE } from "../market/arbitrage.js";
import { cascadeState } from "../market/cascade.js";
import { EQUITY_STATE } from "../market/equity.js";
import { institutionalState } from "../market/institutional.js";
import type { ActionSpec, ConstraintSpec, ObservationSpec, ParamSpec } from "../world.js";
import { companyState } from "./company.js";
import { holderState } from "./holder.js";
import { watchState } from "./manipulation.js";
import type { ListedParams } from "./params.js";

/** Fields of the economy that are larger under the layer: volatility is up to twice its own, and orders are differences of balances. */
export function rescaledState({ state, flows, params }: Economy): RecordSpec {
  const [trend, order] = [state["trend"]!, state["outsideOrder"]!];
  return {
    trend: { ...trend, scale: 2 * (trend.scale ?? 1) },
    outsideOrder: { ...order, scale: 0.05 * tokenValue({ flows, params }) },
  };
}

/** Typical market value of the token, USD. */
function tokenValue({ flows, params }: Pick<Economy, "flows" | "params">): number {
  return (flows["supply"]!.scale ?? 1) * params["priceStart"]!.value;
}

/** State that the layer adds to an economy. */
export function listedState(economy: Economy, controls: Readonly<Record<string, ActionSpec>>) {
  const token = economy.token.symbol;
  const tokens = economy.flows["supply"]!.scale ?? 1;
  return {
    ...companyState(token, tokens, tokenValue(economy)),
    ...holderState(token, 0.1 * tokens),
    ...cascadeState(token, 0.1 * tokens),
    ...institutionalState(tokenValue(economy)),
    ...EQUITY_STATE,
    ...ARBITRAGE_STATE,
    ...watchState(controls),
  };
}

/** Accounts of the layer: with the economy's own they still hold every token. */
export const LISTED_BALANCES = ["shareTreasury", "shareHolder", "shareMargin"] as const;

/** Causes that neither chain nor exchange shows. */
export const LISTED_HIDDEN = [
  "sharePosition",
  "sharePending",
  "shareMargin",
  "shareGap",
  "shareCash",
  "shareGrowthFund",
] as const;

export const LISTED_SHOCKS = {
  shareNoise: { unit: "1", doc: "uniform of variance 1: the share alone" },
  shareIndexNoise: { unit: "1", doc: "uniform of variance 1: share index" },
  shareFlowNoise: { unit: "1", doc: "uniform of variance 1: institutional money" },
} satisfies RecordSpec;

export const listedFlows = (token: string, tokens: number) =>
  ({
    sharePrice: { unit: "USD/share", doc: "price of the share", scale: 10 },
    sharePremium: { unit: "1", doc: "log of the share price over the fair value of a share" },
    shareHalted: { unit: "1", doc: "part of the session lost to halts and freezes" },
    shareOpen: { unit: "1", doc: "part of the step in which the share leg traded" },
    shareBought: { unit: token, doc: "tokens bought by the company, less sold", scale: 1e-4 * tokens },
    shareIssued: { unit: "1", doc: "shares sold at the market less bought back, over those outstanding", scale: 0.01 },
    shareDividend: { unit: token, doc: "tokens paid out to shareholders", scale: 1e-5 * tokens },
    shareLiquidated: { unit: token, doc: "tokens sold by force down the ladder of leverage", scale: 0.05 * tokens },
    shareArbitrage: { unit: "1", doc: "gain of the arbitrage bots over the company's market value", scale: 0.001 },
    shareExplained: { unit: "1", doc: "part of the controls' moves that the share explains beyond what service explains" },
  }) satisfies RecordSpec;

export const LISTED_OBSERVATIONS = {
  sharePremium: {
    unit: "1",
    low: -2,
    high: 2,
    doc: "log of the share price over the fair value of a share",
    onChain: "off chain: exchange price and company filings by oracle",
  },
  shareNav: {
    unit: "1",
    low: 0,
    high: 20,
    doc: "mNAV: market value of the company over that of its tokens",
    onChain: "off chain: exchange price by oracle; treasury address",
  },
  shareReturn: { unit: "1", low: -2, high: 2, doc: "log return of the share", onChain: "off chain: exchange price by oracle" },
  shareHalted: {
    unit: "1",
    low: 0,
    high: 1,
    doc: "part of the last session lost to halts and freezes",
    onChain: "off chain: exchange notices by oracle",
  },
  shareFlow: {
    unit: "1/year",
    low: -20,
    high: 20,
    doc: "institutional money of a year over the token's market value",
    onChain: "off chain: fund reports by oracle",
  },
  shareTreasury: { unit: "1", low: 0, high: 1, doc: "tokens of the company over supply", onChain: "treasury address" },
  shareVotes: {
    unit: "1",
    low: 0,
    high: 1,
    doc: "part of all tokens that the large holder votes with",
    onChain: "holder's addresses",
  },
} satisfies Record<string, ObservationSpec>;

export const LISTED_TERMS = {
  shareholder: { unit: "1", doc: "log share price over the offer with the exogenous path removed, plus dividends accrued" },
} satisfies RecordSpec;

export const LISTED_CONSTRAINTS = {
  manipulation: {
    unit: "1",
    kind: "step",
    limit: 0.1,
    doc: "part of the controls' moves that share returns explain beyond what changes of service explain (gain in R^2 over two months)",
  },
  shareHaltDays: { unit: "1", kind: "step", limit: 0.1, doc: "1 on a day with the share halted or frozen" },
} satisfies Record<string, ConstraintSpec>;

/** What the layer reads and writes of an economy besides its own fields: state and parameters of the market core. */
export const NEEDED = {
  state: [
    "day",
    "supply",
    "liquid",
    "price",
    "logPrice",
    "exogenous",
    "variance",
    "realisedVariance",
    "depth",
    "trend",
    "outsideOrder",
  ],
  params: ["stepDays", "volatilityScale", "supplyStart", "priceStart", "turnover", "impactStrength", "impactKnee"],
} as const;

type NeededState = (typeof NEEDED.state)[number];
type NeededParam = (typeof NEEDED.params)[number];

/** An economy on the market core: one that the layer can lie over. */
export interface Listable extends Economy {
  readonly state: RecordSpec & Readonly<Record<NeededState, FieldSpec>>;
  readonly params: Readonly<Record<string, ParamSpec> & Record<NeededParam, ParamSpec>>;
}

export type State = Fields<ReturnType<typeof listedState>> & Record<NeededState, number>;
export type Params = ListedParams & Record<NeededParam, number>;
export type Shocks = Fields<typeof LISTED_SHOCKS>;
export type Flows = Fields<ReturnType<typeof listedFlows>> & { service: number };
export type Applied = Record<string, number> & { mintLimit: number };
export type Observation = Fields<typeof LISTED_OBSERVATIONS>;
export type Terms = Fields<typeof LISTED_TERMS>;
export type Costs = Fields<typeof LISTED_CONSTRAINTS>;
