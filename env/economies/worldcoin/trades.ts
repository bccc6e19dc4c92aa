import type { CALENDAR } from "../../market/calendar.js";
import type { Trades } from "../../market/core.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";
import type { Fees, Payments, Unlocks } from "./treasury.js";

/** Tokens that changed accounts in a step, by cause. */
interface Moved {
  readonly unlocks: Unlocks;
  readonly pay: Payments;
  readonly fees: Fees;
  /** Tradable tokens before the step. */
  readonly liquid: number;
}

/** How fast grants are claimed, and how long the treasury would last at that. */
export function paceStep(s: State, p: Params, f: Flows, { pay, liquid }: Moved, u: typeof CALENDAR): void {
  const years = p.stepDays / u.DAYS_PER_YEAR;
  s.claimPace = pay.granted / (years * liquid);
  const yearly = Math.max(pay.due / years, 1e-4 * p.supplyStart * (1 / u.YEAR));
  f.runway = Math.min(s.treasury / yearly, 20 * u.YEAR);
}

/**
 * What the market sees of a step. The supply is fixed, so dilution is the growth of what circulates: it takes the place of net issuance,
 * and the share that is locked up or in the treasury that of staking.
 */
export function trades(s: State, p: Params, a: Applied, f: Flows, moved: Moved): Trades {
  const { unlocks, pay, fees, liquid } = moved;
  const toFakes = f.fakeShare * pay.granted;
  const network = pay.released + fees.network + fees.issuers;
  const released = s.treasury * (1 / liquid);
  return {
    bought: fees.bought,
    sold: p.grantSelling * (pay.granted - toFakes) + toFakes + p.networkSelling * network + p.insiderSelling * unlocks.insiders,
    liquid,
    rewards: 0 * liquid,
    minted: unlocks.insiders + pay.granted + pay.released,
    burned: fees.burned + fees.toTreasury,
    supply: liquid,
    logUsage: s.logUsage,
    locked: 1 - s.liquid / s.supply,
    lockedStart: 1 - s.floatStart,
    trustLoss: p.trustUnpaid * f.unpaid + p.trustFakes * f.fakeShare + p.trustGrant * Math.max(0, 1 - a.grant),
    policyMove: (a.release - s.release) * released,
  };
}
