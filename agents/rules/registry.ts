import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import { ECONOMIES } from "../../env/economies/index.js";
import type { Economy } from "../../env/economy.js";
import { baseName } from "../../env/economy-id.js";
import type { World } from "../../env/world.js";
import { aaveRiskSteward } from "./aave-risk-steward.js";
import { affine } from "./affine.js";
import { akashBme } from "./akash-bme.js";
import { akashDecay } from "./akash-decay.js";
import { ampleforth } from "./ampleforth.js";
import { bitcoinHalving } from "./bitcoin-halving.js";
import { bmeBackoff } from "./bme-backoff.js";
import { bnbAutoBurn } from "./bnb-auto-burn.js";
import { burnGuidance } from "./burn-guidance.js";
import { constant } from "./constant.js";
import { cosmosMint } from "./cosmos-mint.js";
import { demandFee } from "./demand-fee.js";
import { eip1559Burn } from "./eip1559-burn.js";
import { ethereumIssuance } from "./ethereum-issuance.js";
import { feeFeedback } from "./fee-feedback.js";
import { filecoinBaseline } from "./filecoin-baseline.js";
import { filecoinSimple } from "./filecoin-simple.js";
import { fraxCr } from "./frax-cr.js";
import { halving } from "./halving.js";
import { maxBurn } from "./max-burn.js";
import { maxEmission } from "./max-emission.js";
import { none } from "./none.js";
import { pid } from "./pid.js";
import { pidBuyback } from "./pid-buyback.js";
import { polkadotCapped } from "./polkadot-capped.js";
import { polkadotFixed } from "./polkadot-fixed.js";
import { polkadotOld } from "./polkadot-old.js";
import { raiPi } from "./rai-pi.js";
import { random } from "./random.js";
import { renderGuidance } from "./render-guidance.js";
import { renderSchedule } from "./render-schedule.js";
import type { Rule } from "./rule.js";
import { seedUtilization } from "./seed-utilization.js";
import { solana } from "./solana.js";
import { subnetFeedback } from "./subnet-feedback.js";
import { subnetQuality } from "./subnet-quality.js";
import { taoEmission } from "./tao-emission.js";
import { taoFlow } from "./tao-flow.js";
import { taoProtocol } from "./tao-protocol.js";
import { wldGrants } from "./wld-grants.js";
import { wldInflationCap } from "./wld-inflation-cap.js";
import { wldMintCap } from "./wld-mint-cap.js";
import { wldTable } from "./wld-table.js";
import { wldTreasury } from "./wld-treasury.js";

/** Every fixed rule by its id, as a maker of the rule for a world. */
export const RULES: Readonly<Record<string, (world: World) => Rule>> = {
  constant,
  none,
  "cosmos-mint": cosmosMint,
  "seed-utilization": seedUtilization,
  "akash-bme": akashBme,
  halving,
  "eip1559-burn": eip1559Burn,
  pid,
  "bitcoin-halving": bitcoinHalving,
  "tao-emission": taoEmission,
  "tao-protocol": taoProtocol,
  "tao-flow": taoFlow,
  "subnet-quality": subnetQuality,
  "subnet-feedback": subnetFeedback,
  "ethereum-issuance": ethereumIssuance,
  solana,
  "polkadot-old": polkadotOld,
  "polkadot-fixed": polkadotFixed,
  "polkadot-capped": polkadotCapped,
  "bnb-auto-burn": bnbAutoBurn,
  ampleforth,
  "frax-cr": fraxCr,
  "rai-pi": raiPi,
  "filecoin-simple": filecoinSimple,
  "filecoin-baseline": filecoinBaseline,
  "akash-decay": akashDecay,
  "bme-backoff": bmeBackoff,
  "burn-guidance": burnGuidance,
  "render-schedule": renderSchedule,
  "render-rnp-020": renderGuidance,
  "demand-fee": demandFee,
  "wld-grants": wldGrants,
  "wld-mint-cap": wldMintCap,
  "wld-table": wldTable,
  "wld-inflation-cap": wldInflationCap,
  "wld-treasury": wldTreasury,
  "aave-risk-steward": aaveRiskSteward,
  "pid-buyback": pidBuyback,
  "fee-feedback": feeFeedback,
  affine,
  "max-burn": maxBurn,
  "max-emission": maxEmission,
  random,
};

/**
 * The rule of that id, made for `world`.
 * @throws UserError `E_RULE_UNKNOWN` when there is no such rule, `E_RULE_WORLD` when it is not for this world
 */
export function makeRule(id: string, world: World): Rule {
  const make = Object.hasOwn(RULES, id) ? RULES[id] : undefined;
  if (!make) throw new UserError("E_RULE_UNKNOWN", `unknown rule ${id}`, suggest(id, Object.keys(RULES)));
  return make(world);
}

/** The rules that fit `world`, in the order of the registry: it has all that they read and set. */
export function rulesFor(world: World): readonly Rule[] {
  return Object.values(RULES).flatMap((make) => tryMake(make, world) ?? []);
}

/** Id of the rule that the network runs on today; where the economy declares none, of the one that holds all controls at their starts. */
export function ruleInForce(economy: Economy): string {
  return economy.ruleInForce ?? "constant";
}

/** Names of the economies that come with flyball and that the rule of that id fits; none when there is no such rule. */
export function economiesOf(id: string): readonly string[] {
  const own = ECONOMIES.filter((economy) => rulesFor(economy).some((rule) => rule.id === id));
  return own.map((economy) => baseName(economy.id));
}

function tryMake(make: (world: World) => Rule, world: World): Rule | undefined {
  try {
    return make(world);
  } catch (error) {
    if (error instanceof UserError && error.code === "E_RULE_WORLD") return undefined;
    throw error;
  }
}
