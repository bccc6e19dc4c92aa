import type { CALENDAR } from "../../market/calendar.js";
import type { Trades } from "../../market/core.js";
import type { Params } from "./params.js";
import type { Applied, Flows, State } from "./records.js";
import type { Fees, Payments } from "./treasury.js";

/**
 * What the market sees of a step. The supply is fixed, so dilution is the growth of what circulates: it takes the place of net issuance,
 * and the share that is locked up or in the treasury that of staking. Fills `f.runway` and `s.claimPace`.
 */
export function trades(
  s: State,
  p: Params,
  a: Applied,
  f: Flows,
  pay: Payments,
  fees: Fees,
  liquid: number,
  years: number,
  u: typeof CALENDAR,
): Trades {
  s.claimPace = pay.granted / (years * liquid);
  const yearly = Math.max(pay.due / years, 1e-4 * p.supplyStart * (1 / u.YEAR));
  f.runway = Math.min(s.treasury / yearly, 20 * u.YEAR);
  const toFakes = f.fakeShare * pay.granted;
  const network = pay.released + fees.network + fees.issuers;
  const released = s.treasury * (1 / liquid);
  return {
    bought: fees.bought,
    sold: p.grantSelling * (pay.granted - toFakes) + toFakes + p.networkSelling * network + p.insiderSelling * pay.insiders,
    liquid,
    rewards: 0 * liquid,
    minted: pay.insiders + pay.granted + pay.released,
    burned: fees.burned + fees.toTreasury,
    supply: liquid,
    logUsage: s.logUsage,
    locked: 1 - s.liquid / s.supply,
    lockedStart: 1 - s.floatStart,
    trustLoss: p.trustUnpaid * f.unpaid + p.trustFakes * f.fakeShare + p.trustGrant * Math.max(0, 1 - a.grant),
    policyMove: (a.release - s.release) * released,
  };
}
