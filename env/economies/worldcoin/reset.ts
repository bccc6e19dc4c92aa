import { MARKET_USES } from "../../market/core.js";
import { leverUses } from "../../market/moves.js";
import type { DrawKey } from "../../world.js";
import type { Params } from "./params.js";
import { ACTIONS, type State } from "./records.js";
import { TREASURY_USES } from "./treasury.js";

type Uses = typeof RESET_USES;

/** Accounts at the start by the unlock schedules at that age; what the treasury no longer has circulates. */
function resetAccounts(s: State, p: Params, u: Uses): void {
  const launch = 0 * u.DAY;
  const community = u.COMMUNITY_AT_LAUNCH + u.communityUnlock(launch, p.genesisAge, u);
  const insiders = u.insiderUnlock(p.insiderVariant, launch, p.genesisAge, u);
  s.supply = u.units(p.supplyStart);
  s.communityLocked = u.units((u.COMMUNITY_SHARE - community) * p.supplyStart);
  s.insidersLocked = u.units((u.INSIDER_SHARE + u.RESERVE_SHARE - insiders) * p.supplyStart);
  s.treasury = u.units(p.treasuryShare * community * p.supplyStart);
  s.liquid = s.supply - s.communityLocked - s.insidersLocked - s.treasury;
  s.floatStart = s.liquid / s.supply;
  s.periodLeft = -u.DAY;
  s.periodRoom = u.units(0 * p.supplyStart);
}

export function reset(s: State, p: Params, _d: DrawKey, u: Uses): void {
  u.resetMarket(s, p, u);
  u.resetAccounts(s, p, u);
  s.month = u.monthsSinceAugust2024(p.genesisAge, u);
  s.grantNow = u.tableGrant(s.month, p.grantAfterTable, u);
  s.grantBefore = u.tableGrant(s.month - 1, p.grantAfterTable, u);
  s.paid = 1;
  s.humans = p.humansStart;
  s.active = 0.5 * p.activeMost * p.humansStart;
  s.fakes = 0.01 * p.humansStart;
  s.orbs = p.orbsReference;
  s.apps = 1;
  s.demand = 0;
  s.logUsage = 0;
  s.claimPace = 0 / u.YEAR;
  s.grant = u.START.grant;
  s.release = u.START.release;
  s.burnShare = u.START.burnShare;
}

export const RESET_USES = { ...MARKET_USES, ...TREASURY_USES, ...leverUses(ACTIONS), resetAccounts, RESERVE_SHARE: 0.017 };
