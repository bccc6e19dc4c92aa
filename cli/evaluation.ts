import { type Controller, isLearned } from "../agents/controller/controller.js";
import { hashOf } from "../core/digest.js";
import type { Economy } from "../env/economy.js";
import type { LaneOptions } from "../env/lane/uses.js";
import { LEVEL } from "../eval/compare.js";
import type { Foresight } from "../eval/foresight.js";
import { buildReport, type FrozenRun } from "../eval/report.js";
import type { Provenance, Report } from "../eval/report-schema.js";
import { ablations, type RunsOptions, simulateRuns } from "../eval/simulate-runs.js";
import type { ControllerRun } from "../eval/types.js";
import type { FoundController } from "./find-controllers.js";
import { type Io, writeLine } from "./io.js";
import { VERSION } from "./version.js";

/** What is to be compared, and on which markets. */
export interface Evaluation {
  readonly economy: Economy;
  readonly lane: LaneOptions;
  readonly objective: string;
  /** Set of parameters that was asked for, or the economy's default one by name. */
  readonly preset?: string;
  readonly controllers: readonly FoundController[];
  readonly baseline: string;
  readonly scenarios: readonly string[];
  readonly episodes: number;
  readonly days: number;
  readonly seed: number;
  readonly block: number;
  readonly numThreads: number;
  /** Of `flyball foresight`, for the same markets. */
  readonly foresight?: Foresight | undefined;
  /** With ablation, a second horizon and daily series. */
  readonly full: boolean;
}

/** Episodes of each scenario that the plots over time show. */
const SERIES_EPISODES = 64;

export interface Evaluated {
  readonly report: Report;
  /** The compared controllers, episode by episode. */
  readonly runs: readonly ControllerRun[];
}

export async function evaluate(io: Io, evaluation: Evaluation): Promise<Evaluated> {
  const { economy, days, full } = evaluation;
  const started = io.now();
  const caveats = Object.fromEntries(
    evaluation.controllers.map(({ id, controller }) => [id, trainingDifferences(controller, evaluation)]),
  );
  for (const [id, differences] of Object.entries(caveats)) {
    for (const difference of differences) writeLine(io.stderr, `warning: ${id} ${difference}`);
  }
  const options = runsOptions(evaluation);
  const runs = await simulate(io, `${days} days`, options);
  const frozen = full ? await simulateFrozen(io, options, runs) : [];
  const otherHorizons = full
    ? [{ days: 2 * days, runs: await simulate(io, `${2 * days} days`, { ...options, horizon: 2 * days, seriesEpisodes: 0 }) }]
    : [];
  const seconds = (io.now() - started) / 1000;
  const report = buildReport({
    economy: economy.id,
    baseline: evaluation.baseline,
    runs,
    limits: economy.constraints,
    caveats,
    frozen,
    otherHorizons,
    foresight: evaluation.foresight,
    provenance: provenanceOf(evaluation, seconds),
    level: LEVEL,
  });
  return { report, runs };
}

/** How a controller was trained otherwise than it is compared here, as the rest of a sentence about it. */
function trainingDifferences(controller: Controller, { lane, objective }: Pick<Evaluation, "lane" | "objective">): string[] {
  if (!isLearned(controller)) return [];
  const differences: string[] = [];
  const [trained, here] = [controller.paramsHash, hashOf(lane.params)];
  if (trained !== here) {
    differences.push(
      `was trained on other parameters (hash ${trained.slice(0, 8)}) than it is compared on (${here.slice(0, 8)})`,
    );
  }
  const { name, weights } = controller.objective;
  if (hashOf(weights) !== hashOf(lane.weights))
    differences.push(`was trained for objective ${name} and is compared by ${objective}`);
  return differences;
}

function runsOptions(evaluation: Evaluation): RunsOptions {
  const { controllers, economy, lane, scenarios, episodes, days, seed, block, numThreads, full } = evaluation;
  return {
    world: economy,
    lane,
    candidates: controllers,
    scenarios,
    episodes,
    horizon: days,
    seed,
    block,
    seriesEpisodes: full ? Math.min(SERIES_EPISODES, episodes) : 0,
    numThreads,
  };
}

async function simulate(io: Io, what: string, options: RunsOptions): Promise<ControllerRun[]> {
  const steps = options.scenarios.length * options.episodes * options.horizon;
  return simulateRuns(options, async ({ done, of, id }) => {
    const line = `${what}: ${done + 1} of ${of}, ${id} (${(steps / 1e6).toFixed(1)} M env-steps)`;
    if (io.stderr.isTTY) io.stderr.write(`\r${line}\x1b[K${done + 1 === of ? "\n" : ""}`);
    else if (done === 0) io.stderr.write(`${what}: ${of} controllers, ${(steps / 1e6).toFixed(1)} M env-steps each\n`);
  });
}

/** Every learned controller with each action in turn frozen at its mean: which lever earns the gain. */
async function simulateFrozen(io: Io, options: RunsOptions, runs: readonly ControllerRun[]): Promise<FrozenRun[]> {
  const versions = options.candidates.flatMap((candidate, i) =>
    isLearned(candidate.controller)
      ? ablations(candidate, runs[i]!).map(({ channel, candidate: version }) => ({ of: candidate.id, channel, version }))
      : [],
  );
  if (versions.length === 0) return [];
  const frozen = versions.map(({ version }) => version);
  const frozenRuns = await simulate(io, "ablation", { ...options, candidates: frozen, seriesEpisodes: 0 });
  return versions.map(({ of, channel, version }, i) => ({
    of,
    channel,
    frozenAt: version.frozen![channel]!,
    run: frozenRuns[i]!,
  }));
}

function provenanceOf(evaluation: Evaluation, seconds: number): Omit<Provenance, "level"> {
  const { economy, lane, objective, preset, scenarios, controllers, days, episodes, seed, block, numThreads } = evaluation;
  const presetDoc = preset === undefined ? undefined : economy.presets[preset]?.doc;
  const pick = <Spec extends { unit: string; doc: string }>({ unit, doc }: Spec) => ({ unit, doc });
  const actions = economy.actions.kind === "continuous" ? Object.entries(economy.actions.fields) : [];
  return {
    days,
    episodes,
    seed,
    seedBlock: block,
    paramsHash: hashOf(lane.params),
    ...(preset === undefined || presetDoc === undefined ? {} : { preset: { name: preset, doc: presetDoc } }),
    objective: { name: objective, version: economy.id, weights: { ...lane.weights } },
    scenarioDocs: Object.fromEntries(scenarios.map((name) => [name, economy.scenarios[name]!.doc])),
    terms: Object.fromEntries(Object.entries(economy.terms).map(([name, spec]) => [name, pick(spec)])),
    actions: Object.fromEntries(actions.map(([name, spec]) => [name, { ...pick(spec), low: spec.low, high: spec.high }])),
    controllers: Object.fromEntries(controllers.map(({ id, source }) => [id, { ...source }])),
    run: {
      flyball: VERSION,
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      threads: numThreads,
      seconds: Math.round(10 * seconds) / 10,
    },
  };
}
