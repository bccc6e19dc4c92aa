import { clamp } from "../../compiler/primitives.js";
import { akashDecayInflation } from "./akash-decay.js";
import { ampleforthRebase } from "./ampleforth-rebase.js";
import { alphaForTao, alphaUntil, taoForAlpha, taoUntil } from "./balancer-pool.js";
import { bitcoinSubsidySat } from "./bitcoin-subsidy.js";
import { bnbAutoBurn } from "./bnb-auto-burn.js";
import { backOffBlocks, mintStatus } from "./burn-mint.js";
import { burnedFor, equilibriumPrice } from "./burn-mint-equilibrium.js";
import { positive, whole, within } from "./checked-number.js";
import { cosmosInflationDelta } from "./cosmos-mint.js";
import { eip1559NextBaseFee } from "./eip1559.js";
import { ethereumAnnualIssuance, ethereumBaseReward } from "./ethereum-issuance.js";
import {
  filecoinBaselinePower,
  filecoinBaselineReward,
  filecoinEffectiveTime,
  filecoinSimpleReward,
} from "./filecoin-reward.js";
import { fraxCollateralRatio } from "./frax-collateral.js";
import { FIRST_MONTHLY_ID, GRANT_TABLE, launchGrant } from "./grants.js";
import { MINT_PERIOD_CAP } from "./inflation-cap.js";
import { guidanceCeiling, guidedReward } from "./node-guidance.js";
import { pidBuyback } from "./pid-buyback.js";
import { polkadotCappedIssuance, polkadotFixedIssuance, polkadotReward } from "./polkadot-inflation.js";
import { raiRedemptionRate } from "./rai-controller.js";
import { registrationPrice } from "./registration-price.js";
import { renderNodePenalty } from "./render-rewards.js";
import { aaveRiskSteward } from "./risk-steward.js";
import { solanaInflation } from "./solana-inflation.js";
import { taoBlockEmission } from "./tao-emission.js";
import { seedUtilization } from "./utilization-band.js";
import { type YumaEmission, type YumaInput, type YumaOutput, yuma1Epoch, yuma3Epoch, yumaEmission } from "./yuma.js";
import { numbers, yumaInput, yumaResult } from "./yuma-shape.js";

/**
 * The protocols' own rules as pure functions: what one block, epoch or day of each does. Every one checks its input and throws a
 * UserError `E_MECHANISM` (Yuma: `E_YUMA`) where a formula would give NaN or nonsense. docs/reference/rules.md lists them with their sources.
 */
export const mechanisms = {
  bitcoinSubsidySat,
  /** TAO in a block of 12 s when `issuedTao` are in issue. Source: subtensor `coinbase/block_emission.rs`. */
  taoBlockEmission: (issuedTao: number): number => taoBlockEmission(within("issuedTao", issuedTao, 0, Number.MAX_VALUE)),
  eip1559NextBaseFee,
  cosmosInflationDelta,
  ethereumBaseReward,
  ethereumAnnualIssuance,
  solanaInflation,
  polkadotReward,
  polkadotFixedIssuance,
  polkadotCappedIssuance,
  bnbAutoBurn,
  ampleforthRebase,
  fraxCollateralRatio,
  raiRedemptionRate,
  filecoinSimpleReward,
  filecoinBaselinePower,
  filecoinEffectiveTime,
  filecoinBaselineReward,
  akashDecayInflation,
  bmeBackoffBlocks,
  bmeStatus,
  bmeSettlement,
  renderNodePenalty: (nodes: number): number => renderNodePenalty(whole("nodes", nodes, 0)),
  renderBurn: (usd: number, price: number): number =>
    burnedFor(within("usd", usd, 0, Number.MAX_VALUE), positive("price", price), 0.95),
  /** USD per token at which an epoch burns what it mints, 95 % of `usd` over `emission`. Source: RNP-001, RNP-006. */
  renderEquilibriumPrice: (usd: number, emission: number): number =>
    equilibriumPrice(within("usd", usd, 0, Number.MAX_VALUE), positive("emission", emission), 0.95),
  rnp020Reward,
  rnp020Ceiling,
  wldGrant,
  /** WLD per claim before the monthly grants, by weeks since launch (to August 2024). Source: worldcoin-grants-contracts, as above. */
  wldLaunchGrant: launchGrant,
  wldPeriodCap,
  aaveRiskSteward,
  seedUtilization,
  pidBuyback,
  taoForAlpha,
  alphaForTao,
  alphaUntil,
  taoUntil,
  registrationPrice,
  /** One epoch with bonds that are shares of a miner's column, the chain's default. */
  yuma1Epoch: (input: YumaInput): YumaOutput => yuma1Epoch(yumaInput(input)),
  /** One epoch with bonds that are proportions of their own. */
  yuma3Epoch: (input: YumaInput): YumaOutput => yuma3Epoch(yumaInput(input)),
  /** What an epoch pays to miners and validators, also when no weight finds support. */
  yumaEmission: (stake: readonly number[], result: Pick<YumaOutput, "incentive" | "dividends">): YumaEmission =>
    yumaEmission(numbers("stake", stake), yumaResult(result)),
} as const;

