import { MARKET_USES } from "../../market/core.js";
import { leverUses, squaredMoves } from "../../market/moves.js";
import type { Params } from "./params.js";
import { PEOPLE_USES } from "./people.js";
import { ACTIONS, type Applied, type Flows, type Shocks, type State } from "./records.js";
import { paceStep, trades } from "./trades.js";
import { TREASURY_USES } from "./treasury.js";

type Uses = typeof STEP_USES;

/** One control step. Right-hand sides are the last step's values unless already updated above. */
export function step(s: State, p: Params, a: Applied, z: Shocks, f: Flows, u: Uses): void {
  const days = p.stepDays;
  const liquid = s.liquid;
  f.move = u.squaredMoves(s, a, u.MOVES) * (1 / 3);

  u.setGrant(s, p, u);
  const unlocks = u.unlock(s, p, u);
  // What a grant is worth to those who decide by it: nothing where it is not paid.
  const grantUsd = a.grant * s.grantNow * s.price * s.paid;
  const draw = u.generosity(grantUsd, p.grantReference);
  const newHumans = u.verifications(s, p, draw);
  const pay = u.payOut(s, p, a, newHumans, u);
  const use = s.active * Math.exp(s.demand);
  const fees = u.settleFees(s, p, a, p.feePerUse * use, u);

  const claims = s.active + s.fakes;
  f.fakeShare = s.fakes / claims;
  f.unpaid = 1 - pay.paid;
  f.service = use * (1 / p.serviceReference);
  s.logUsage = s.logUsage + p.usageMemory * days * (Math.log(Math.max(f.service, 1e-4)) - s.logUsage);
  const moved = { unlocks, pay, fees, liquid };
  u.paceStep(s, p, f, moved, u);
  const trades = u.trades(s, p, a, f, moved);
  u.farmStep(s, p, grantUsd, u);
  u.peopleStep(s, p, { fundUsd: ((pay.released + fees.network) / days) * s.price, draw, newHumans }, u);
  const growth = u.byRegime(s.regime, p.growthNormal, p.growthBoom, p.growthBust) + p.growthShift;
  u.useStep(s, p, { growth, shock: z.demand, event: u.eventNow(s, p, days) * p.eventDemand }, u);
  u.tradeStep(s, p, z, f, trades, u);

  s.grant = a.grant;
  s.release = a.release;
  s.burnShare = a.burnShare;
  // The market was told what entered circulation; the journal needs what was really minted and burned.
  f.minted = pay.minted;
  f.burned = fees.burned;
  f.unlocked = unlocks.community + unlocks.insiders;
  f.granted = pay.granted;
  f.released = pay.released;
  f.fees = fees.bought;
  f.verified = newHumans;
}

export const STEP_USES = {
  ...MARKET_USES,
  ...TREASURY_USES,
  ...PEOPLE_USES,
  ...leverUses(ACTIONS),
  squaredMoves,
  paceStep,
  trades,
};
