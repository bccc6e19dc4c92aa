import type { RecordSpec } from "../../../compiler/schema.js";
import { MARKET_SHOCKS, marketFlows, marketState } from "../../market/core.js";
import { DEMAND_STATE } from "../../market/demand.js";
import { PROVIDERS_STATE } from "../../market/providers.js";
import { stakingState } from "../../market/staking.js";
import type { ActionSpec } from "../../world.js";

/** The levers. */
export const ACTIONS = {
  issuance: {
    unit: "1/year",
    low: 0.01,
    high: 0.2,
    maxMove: 0.01,
    start: 0.08,
    doc: "new tokens a year as a share of supply",
  },
  burnShare: {
    unit: "1",
    low: 0,
    high: 1,
    maxMove: 0.1,
    start: 0.5,
    doc: "share of fees that is burned",
  },
  fee: {
    unit: "1",
    low: 0,
    high: 0.4,
    maxMove: 0.02,
    start: 0.12,
    doc: "network fee as a share of the lease price",
  },
} satisfies Record<string, ActionSpec>;

/** Every token is on exactly one of these accounts. The supply is kept apart, by a journal of mints and burns. */
const ACCOUNTS = {
  liquid: { unit: "AKT", doc: "tokens that can be traded", scale: 1e8 },
  vault: { unit: "AKT", doc: "burn-mint vault", scale: 1e6 },
  pool: { unit: "AKT", doc: "provider incentives not yet paid", scale: 1e6 },
} satisfies RecordSpec;

export const STATE = {
  ...marketState("AKT"),
  ...ACCOUNTS,
  ...stakingState("AKT"),
  credits: { unit: "USD", doc: "compute credits outstanding: the tenants' escrow", scale: 1e6 },
  collateral: { unit: "1", doc: "collateral ratio of the vault" },
  halted: { unit: "1", doc: "1 while minting of credits is halted" },
  ...DEMAND_STATE,
  ...PROVIDERS_STATE,
  leasePrice: { unit: "USD/unit/day", doc: "auction price of a lease" },
  utilization: { unit: "1", doc: "leased share of capacity as seen on chain, wash leases included" },
  utilizationSlow: { unit: "1", doc: "slow mean of utilisation" },
  capacitySlow: { unit: "unit", doc: "slow mean of capacity", scale: 1e5 },
  wash: { unit: "unit", doc: "wash leases that farm incentives", scale: 1e4 },
  issuance: { unit: "1/year", doc: "issuance applied in the last step" },
  burnShare: { unit: "1", doc: "burn share applied in the last step" },
  fee: { unit: "1", doc: "fee applied in the last step" },
} satisfies RecordSpec;

export const SHOCKS = MARKET_SHOCKS;

export const FLOWS = {
  ...marketFlows("AKT"),
  spend: { unit: "USD", doc: "what tenants paid in the step, wash leases included", scale: 1e5 },
  shortfall: { unit: "AKT", doc: "tokens minted because the vault could not settle", scale: 1e5 },
  unserved: { unit: "1", doc: "share of wanted service that was not delivered" },
  washShare: { unit: "1", doc: "share of leases that are wash" },
  washLeak: { unit: "1", doc: "share of incentives paid to wash leases" },
  exits: { unit: "1/year", doc: "capacity that leaves, annualised share" },
  mintStatus: { unit: "1", doc: "0 healthy, 1 warning, 2 minting halted by the collateral ratio" },
  move: { unit: "1", doc: "mean square of the actions' moves over their limits" },
} satisfies RecordSpec;

export type State = Record<keyof typeof STATE, number>;
export type Shocks = Record<keyof typeof SHOCKS, number>;
export type Flows = Record<keyof typeof FLOWS, number>;
export type Applied = Record<keyof typeof ACTIONS | "mintLimit" | "burnLimit", number>;
