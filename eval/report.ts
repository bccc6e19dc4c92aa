import { attainableReport } from "./attainable.js";
import { bestRule, type Comparison, compareRuns } from "./compare.js";
import type { CostLimits } from "./episode-columns.js";
import { estimateRun } from "./estimate-run.js";
import { minus, toInterval } from "./estimates.js";
import type { Foresight } from "./foresight.js";
import { headlineOf } from "./headline.js";
import { type Provenance, REPORT_FORMAT, REPORT_VERSION, type Report } from "./report-schema.js";
import { seriesBands } from "./series.js";
import { compareOverSeeds, groupBySettings } from "./training-seeds.js";
import type { ControllerRun } from "./types.js";
import { MIN_EPISODES } from "./verdicts.js";

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
  /** By id: how a controller was trained otherwise than it is compared here, as the rest of a sentence about it. */
  readonly caveats?: Readonly<Record<string, readonly string[]>>;
  readonly frozen: readonly FrozenRun[];
  /** The same controllers over other horizons. */
  readonly otherHorizons: readonly { readonly days: number; readonly runs: readonly ControllerRun[] }[];
  /** What a search with known shocks found on the same markets. */
  readonly foresight?: Foresight | undefined;
  readonly provenance: Omit<Provenance, "level">;
  /** Probability that an interval covers. */
  readonly level: number;
}

/** The report document: plain JSON, described by `reportSchema`. */
export function buildReport(input: ReportInput): Report {
  const { level, baseline, limits, provenance } = input;
  const groups = groupBySettings(input.runs);
  const main = compareRuns({ runs: input.runs, baseline, limits, level });
  const horizons = [
    horizonReport(provenance.days, main),
    ...input.otherHorizons.map(({ days, runs }) => horizonReport(days, compareRuns({ runs, baseline, limits, level }))),
  ];
  return {
    format: REPORT_FORMAT,
    version: REPORT_VERSION,
    economy: input.economy,
    baseline,
    scenarios: [...main.scenarios],
    controllers: main.controllers.map((controller) => ({ ...controller, ...caveatsOf(input, controller.id) })),
    pairwise: [...main.pairwise],
    ...attainableOf(input, main.scenarios),
    headlines: headlines(input, main, groups),
    ablation: ablation(input, main.scenarios),
    horizons: horizons.sort((a, b) => a.days - b.days),
    series: seriesReport(input.runs, main),
    trainingSeeds: seedComparisons(input, main, groups),
    verdicts: { correction: "Holm", ...main.verdicts, minEpisodes: MIN_EPISODES },
    provenance: { ...provenance, level },
  };
}

function attainableOf({ foresight, ...input }: ReportInput, scenarios: readonly string[]): Pick<Report, "attainable"> {
  return foresight ? { attainable: attainableReport({ ...input, scenarios, foresight }) } : {};
}

function headlines(input: ReportInput, { rivalries, controllers }: Comparison, groups: readonly ControllerRun[][]) {
  const { provenance, level } = input;
  const find = (id: string) => ({ ...controllers.find((one) => one.id === id)!, ...caveatsOf(input, id) });
  return rivalries.map((rivalry) => {
    const own = find(rivalry.pair.id);
    const trainingSeeds = groups.find((group) => group.some(({ id }) => id === own.id))?.length ?? 1;
    return headlineOf({ rivalry, own, rule: find(rivalry.pair.against), provenance, level, trainingSeeds });
  });
}

function caveatsOf({ caveats }: ReportInput, id: string): { readonly caveats?: string[] } {
  const found = caveats?.[id] ?? [];
  return found.length === 0 ? {} : { caveats: [...found] };
}

function seedComparisons(
  { runs, baseline, level }: ReportInput,
  { controllers }: Comparison,
  groups: readonly ControllerRun[][],
): Report["trainingSeeds"] {
  const rivals = [...new Set([bestRule(controllers)?.id, baseline])];
  const others = runs.filter(({ id, kind }) => kind === "rule" && rivals.includes(id));
  return groups.flatMap((group) => others.map((other) => compareOverSeeds(group, other, level)));
}

function ablation(input: ReportInput, scenarios: readonly string[]): Report["ablation"] {
  const { level, limits } = input;
  return input.frozen.map(({ of, channel, frozenAt, run }) => {
    const full = input.runs.find((candidate) => candidate.id === of);
    if (!full) throw new Error(`ablation of ${of}, which is not among the controllers`);
    const context = { runs: [full, run], baseline: of, limits, scenarios };
    const whole = estimateRun(full, context);
    const frozen = estimateRun(run, context);
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
