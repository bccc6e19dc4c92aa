import type { EpisodeMetrics } from "../../agents/rollout/episode-metrics.js";
import { makeRule, ruleInForce } from "../../agents/rules/registry.js";
import type { Interval } from "../../core/statistics.js";
import { akash } from "../../env/economies/akash/index.js";
import type { Economy } from "../../env/economy.js";
import { listed } from "../../env/listed/listed.js";
import { LISTED_KINDS } from "../../env/listed/params.js";
import { differenceOverSeeds, meanInterval } from "./estimate.js";
import type { Effort } from "./levers.js";
import { testControllers } from "./train-and-test.js";

/** What listing changes for the token, and what the share itself brings. */
export const LISTING_MEASURES = {
  holder: { doc: "log value of a token without the exogenous path", of: (m: EpisodeMetrics) => m.terms["holder"]! },
  service: { doc: "log of service over its reference", of: (m: EpisodeMetrics) => m.terms["service"]! },
  volatility: { doc: "annual volatility of the token", of: (m: EpisodeMetrics) => m.annualVolatility },
  falls: {
    doc: "share of years with a drawdown of 70 % or more",
    of: (m: EpisodeMetrics) => m.maxDrawdown.map((fall) => (fall >= 0.7 ? 1 : 0)),
  },
} as const;
type ListingMeasure = keyof typeof LISTING_MEASURES;

export interface ListingsResult {
  readonly kinds: readonly {
    readonly kind: string;
    /** Listed minus plain, on the same shocks. */
    readonly minusPlain: Readonly<Record<ListingMeasure, Interval>>;
    /** Log value of a share with dividends, without the exogenous path. */
    readonly shareholder: Interval;
  }[];
}

/** The three kinds of listing and no listing at all, on shared shocks, under the rule that the network runs. */
export async function compareListings(effort: Effort): Promise<ListingsResult> {
  const settings = Object.values(akash.scenarios).map(({ overrides }) => overrides);
  const live = async (economy: Economy) => {
    const controllers = { rule: makeRule(ruleInForce(akash), economy) };
    const trial = { economy, objective: "balanced", controllers, settings, seed: 1, block: 1, ...effort };
    return (await testControllers(trial)).get("rule")!;
  };
  const plain = await live(akash);
  const kinds = [];
  for (const kind of LISTED_KINDS) {
    const metrics = await live(listed(akash, kind));
    const minus = (measure: ListingMeasure) => {
      const { of } = LISTING_MEASURES[measure];
      return differenceOverSeeds([metrics.map((m, i) => of(m).map((x, j) => x - of(plain[i]!)[j]!))]);
    };
    kinds.push({
      kind,
      minusPlain: {
        holder: minus("holder"),
        service: minus("service"),
        volatility: minus("volatility"),
        falls: minus("falls"),
      },
      shareholder: meanInterval(metrics.map((m) => m.terms["shareholder"]!)),
    });
  }
  return { kinds };
}
