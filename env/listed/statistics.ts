import type { ObservationStatistics } from "../economy.js";
import type { ListedKind } from "./params.js";
import type { LISTED_OBSERVATIONS } from "./records.js";

const at = (center: number, spread: number) => ({ center, spread });

/** A listed token's market moves more; the means over the four economies that come with flyball. */
const MARKET = { priceChange: at(0, 0.1), trend: at(0, 0.018), volatility: at(1.5, 1), volume: at(0.75, 0.42) };

type Layer = Record<keyof typeof LISTED_OBSERVATIONS, { readonly center: number; readonly spread: number }>;

const LAYER: Readonly<Record<ListedKind, Layer>> = {
  traditional: {
    sharePremium: at(0.15, 0.19),
    shareNav: at(1.73, 0.64),
    shareReturn: at(0, 0.08),
    shareHalted: at(0.002, 0.032),
    shareFlow: at(0.5, 1.6),
    shareTreasury: at(0.034, 0.02),
    shareVotes: at(0.14, 0.1),
  },
  spac: {
    sharePremium: at(0.07, 0.17),
    shareNav: at(1.45, 0.56),
    shareReturn: at(0, 0.084),
    shareHalted: at(0.002, 0.032),
    shareFlow: at(0.5, 1.6),
    shareTreasury: at(0.0257, 0.009),
    shareVotes: at(0.14, 0.1),
  },
  "compute-backed": {
    sharePremium: at(0.13, 0.19),
    shareNav: at(2.9, 1.7),
    shareReturn: at(0, 0.066),
    shareHalted: at(0.03, 0.16),
    shareFlow: at(0.5, 1.7),
    shareTreasury: at(0.042, 0.035),
    shareVotes: at(0.14, 0.1),
  },
};

/**
 * What observations are usually like under the layer: the economy's own, which it shifts little, but for the market's, and the layer's.
 * Means over the four economies of what `scripts/observation-statistics.ts` measures; none for an economy that has none.
 */
export function listedStatistics(
  own: ObservationStatistics | undefined,
  kind: ListedKind,
): { readonly observationStatistics?: ObservationStatistics } {
  return own ? { observationStatistics: { ...own, ...MARKET, ...LAYER[kind] } } : {};
}