/**
 * Blocks between two mint epochs of Akash's burn-mint vault. Source: akash-network/node `x/bme/keeper`.
 * @param collateralRatioBps in basis points
 */
function bmeBackoffBlocks(collateralRatioBps: number): number {
  return backOffBlocks(within("collateralRatioBps", collateralRatioBps, 0, Number.MAX_VALUE));
}

/** What the vault's breaker does at a collateral ratio: warns at 0.95, halts minting at 0.90. Source: as above. */
function bmeStatus(collateralRatio: number): "healthy" | "warning" | "halt" {
  const status = mintStatus(within("collateralRatio", collateralRatio, 0, Number.POSITIVE_INFINITY), 0.95, 0.9);
  return (["healthy", "warning", "halt"] as const)[status]!;
}

/** A payment of `usd` that was minted at one price and is settled at another: AKT in, AKT out, change of supply. Source: AEP-76. */
function bmeSettlement(usd: number, mintPrice: number, settlePrice: number): { burned: number; paid: number; net: number } {
  within("usd", usd, 0, Number.MAX_VALUE);
  const [burned, paid] = [usd / positive("mintPrice", mintPrice), usd / positive("settlePrice", settlePrice)];
  return { burned, paid, net: paid - burned };
}

/**
 * Render's RNP-020 (voted down): an epoch's rewards for the next quarter, the cap on the move after it and the direction of this one.
 * @param reward    tokens an epoch now
 * @param target    tokens an epoch that burns, growth and nodes ask for
 * @param cap       largest share by which this move may change it, 0.1 at first
 * @param direction of the last move: 1, -1, or 0 for none
 */
function rnp020Reward(
  reward: number,
  target: number,
  cap = 0.1,
  direction = 0,
): { reward: number; cap: number; direction: number } {
  positive("reward", reward);
  within("target", target, 0, Number.MAX_VALUE);
  return guidedReward(reward, target, within("cap", cap, 0, 1), whole("direction", direction, -1, 1), { clamp });
}

/** Largest tokens an epoch by RNP-020: `volume / (price * impact^2)`, with `volume` in USD a day and impact 1.3. */
function rnp020Ceiling(volume: number, price: number, impact = 1.3): number {
  return guidanceCeiling(within("volume", volume, 0, Number.MAX_VALUE), positive("price", price), positive("impact", impact));
}

/** WLD per human of the monthly grant with this id, 39 (August 2024) to 88. Source: worldcoin-grants-contracts `src/WLDGrant.sol`. */
function wldGrant(id: number): number {
  const last = FIRST_MONTHLY_ID + GRANT_TABLE.length - 1;
  return GRANT_TABLE[whole("id", id, FIRST_MONTHLY_ID, last) - FIRST_MONTHLY_ID]!;
}

/** WLD that a period of 2,628,000 s may mint after the 15 years, from the supply at its start. Source: worldcoin-token `src/WLD.sol`. */
function wldPeriodCap(supply: number): number {
  return MINT_PERIOD_CAP * within("supply", supply, 0, Number.MAX_VALUE);
}
