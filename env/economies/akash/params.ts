import { MARKET_PARAMS } from "../../market/core.js";
import { DEMAND_PARAMS } from "../../market/demand.js";
import { PROVIDERS_PARAMS } from "../../market/providers.js";
import { STAKING_PARAMS } from "../../market/staking.js";
import { assumed } from "../../param-spec.js";
import type { ParamSpec } from "../../world.js";

function param(value: number, low: number, high: number, unit: string, source: string, doc: string): ParamSpec {
  return { value, low, high, unit, source, doc };
}

const SUPPLY = {
  supplyStart: param(285e6, 1e6, 388e6, "AKT", "AEP-76: 278.58 M on 2025-09-16, then 4-8 % a year", "supply at the start"),
  supplyCap: param(388_539_008, 1e6, 1e10, "AKT", "AEP-22", "largest supply ever"),
  priceStart: param(
    1,
    0.01,
    100,
    "USD/AKT",
    "assumption between 1.14 on 2025-09-16 (AEP-76) and 0.50 at the end of 2026-Q1 (Messari)",
    "price at the start",
  ),
  incentiveShare: assumed(0.45, 0, 0.6, "1", "share of issuance that goes to provider incentives, the rest to stakers"),
  feeToProviders: assumed(0.3, 0, 1, "1", "share of fees neither burned nor reserved that goes to provider incentives"),
} satisfies Record<string, ParamSpec>;

const BURN_MINT = {
  feeVariant: param(
    0,
    0,
    1,
    "1",
    "AEP-76, take module",
    "0 burn-mint with a vault, fee on top; 1 take module, fee off the payment",
  ),
  escrowTime: assumed(25, 5, 90, "day", "spend that tenants keep in escrow"),
  escrowSpeed: assumed(0.1, 0.01, 0.5, "1/day", "share of the escrow's gap that is filled in a day"),
  mintSpread: param(0.0025, 0, 0.02, "1", "chain-sdk bme params: 25 bps", "loss of a tenant who mints credits"),
  warnRatio: param(
    0.95,
    0.9,
    1.2,
    "1",
    "chain-sdk bme params",
    "collateral ratio below which the mint status is a warning and epochs lengthen (by two hours at most: no force in a daily step)",
  ),
  haltRatio: param(0.9, 0.5, 1, "1", "chain-sdk bme params", "collateral ratio at which minting halts"),
  restartRatio: param(0.93, 0.5, 1.2, "1", "AEP-76 draft", "collateral ratio at which minting restarts"),
  collateralStart: assumed(1.4, 0.95, 3, "1", "collateral ratio at the start"),
  collateralTarget: assumed(1.6, 1, 3, "1", "collateral ratio above which the vault has a surplus"),
  collateralBand: assumed(0.4, 0.05, 1, "1", "below the target by this much, all unburned fees stay in the vault"),
  surplusRelease: assumed(1 / 60, 0, 0.1, "1/day", "share of the vault's surplus that may be burned in a day"),
  escrowDraw: assumed(
    0.15,
    0.01,
    1,
    "1/day",
    "largest share of the escrow that tenants spend in a day while minting is halted",
  ),
  buyFloatShare: assumed(0.02, 0.001, 0.1, "1/day", "largest share of the float that tenants buy in a day"),
} satisfies Record<string, ParamSpec>;

const AUCTION = {
  costLow: assumed(0.5, 0.1, 2, "USD/unit/day", "lowest cost of an order among idle providers"),
  costHigh: assumed(1.5, 0.5, 5, "USD/unit/day", "price of a cloud outside the network: the order's highest price"),
  mostBids: param(20, 2, 500, "1", "chain-sdk market params: 20 bids per order", "bids on an order when all capacity is idle"),
  tenantKeenness: assumed(0.85, 0, 1, "1", "chance that a tenant takes the lowest bid; else reliability or place decide"),
  auctionSpeed: assumed(0.2, 0.02, 1, "1/day", "share of leases that renew in a day"),
  leasePriceStart: assumed(0.86, 0.1, 3, "USD/unit/day", "lease price at the start"),
  utilizationStart: assumed(0.7, 0.2, 0.95, "1", "utilisation that the slow means start from"),
  serviceReference: assumed(108_000, 1, 1e8, "unit", "service whose logarithm is 0 in the objective"),
  incentiveRelease: assumed(0.05, 0.01, 0.2, "1/day", "share of the incentive pool that is paid in a day"),
  leaseIncentive: assumed(0.5, 0, 1, "1", "share of incentives paid per leased unit, the rest per unit of capacity"),
  slowMemory: assumed(0.03, 0.01, 0.1, "1/day", "weight of a day in the slow means of utilisation and capacity"),
} satisfies Record<string, ParamSpec>;

const SELLING = {
  providerSelling: assumed(0.8, 0, 1, "1", "share of their income that providers sell at once"),
} satisfies Record<string, ParamSpec>;

const WASH = {
  washSpeed: assumed(0.06, 0, 0.3, "1/day", "speed at which wash leases follow their gain"),
  washMost: assumed(0.5, 0, 1, "1", "share of idle capacity that wash leases take at most"),
  washGain: assumed(8, 0, 40, "1", "sensitivity of wash leases to relative gain"),
  washSpread: param(0.0025, 0, 0.05, "1", "chain-sdk bme params: mint spread", "cost of a wash lease besides the fee"),
} satisfies Record<string, ParamSpec>;

const TRUST = {
  trustHalt: assumed(0.03, 0, 0.1, "1/day", "credibility lost in a day of halted minting"),
  trustUnserved: assumed(0.03, 0, 0.1, "1/day", "credibility lost in a day when nobody is served"),
} satisfies Record<string, ParamSpec>;

/** All parameters, the mature preset. */
export const PARAMS = {
  ...SUPPLY,
  ...MARKET_PARAMS,
  ...STAKING_PARAMS,
  ...DEMAND_PARAMS,
  ...PROVIDERS_PARAMS,
  ...AUCTION,
  ...BURN_MINT,
  ...SELLING,
  ...WASH,
  ...TRUST,
} satisfies Record<string, ParamSpec>;

export type Params = Record<keyof typeof PARAMS, number>;
