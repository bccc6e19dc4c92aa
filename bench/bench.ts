import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { loadLearned } from "../agents/policy/load-learned.js";
import type { LearnerContext } from "../agents/ppo/wasm/wasm-context.js";
import { makeRule, ruleInForce } from "../agents/rules/registry.js";
import type { Economy } from "../env/economy.js";
import { compareWithAims } from "./aims.js";
import { measureCompile } from "./compile.js";
import { type BenchDevice, measureDevice, planDevices } from "./devices.js";
import { type EvaluationSpeed, measureEvaluation } from "./evaluation.js";
import { type GradientSpeed, measureGradient } from "./gradient.js";
import { learnerOptions, openLearner } from "./learner-parts.js";
import { measureMemory } from "./memory.js";
import { type ProfilePart, profileIteration } from "./profile.js";
import { BENCH_FORMAT, BENCH_VERSION, type BenchReport } from "./schema.js";
import { measureSimulation } from "./simulation.js";
import { measureTraining, type TrainingSpeed } from "./training.js";
import { measureUpdate, type UpdateSpeed } from "./update.js";

interface BenchOptions {
  readonly economy: Economy;
  /** Small sizes and few rounds, for tests. */
  readonly quick: boolean;
  /** Measured besides wasm. */
  readonly device: BenchDevice;
  /** Of training, all windows together. */
  readonly trainingSeconds: number;
  /** Of flyball, for the record. */
  readonly version: string;
  /** Told before each part. */
  readonly onPart: (what: string) => void;
}

