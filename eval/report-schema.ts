import { z } from "zod";

/** report.json, version 1. Every number is finite; a probability and a share lie in 0..1; days count from the start. */

export const REPORT_FORMAT = "flyball-report";
export const REPORT_VERSION = 1;

const probability = z.number().min(0).max(1);

const interval = z.object({ mean: z.number(), low: z.number(), high: z.number() });

const probabilityInterval = z.object({
  probability: z.number().min(0).max(1),
  low: z.number().min(0).max(1),
  high: z.number().min(0).max(1),
});

const event = probabilityInterval.extend({
  count: z.int().nonnegative().describe("episodes in which it happened"),
  episodes: z.int().positive(),
  excess: probabilityInterval
    .extend({ count: z.int().nonnegative() })
    .describe("it happened here and not under the baseline in the same market"),
  minusBaseline: interval.describe("difference of the two probabilities, paired"),
});

const events = z.object({ p50: event, p70: event, p90: event });

const quantiles = z.object({ q05: z.number(), q25: z.number(), q50: z.number(), q75: z.number(), q95: z.number() });

const named = z.record(z.string(), interval);

const verdictSchema = z.enum(["better", "worse", "undecided", "violates"]);

const summary = z.object({
  return: z
    .object({
      mean: z.number(),
      iqm: z.number(),
      low: z.number(),
      high: z.number(),
      iqmLow: z.number(),
      iqmHigh: z.number(),
      worst5: interval.describe("mean of the worst twentieth of the episodes"),
    })
    .describe("mean objective per control step; low and high belong to the mean"),
  minusBaseline: z.object({
    mean: z.number(),
    low: z.number(),
    high: z.number(),
    probabilityOfImprovement: z.number().min(0).max(1),
    probabilityLow: z.number().min(0).max(1),
    probabilityHigh: z.number().min(0).max(1),
    median: z.number().describe("median of the paired differences: the typical market"),
    p: probability.describe("two-sided P of no difference"),
    pAdjusted: probability.describe("P corrected for the number of verdicts in the report (Holm)"),
  }),
  annualVolatility: z.number(),
  supplyGrowth: z.number(),
  drawdown: z.object({ p50: z.number(), p70: z.number(), p90: z.number() }),
  trips: z.number(),
  verdict: verdictSchema,
  reasons: z.array(z.string()).describe("why it violates; empty otherwise"),
  note: z.string().optional().describe("why no verdict is given although the interval may be clear of 0"),
  metrics: named,
  metricsMinusBaseline: named,
  quantiles: z.record(z.string(), quantiles),
  events: z.object({ maxDrawdown: events, fallFromStart: events }),
  terms: named.describe("mean per control step of each term, before its weight"),
  termsMinusBaseline: named,
  actions: named,
  costs: named.describe("sum over the episode"),
  limits: z.array(
    z.object({
      constraint: z.string(),
      kind: z.string(),
      unit: z.string(),
      limit: z.number(),
      ...interval.shape,
      exceeded: z.boolean(),
    }),
  ),
});

const pair = interval.extend({
  p: probability.describe("two-sided P of no difference, not corrected"),
  probabilityOfImprovement: z.number().min(0).max(1),
  probabilityLow: z.number().min(0).max(1),
  probabilityHigh: z.number().min(0).max(1),
});

const pairwise = z.object({
  id: z.string(),
  against: z.string(),
  aggregate: pair.extend({
    trips: interval,
    drawdown70: interval,
    medianGain: z.number().describe("median of the paired differences: the typical market"),
    varianceReduction: z.number().describe("variance of an unpaired difference over that of the paired one"),
  }),
  byScenario: z.record(z.string(), pair),
});

const controller = z.object({
  id: z.string(),
  kind: z.enum(["learned", "rule"]),
  tuned: z.boolean(),
  isBaseline: z.boolean(),
  caveats: z.array(z.string()).optional().describe("how it was trained otherwise than it is compared here"),
  aggregate: summary,
  byScenario: z.record(z.string(), summary),
});

const band = z.object({ low: z.array(z.number()), middle: z.array(z.number()), high: z.array(z.number()) });

const series = z.object({
  days: z.array(z.number()),
  episodes: z.int().positive(),
  price: band,
  supply: band.describe("over the supply of the first day, minus 1"),
  actions: z.record(z.string(), band),
});

