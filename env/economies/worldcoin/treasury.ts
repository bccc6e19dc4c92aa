import { units } from "../../../compiler/primitives.js";
import { CALENDAR } from "../../market/calendar.js";
import { claimPerMonth, GRANT_CONSTANTS, monthsSinceAugust2024, potGrant, tableGrant } from "../../mechanisms/grants.js";
import { INFLATION_CONSTANTS, mintRoom, simpleMintRoom } from "../../mechanisms/inflation-cap.js";
import { communityUnlock, insiderUnlock, linearUnlock, UNLOCK_CONSTANTS } from "../../mechanisms/unlocks.js";
import type { Params } from "./params.js";
import type { Applied, State } from "./records.js";

type Uses = typeof TREASURY_USES;

/** Tokens that unlocked in a step. */
export interface Unlocks {
  readonly community: number;
  readonly insiders: number;
}

/** Tokens that left the treasury in a step, or were minted for it. */
export interface Payments {
  readonly due: number;
  /** Share of the due that could be paid. */
  readonly paid: number;
  readonly granted: number;
  readonly minted: number;
  readonly released: number;
}

/** Unlocks of the step: the community's go to the treasury, insiders' circulate. */
function unlock(s: State, p: Params, u: Uses): Unlocks {
  const age = p.genesisAge + s.day;
  const toCommunity = u.communityUnlock(age, age + p.stepDays, u) * p.supplyStart;
  const toInsiders = u.insiderUnlock(p.insiderVariant, age, age + p.stepDays, u) * p.supplyStart;
  const community = u.units(Math.min(toCommunity, s.communityLocked));
  const insiders = u.units(Math.min(toInsiders, s.insidersLocked));
  s.communityLocked = s.communityLocked - community;
  s.insidersLocked = s.insidersLocked - insiders;
  s.treasury = s.treasury + community;
  s.liquid = s.liquid + insiders;
  return { community, insiders };
}

/**
 * The grant in force before the controller's multiple: the table's, whose page turns at the first of a month, or the adaptive pot's share.
 */
function setGrant(s: State, p: Params, u: Uses): void {
  if (p.grantVariant > 0.5) {
    const claims = (p.claimPrompt + (1 - p.claimPrompt) * p.claimLate) * (s.active + s.fakes);
    s.grantNow = u.potGrant(p.potShare * u.MONTH_YEARS * s.treasury, claims, 1e-3 * p.humansStart);
    s.grantBefore = s.grantNow;
  } else {
    const month = u.monthsSinceAugust2024(p.genesisAge + s.day, u);
    s.grantBefore = month > s.month ? s.grantNow : s.grantBefore;
    s.grantNow = u.tableGrant(month, p.grantAfterTable, u);
    s.month = month;
  }
}

/**
 * Tokens minted because the treasury cannot pay grants: nothing during the lock, then within the cap in force and the day's limit. Keeps
 * the cap's period.
 */
function mintFor(s: State, p: Params, a: Applied, missing: number, u: Uses): number {
  const age = p.genesisAge + s.day;
  const contract = u.mintRoom(age, s.supply, s.periodLeft, s.periodRoom, u);
  const room = p.inflationVariant > 0.5 ? u.simpleMintRoom(age, s.supply, p.stepDays / u.DAYS_PER_YEAR, u) : contract;
  const minted = u.units(Math.max(0, Math.min(missing, Math.min(room, a.mintLimit))));
  const begins = s.periodLeft < 0 && minted > 0;
  s.periodRoom = Math.max(0, (begins ? contract : s.periodRoom) - minted);
  s.periodLeft = Math.max(-u.DAY, (begins ? u.MINT_PERIOD_DAYS * u.DAY : s.periodLeft) - p.stepDays);
  s.supply = s.supply + minted;
  return minted;
}

/**
 * Grants for this step's claims and new humans, then the release to operators and builders, all out of the treasury. `newHumans` are those
 * verified in the step.
 */
function payOut(s: State, p: Params, a: Applied, newHumans: number, u: Uses): Payments {
  const days = p.stepDays;
  const claim = u.claimPerMonth(s.grantNow, s.grantBefore, p.claimPrompt, p.claimLate);
  const monthly = claim * (s.active + s.fakes) * (days / u.MONTH);
  const due = a.grant * (monthly + p.welcome * s.grantNow * newHumans);
  const minted = u.mintFor(s, p, a, due - s.treasury, u);
  const granted = u.units(Math.min(due, s.treasury + minted));
  s.treasury = s.treasury + minted - granted;
  const released = u.units(Math.min(a.release * (days / u.DAYS_PER_YEAR), 1) * s.treasury);
  s.treasury = s.treasury - released;
  s.liquid = s.liquid + granted + released;
  const paid = granted / Math.max(due, 1e-12 * p.supplyStart);
  s.paid = s.paid + p.paidMemory * days * (paid - s.paid);
  return { due, paid, granted, minted, released };
}

/** What became of the fees that apps bought on the market. */
export interface Fees {
  readonly bought: number;
  readonly burned: number;
  readonly toTreasury: number;
  /** Kept by issuers. */
  readonly issuers: number;
  /** Paid on to operators and builders. */
  readonly network: number;
}

/** Apps buy WLD and pay; issuers keep their part, of the protocol's part a share is burned. */
function settleFees(s: State, p: Params, a: Applied, feesUsd: number, u: Uses): Fees {
  const days = p.stepDays;
  const bought = u.units(Math.min((feesUsd * days) / s.price, p.buyFloatShare * days * s.liquid));
  const issuers = u.units(p.issuerShare * bought);
  const protocol = bought - issuers;
  const burned = u.units(Math.min(a.burnShare * protocol, a.burnLimit));
  const toTreasury = u.units(p.feeReserve * (protocol - burned));
  const network = protocol - burned - toTreasury;
  s.liquid = s.liquid - burned - toTreasury;
  s.treasury = s.treasury + toTreasury;
  s.supply = s.supply - burned;
  return { bought, burned, toTreasury, issuers, network };
}

export const TREASURY_USES = {
  ...CALENDAR,
  ...GRANT_CONSTANTS,
  ...UNLOCK_CONSTANTS,
  ...INFLATION_CONSTANTS,
  units,
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
  MONTH: 365.25 / 12,
  MONTH_YEARS: 1 / 12,
};
export const TREASURY_USE_UNITS = { GRANT_TABLE: "WLD/human", MONTH: "day", MONTH_YEARS: "year" } as const;