/** How long and how large everything is measured. */
interface Effort {
  readonly rounds: {
    readonly compile: number;
    readonly simulation: number;
    readonly gradient: number;
    readonly profile: number;
  };
  readonly tfjs: { readonly cpu: number; readonly wasm: number };
  readonly windows: number;
  readonly windowSeconds: number;
  /** Changes of the default configuration. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly episodes: number;
}

const WINDOWS = 5;
const TEN_THOUSAND = 10_000;

function chooseEffort({ quick, trainingSeconds }: BenchOptions): Effort {
  if (quick) {
    return {
      rounds: { compile: 1, simulation: 30, gradient: 60, profile: 1 },
      tfjs: { cpu: 1, wasm: 1 },
      windows: 2,
      windowSeconds: 0.05,
      changes: { numEnvs: 256, numSteps: 16 },
      episodes: 200,
    };
  }
  return {
    rounds: { compile: 3, simulation: 200, gradient: 400, profile: 20 },
    tfjs: { cpu: 7, wasm: 15 },
    windows: WINDOWS,
    windowSeconds: trainingSeconds / WINDOWS / 4,
    changes: {},
    episodes: TEN_THOUSAND,
  };
}

/** Measures everything, one part after the other; the ratios come from turns within a part. */
export async function runBench(options: BenchOptions): Promise<BenchReport> {
  const { economy, onPart } = options;
  const started = performance.now();
  const machine = describeMachine();
  const effort = chooseEffort(options);
  const { rounds } = effort;
  // First, so that a device that is not there is told before a minute of work.
  const plans = await planDevices(economy, options.device, options.quick);
  onPart("compiler");
  const compiler = measureCompile(economy, rounds.compile);
  onPart("simulation: float64 loop and WASM in turns, one core");
  const simulation = measureSimulation(economy, rounds.simulation);
  onPart("training: one thread and two in turns");
  const training = await measureTraining(economy, effort);
  const context = await openLearner(learnerOptions(economy, 1, effort.changes), training.state);
  onPart("gradient against the probed peak, one core");
  const gradient = measureGradient(context, rounds.gradient);
  onPart("profile of an iteration, one thread");
  const parts = profileIteration(context, training.iterationSeconds, rounds.profile);
  onPart("one update here and on TensorFlow.js in turns, one thread");
  const update = await measureUpdate(context, effort.tfjs);
  onPart(`evaluation: ${effort.episodes} episodes of a learned controller and of a rule, two threads`);
  const evaluation = await evaluate(options, context, training, effort.episodes);
  onPart("memory of training with 4,096 lanes");
  const memory = options.quick ? NOT_MEASURED : measureMemory(economy.id);
  const devices = await measureOthers(options, plans);
  const report = assemble(options, { training, devices, gradient, parts, update, evaluation });
  const seconds = (performance.now() - started) / 1000;
  const whole = { ...report, machine, seconds, compiler, simulation, memory };
  return { ...whole, aims: compareWithAims(whole) };
}

async function measureOthers(
  { quick, trainingSeconds, onPart }: BenchOptions,
  plans: Awaited<ReturnType<typeof planDevices>>,
): Promise<Measured["devices"]> {
  const effort = { seconds: quick ? 0.05 : trainingSeconds / WINDOWS, now: () => performance.now() };
  const measure = (name: keyof typeof plans) => {
    if (!("why" in plans[name])) onPart(`training on ${name}`);
    return measureDevice(plans[name], effort);
  };
  return { webgpu: await measure("webgpu"), tensorflow: await measure("tensorflow") };
}

const NOT_MEASURED = { lanes4096Bytes: null, rssBytes: null, why: "left out by --quick" };

async function evaluate(
  { economy }: BenchOptions,
  { agent, options }: LearnerContext,
  { state }: TrainingSpeed,
  episodes: number,
): Promise<EvaluationSpeed> {
  const learned = loadLearned({
    world: economy,
    lane: options.lane,
    objective: Object.keys(economy.objectives)[0]!,
    decisionInterval: 7,
    agent,
    parameters: state.params,
    moments: state.observationMoments,
  });
  const rule = makeRule(ruleInForce(economy), economy);
  return measureEvaluation(economy, { learned, rule, episodes, threads: 2 });
}

/** Parts that come as they are. */
type Separate = "machine" | "seconds" | "compiler" | "simulation" | "memory" | "aims";

interface Measured {
  readonly training: TrainingSpeed;
  readonly devices: Omit<BenchReport["training"], "wasm">;
  readonly gradient: GradientSpeed;
  readonly parts: readonly ProfilePart[];
  readonly update: UpdateSpeed;
  readonly evaluation: EvaluationSpeed;
}

function assemble({ economy, quick, version }: BenchOptions, measured: Measured): Omit<BenchReport, Separate> {
  const { gradient, parts, update } = measured;
  return {
    format: BENCH_FORMAT,
    version: BENCH_VERSION,
    flyball: version,
    economy: economy.id,
    quick,
    training: { wasm: describeTraining(measured), ...measured.devices },
    gradient: {
      peakFlopsPerSecond: gradient.peak,
      flopsPerSecond: gradient.gradient,
      networksFlopsPerSecond: gradient.networks,
      flopsPerSample: gradient.flopsPerSample,
    },
    update: {
      minibatchSize: update.minibatchSize,
      secondsPerUpdate: update.flyballSeconds,
      tfjsCpu: update.tfjsCpu,
      tfjsWasm: update.tfjsWasm,
    },
    profile: { iterationSeconds: parts.reduce((sum, { seconds }) => sum + seconds, 0), parts: [...parts] },
    evaluation: describeEvaluation(measured.evaluation),
  };
}

function describeTraining({ training, gradient, update }: Measured): BenchReport["training"]["wasm"] {
  const { everyStep, byDefault, decisionInterval } = training;
  return {
    envStepsPerSecond: Math.max(everyStep.oneThread, everyStep.twoThreads),
    ...everyStep,
    byDefault: { decisionInterval, ...byDefault },
    gradientShareOfPeak: gradient.shareOfPeak,
    networksShareOfPeak: gradient.networksShareOfPeak,
    vsTfjsCpu: update.tfjsCpu.ratio,
    vsTfjsWasm: update.tfjsWasm.ratio,
    dispatchesPerIteration: null,
    bytesReadBackPerIteration: 0,
  };
}

function describeEvaluation(evaluation: EvaluationSpeed): BenchReport["evaluation"] {
  const { episodes, days, threads, rule, learnedSeconds, ruleSeconds } = evaluation;
  const speed = (seconds: number) => (episodes * days) / seconds;
  const whole = (seconds: number) => (episodes === TEN_THOUSAND ? seconds : null);
  return {
    episodes,
    days,
    threads,
    rule,
    learned10kEpisodesSeconds: whole(learnedSeconds),
    rule10kEpisodesSeconds: whole(ruleSeconds),
    learned: speed(learnedSeconds),
    fixed: speed(ruleSeconds),
  };
}

function describeMachine(): BenchReport["machine"] {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform}-${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: loadavg()[0] ?? 0,
  };
}