const headline = z.object({
  id: z.string(),
  bestRule: z.string(),
  outcome: z.enum(["beats", "loses", "undecided"]),
  pAdjusted: probability.describe("P corrected for the number of verdicts in the report (Holm)"),
  byScenario: z.record(z.string(), verdictSchema).describe("verdict against that rule in each scenario"),
  title: z.string().describe("who beats whom"),
  detail: z.string().describe("by how much, where, and at what risk"),
});

const shared = z.object({ share: interval.optional() });

const attainable = z
  .object({
    note: z.string(),
    finished: z.boolean().describe("false where the search was stopped"),
    markets: z.int().positive().describe("per scenario, of those that were searched and compared"),
    every: z.int().positive().describe("control steps that a request of the search holds for"),
    gain: interval.describe("best found minus baseline"),
    gainByScenario: named,
    controllers: z.array(shared.extend({ id: z.string(), byScenario: z.record(z.string(), shared) })),
  })
  .describe("of what a search with known shocks found to be had over the baseline, which share each controller gets");

const field = z.object({ unit: z.string(), doc: z.string() });

export const reportSchema = z.object({
  format: z.literal(REPORT_FORMAT),
  version: z.literal(REPORT_VERSION),
  economy: z.string().describe("versioned id"),
  baseline: z.string(),
  scenarios: z.array(z.string()),
  controllers: z.array(controller).describe("best mean return first"),
  pairwise: z.array(pairwise).describe("every learned controller against every other controller"),
  attainable: attainable.optional(),
  headlines: z.array(headline).describe("every learned controller against the best rule"),
  ablation: z.array(
    z.object({
      id: z.string(),
      channel: z.string(),
      frozenAt: z.number(),
      minusFull: interval,
      byScenario: named,
    }),
  ),
  horizons: z.array(
    z.object({
      days: z.int().positive(),
      controllers: z.array(z.object({ id: z.string(), kind: z.enum(["learned", "rule"]), aggregate: summary })),
      pairwise: z.array(pairwise),
    }),
  ),
  trainingSeeds: z
    .array(
      interval.extend({
        ids: z.array(z.string()),
        against: z.string(),
        seedMeans: z.array(z.number()).describe("mean difference of each training run, in the order of ids"),
        lowestSeed: z.number(),
        highestSeed: z.number(),
      }),
    )
    .describe("runs of one config with several training seeds against the best rule and the baseline: over seeds and markets"),
  verdicts: z.object({
    correction: z.literal("Holm"),
    count: z.int().nonnegative().describe("verdicts that are corrected together, a horizon"),
    withdrawn: z.int().nonnegative().describe("of them clear on their own and undecided after the correction"),
    minEpisodes: z.int().positive().describe("episodes of a scenario below which no verdict is given"),
  }),
  series: z
    .record(z.string(), z.record(z.string(), series))
    .describe("by scenario, then controller; 10, 50 and 90 % quantiles"),
  provenance: z.object({
    days: z.int().positive(),
    episodes: z.int().positive().describe("per scenario"),
    seed: z.int().nonnegative(),
    seedBlock: z.int().nonnegative(),
    paramsHash: z.string(),
    preset: z.object({ name: z.string(), doc: z.string() }).optional().describe("set of parameters that the economy runs with"),
    objective: z.object({ name: z.string(), version: z.string(), weights: z.record(z.string(), z.number()) }),
    level: z.number(),
    scenarioDocs: z.record(z.string(), z.string()),
    terms: z.record(z.string(), field),
    actions: z.record(z.string(), field.extend({ low: z.number(), high: z.number() })),
    controllers: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))),
    run: z.record(z.string(), z.union([z.string(), z.number()])),
  }),
});

export type Report = z.infer<typeof reportSchema>;
export type ControllerReport = Report["controllers"][number];
export type Summary = ControllerReport["aggregate"];
export type Pairwise = Report["pairwise"][number];
export type Verdict = z.infer<typeof verdictSchema>;
export type Band = z.infer<typeof band>;
export type SeriesBands = z.infer<typeof series>;
export type EventReport = z.infer<typeof event>;
export type Provenance = Report["provenance"];

/** JSON Schema (draft 2020-12) of report.json. */
export function reportJsonSchema(): Record<string, unknown> {
  return { $id: "flyball-report-1", title: "Flyball evaluation report", ...z.toJSONSchema(reportSchema) };
}
