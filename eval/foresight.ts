import { z } from "zod";
import { counterRandom, percentileInterval } from "../core/bootstrap.js";
import { UserError } from "../core/errors.js";
import { meanInterval } from "../core/mean-interval.js";
import { describeIssue } from "../core/schema-issue.js";
import { type Interval, mean } from "../core/statistics.js";

export const FORESIGHT_FORMAT = "flyball-foresight";

/** What the figures are, wherever they are shown. */
export const FORESIGHT_NOTE = "best found with known shocks: not an upper bound, a local optimum";

const objectives = z.array(z.number()).min(2).describe("mean objective per control step, market by market from market 0");

/** Result of `flyball foresight`, version 1. */
const foresightSchema = z.object({
  format: z.literal(FORESIGHT_FORMAT),
  version: z.literal(1),
  note: z.literal(FORESIGHT_NOTE),
  economy: z.string(),
  paramsHash: z.string(),
  weightsHash: z.string().describe("of the objective"),
  days: z.int().positive(),
  seed: z.int().nonnegative(),
  split: z.enum(["train", "selection", "test"]),
  block: z.int().nonnegative(),
  every: z.int().positive().describe("control steps that a request holds for"),
  starts: z.int().positive().describe("of each market's search"),
  iterations: z.int().positive().describe("gradients from each start, at most"),
  finished: z.boolean().describe("false where the search was stopped"),
  converged: z.number().min(0).max(1).describe("share of the searches that ended before their budget"),
  ruleInForce: z.string(),
  bestRule: z.string().describe("tuned rule with the highest mean over the named scenarios, on selection markets"),
  ruleIsBetter: z
    .int()
    .nonnegative()
    .describe("markets in which one of the two rules is better than what was searched; its value counts"),
  scenarios: z.record(z.string(), z.object({ ruleInForce: objectives, bestRule: objectives, bestFound: objectives })),
});

export type Foresight = z.infer<typeof foresightSchema>;

/** @throws UserError E_FORESIGHT_FILE */
export function parseForesight(document: unknown, path: string): Foresight {
  const parsed = foresightSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue!.path.length === 0 ? "" : `${issue!.path.join(".")}: `;
    const message = `${path} is no result of flyball foresight: ${where}${describeIssue(issue!)}`;
    throw new UserError("E_FORESIGHT_FILE", message, "make one: flyball foresight ECONOMY --out FILE");
  }
  const lengths = Object.values(parsed.data.scenarios).flatMap((one) => Object.values(one).map(({ length }) => length));
  if (lengths.length > 0 && lengths.every((length) => length === lengths[0])) return parsed.data;
  const message = `${path} has scenarios with different numbers of markets, or none`;
  throw new UserError("E_FORESIGHT_FILE", message, "make it again: flyball foresight ECONOMY --out FILE");
}

const CONTROLLERS = ["ruleInForce", "bestRule", "bestFound"] as const;

/** Means and what could be gained, in one scenario or over all of them. */
export interface ForesightRow {
  readonly ruleInForce: Interval;
  readonly bestRule: Interval;
  readonly bestFound: Interval;
  readonly foundMinusBestRule: Interval;
  /** Of the best rule, of what could be gained over the rule in force; undefined where that is not clear of 0. */
  readonly share: Interval | undefined;
}

export function summarizeForesight({ scenarios }: Foresight, level: number) {
  const rowOf = (names: readonly string[]): ForesightRow => {
    const [ruleInForce, bestRule, bestFound] = CONTROLLERS.map((key) =>
      averageOver(names.map((name) => scenarios[name]![key])),
    );
    const interval = (values: Float64Array) => meanInterval(values, level);
    return {
      ...{ ruleInForce: interval(ruleInForce!), bestRule: interval(bestRule!), bestFound: interval(bestFound!) },
      foundMinusBestRule: interval(minus(bestFound!, bestRule!)),
      share: shareOf({ own: bestRule!, baseline: ruleInForce!, best: bestFound! }, level),
    };
  };
  const names = Object.keys(scenarios);
  return { all: rowOf(names), byScenario: Object.fromEntries(names.map((name) => [name, rowOf([name])])) };
}

/** Market by market. Markets of one number may share their shocks over scenarios: they count as one. */
export function averageOver(scenarios: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(scenarios[0]!, (_, i) => mean(scenarios.map((values) => values[i]!)));
}

export const minus = (x: Float64Array, y: Float64Array): Float64Array => x.map((value, i) => value - y[i]!);

const REPLICATES = 2000;

/**
 * Share of the attainable gain: (own - baseline) / (best found - baseline), of means over markets, with an interval from a bootstrap over
 * markets. Undefined where the gain that there is to be had is not clearly above 0.
 */
export function shareOf(
  { own, baseline, best }: Readonly<Record<"own" | "baseline" | "best", Float64Array>>,
  level: number,
): Interval | undefined {
  const [gains, attainable] = [minus(own, baseline), minus(best, baseline)];
  if (!(meanInterval(attainable, level).low > 0)) return undefined;
  const random = counterRandom(0);
  const shares = new Float64Array(REPLICATES);
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    let [gained, had] = [0, 0];
    for (let i = 0; i < gains.length; i++) {
      const market = Math.floor(random() * gains.length);
      gained += gains[market]!;
      had += attainable[market]!;
    }
    shares[replicate] = gained / had;
  }
  if (!shares.every(Number.isFinite)) return undefined;
  return { mean: mean(gains) / mean(attainable), ...percentileInterval(shares, level) };
}
