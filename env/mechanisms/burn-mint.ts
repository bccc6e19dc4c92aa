/**
 * Burn-mint with a vault (AEP-76): tokens go into a vault against USD credits; settlement pays from the vault first and mints
 * only the shortfall. Sources: AEP spec/aep-76, node x/bme/keeper, chain-sdk go/node/bme/v1/params.go.
 */

/** Credits (USD) for `tokens` at `price` after the mint spread. */
export function creditsFor(tokens: number, price: number, spread: number): number {
  return tokens * price * (1 - spread);
}

/** Collateral ratio: vault value over credits outstanding, `most` when there are (almost) no credits. */
export function collateralRatio(vault: number, price: number, credits: number, dust: number, most: number): number {
  return credits < dust ? most : Math.min(most, (vault * price) / Math.max(credits, dust));
}

/** Mint halt with hysteresis: trips at or below `haltAt`, ends at or above `restartAt`. */
export function mintHalted(halted: number, ratio: number, haltAt: number, restartAt: number): number {
  return ratio <= haltAt || (halted > 0.5 && ratio < restartAt) ? 1 : 0;
}

/** 0 healthy, 1 warning, 2 halt. */
export function mintStatus(ratio: number, warnAt: number, haltAt: number): number {
  return ratio <= haltAt ? 2 : ratio <= warnAt ? 1 : 0;
}

/**
 * Blocks between two mint epochs at a collateral ratio in basis points: 10 blocks, 10 % more for each 10 bps below 9500, at most
 * 14,400 (about one day). Above the halt level that is two hours at most, so a daily step has nothing to add.
 */
export function backOffBlocks(ratioBps: number): number {
  const steps = Math.max(0, Math.floor((9500 - ratioBps) / 10));
  return Math.min(14_400, Math.floor(10 * 1.1 ** steps));
}
