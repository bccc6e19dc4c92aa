import type { Interval } from "../core/statistics.js";
import {
  type BootstrapConfig,
  type CompareInput,
  type Comparison,
  compareRuns,
  estimateRun,
  planResamples,
} from "./compare.js";
import type { CostLimits } from "./episode-columns.js";
import { minus, toInterval } from "./estimates.js";
import { formatInteger, formatInterval, formatPercentInterval } from "./format.js";
import {
  type ControllerReport,
  type Pairwise,
  type Provenance,
  REPORT_FORMAT,
  REPORT_VERSION,
  type Report,
  type Verdict,
} from "./report-schema.js";
import { seriesBands } from "./series.js";
import { verdictOf } from "./summary.js";
import type { ControllerRun } from "./types.js";

/** A learned controller with one action frozen at its mean, over the same markets. */
export interface FrozenRun {
  /** Id of the controller as it is. */
  readonly of: string;
  readonly channel: string;
  readonly frozenAt: number;
  readonly run: ControllerRun;
}

export interface ReportInput {
  readonly economy: string;
  readonly baseline: string;
  readonly runs: readonly ControllerRun[];
  readonly limits: CostLimits;
  readonly frozen: readonly FrozenRun[];
  /** The same controllers over other horizons. */
  readonly otherHorizons: readonly { readonly days: number; readonly runs: readonly ControllerRun[] }[];
  readonly provenance: Omit<Provenance, "level" | "replicates">;
  readonly bootstrap: BootstrapConfig;
}

/** The report document: plain JSON, described by `reportSchema`. */
export function buildReport(input: ReportInput): Report {
  const { bootstrap, baseline, limits, provenance } = input;
  const main = compareRuns({ runs: input.runs, baseline, limits, bootstrap });
  const horizons = [
    horizonReport(provenance.days, main),
    ...input.otherHorizons.map(({ days, runs }) => horizonReport(days, compareRuns({ runs, baseline, limits, bootstrap }))),
  ];
  return {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    economy: input.economy,
    baseline,
    scenarios: [...main.scenarios],
    controllers: [...main.controllers],
    pairwise: [...main.pairwise],
    headlines: headlines(main, provenance.episodes, bootstrap.level),
    ablation: ablation(input, main.scenarios),
    horizons: horizons.sort((a, b) => a.days - b.days),
    series: seriesReport(input.runs, main),
    provenance: { ...provenance, level: bootstrap.level, replicates: bootstrap.replicates },
  };
}

/** The rule with the highest mean return over the scenarios. Choosing it on the test markets favours the rules, if anyone. */
export function bestRule(controllers: readonly ControllerReport[]): ControllerReport | undefined {
  return controllers.find((controller) => controller.kind === "rule");
}

function headlines(comparison: Comparison, episodes: number, level: number): Report["headlines"] {
  const rule = bestRule(comparison.controllers);
  if (!rule) return [];
  const learned = comparison.controllers.filter((controller) => controller.kind === "learned");
  return learned.map((controller) => {
    const pair = comparison.pairwise.find(({ id, against }) => id === controller.id && against === rule.id)!;
    const outcome = OUTCOMES[verdictOf(pair.aggregate, controller.aggregate.quantiles["return"]!)];
    const scope = `${count(comparison.scenarios.length, "scenario")} × ${count(episodes, "episode")}`;
    return {
      id: controller.id,
      bestRule: rule.id,
      outcome,
      title: headlineTitle(outcome, controller.id, rule.id),
      detail: headlineDetail(controller, pair, scope, level),
    };
  });
}

const OUTCOMES = { better: "beats", worse: "loses", undecided: "undecided" } as const;

function headlineTitle(outcome: "beats" | "loses" | "undecided", id: string, rule: string): string {
  if (outcome === "beats") return `${id} beats the best rule, ${rule}`;
  if (outcome === "loses") return `${id} loses to the best rule, ${rule}`;
  return `${id} and the best rule, ${rule}, cannot be told apart`;
}

function headlineDetail(own: ControllerReport, { aggregate, byScenario }: Pairwise, scope: string, level: number): string {
  const gain = `${formatInterval(aggregate, true)} in mean objective per day (${level * 100} % interval, ${scope}, the same markets)`;
  const verdicts = Object.entries(byScenario).map(([scenario, pair]) =>
    verdictOf(pair, own.byScenario[scenario]!.quantiles["return"]!),
  );
  const tally = (word: Verdict) => verdicts.filter((verdict) => verdict === word).length;
  const split = `Better in ${tally("better")}, worse in ${tally("worse")}, undecided in ${tally("undecided")} of ${count(verdicts.length, "scenario")}.`;
  return `${gain}. ${split} ${safetySentence(aggregate)}`;
}

function safetySentence({ trips, drawdown70 }: Pairwise["aggregate"]): string {
  const tripping = `${comparative(trips, "breaker trips")} (${formatInterval(trips, true)} per episode)`;
  const falling = `${comparative(drawdown70, "drawdowns of 70 %")} (${formatPercentInterval(drawdown70, true)} of episodes)`;
  return `Against that rule it has ${tripping} and ${falling}.`;
}

function comparative(difference: Interval, what: string): string {
  if (difference.low > 0) return `more ${what}`;
  if (difference.high < 0) return `fewer ${what}`;
  return `no clear difference in ${what}`;
}

function ablation(input: ReportInput, scenarios: readonly string[]): Report["ablation"] {
  const { level } = input.bootstrap;
  return input.frozen.map(({ of, channel, frozenAt, run }) => {
    const full = input.runs.find((candidate) => candidate.id === of);
    if (!full) throw new Error(`ablation of ${of}, which is not among the controllers`);
    const pair: CompareInput = { runs: [full, run], baseline: of, limits: input.limits, bootstrap: input.bootstrap };
    const resampling = planResamples(pair);
    const [whole, frozen] = [full, run].map((one) => estimateRun(one, pair, scenarios, resampling)) as [
      ReturnType<typeof estimateRun>,
      ReturnType<typeof estimateRun>,
    ];
    const loss = (scenario: string) =>
      toInterval(minus(frozen.byScenario[scenario]!["return"]!, whole.byScenario[scenario]!["return"]!), level);
    return {
      id: of,
      channel,
      frozenAt,
      minusFull: toInterval(minus(frozen.aggregate["return"]!, whole.aggregate["return"]!), level),
      byScenario: Object.fromEntries(scenarios.map((scenario) => [scenario, loss(scenario)])),
    };
  });
}

function horizonReport(days: number, { controllers, pairwise }: Comparison): Report["horizons"][number] {
  return {
    days,
    controllers: controllers.map(({ id, kind, aggregate }) => ({ id, kind, aggregate })),
    pairwise: [...pairwise],
  };
}

/** Bands of the learned controllers, the baseline and the best rule: what the fans show. */
function seriesReport(runs: readonly ControllerRun[], { controllers, scenarios }: Comparison): Report["series"] {
  const best = bestRule(controllers);
  const shown = controllers.filter(({ id, kind, isBaseline }) => kind === "learned" || isBaseline || id === best?.id);
  const entries = scenarios.map((scenario) => {
    const bands = shown.flatMap(({ id }) => {
      const series = runs.find((run) => run.id === id)?.scenarios[scenario]?.series;
      return series ? [[id, seriesBands(series)] as const] : [];
    });
    return [scenario, Object.fromEntries(bands)] as const;
  });
  return Object.fromEntries(entries.filter(([, bands]) => Object.keys(bands).length > 0));
}

function count(n: number, noun: string): string {
  return `${formatInteger(n)} ${noun}${n === 1 ? "" : "s"}`;
}
