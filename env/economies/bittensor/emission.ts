import { clamp, units } from "../../../compiler/primitives.js";
import { poolPrice, ratioAfterInjection } from "../../mechanisms/balancer-pool.js";
import { registrations } from "../../mechanisms/registration-price.js";
import { injectedTao, rootProportion } from "../../mechanisms/subnet-shares.js";
import { halvingFactor } from "../../mechanisms/tao-emission.js";
import { CHAIN } from "./chain.js";
import type { Params } from "./params.js";
import type { Plan } from "./plan.js";
import type { State } from "./records.js";

type Uses = typeof EMISSION_USES;

/** What the chain gave a subnet in a step. */
export interface Emission {
  /** The subnet's place in the arrays. */
  readonly subnet: number;
  readonly share: number;
  /** TAO for the subnet; of these injected into its pool. */
  readonly issued: number;
  readonly injected: number;
  /** New alpha for participants. */
  readonly alpha: number;
  readonly rootShare: number;
  /** TAO per alpha, which injection leaves as it is. */
  readonly price: number;
}

/** A subnet whose turn it is, and what those before it were given: TAO. */
type Turn = {
  readonly subnet: number;
  readonly minted: number;
};

/** Emission by share, and injection into the pool at its price. */
function emitInto(s: State, p: Params, plan: Plan, turn: Turn, u: Uses): Emission {
  const i = turn.subnet;
  const tao = s.tao[i]!;
  const pool = s.alpha[i]!;
  const ratio = s.poolRatio[i]!;
  const share = s.weight[i]! * plan.perWeight;
  const issued = Math.min(u.units(plan.issue * share), plan.issue - turn.minted);
  const alphaIssued = pool + s.outside[i]!;
  const alpha = u.BLOCK_ALPHA * u.BLOCKS_PER_DAY * p.stepDays * u.halvingFactor(alphaIssued * (1 / u.ALPHA_CAP), 4);
  const rootShare = u.rootProportion(plan.root, p.taoWeight, alphaIssued);
  const price = u.poolPrice(tao, pool, ratio);
  const injected = u.units(u.injectedTao(issued, price, rootShare, alpha));
  const added = injected / price;
  s.poolRatio[i] = u.ratioAfterInjection(tao, pool, ratio, injected, added);
  s.tao[i] = tao + injected;
  s.alpha[i] = pool + added;
  return { subnet: i, share, issued, injected, alpha, rootShare, price };
}

/** What a subnet was given, and TAO that the subnets before it recycled or burned. */
type Spending = {
  readonly emission: Emission;
  readonly destroyed: number;
};

/** Newcomers register; the surplus is recycled, burned, or buys alpha that is recycled. */
function spendSurplus(
  s: State,
  p: Params,
  plan: Plan,
  spending: Spending,
  u: Uses,
): { readonly paid: number; readonly recycled: number; readonly burned: number; readonly buys: number } {
  const { emission } = spending;
  const i = emission.subnet;
  const days = p.stepDays;
  const income = (1 - p.ownerCut) * 0.5 * emission.alpha * emission.price * (1 / days);
  const worth = u.clamp(p.slotWorth * income, 0.0005, 100);
  const halvings = u.SLOT_HALVINGS * days;
  const taken = u.registrations(s.slotPrice[i]!, worth, halvings);
  s.slotPrice[i] = Math.max(worth, s.slotPrice[i]! * 0.5 ** halvings);
  const paid = u.units(Math.min(taken * s.slotPrice[i]!, 0.5 * plan.payLimit));
  const surplus = emission.issued - emission.injected + paid;
  const room = Math.max(0, plan.burnLimit - spending.destroyed);
  // Older versions of the chain recycled the payment itself.
  const first = p.registrationVariant > 0.5 ? paid : 0;
  const recycled = u.units(Math.min(first + plan.recycleShare * (surplus - first), room));
  const burned = u.units(Math.min(plan.burnShare * (surplus - recycled), room - recycled));
  return { paid, recycled, burned, buys: surplus - recycled - burned };
}

export const EMISSION_USES = {
  ...CHAIN,
  clamp,
  units,
  poolPrice,
  ratioAfterInjection,
  registrations,
  injectedTao,
  rootProportion,
  halvingFactor,
  emitInto,
  spendSurplus,
};
