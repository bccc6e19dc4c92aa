import { firstState } from "../../agents/ppo/first-state.js";
import { planLearning } from "../../agents/ppo/plan.js";
import type { GpuContext, Progress } from "../../agents/ppo/webgpu/gpu-context.js";
import { makeLearner, openContext, pickProgress } from "../../agents/ppo/webgpu/gpu-learner.js";
import { restore } from "../../agents/ppo/webgpu/gpu-state.js";
import { advance, rollOut, runIteration, writeInputs } from "../../agents/ppo/webgpu/iteration.js";
import type { Economy } from "../../env/economy.js";
import { onePass } from "../../models/webgpu/passes.js";
import { type InFlightEffort, measureInFlight, type Speed } from "../in-flight.js";
import { learnerOptions } from "../learner-parts.js";
import type { GpuCase } from "./cases.js";
import type { Ceilings } from "./ceilings.js";
import type { RolloutLoop } from "./correctness.js";
import { loadExactClock } from "./exact-clock.js";
import { watchErrors } from "./gpu-errors.js";
import { measureSimulation } from "./simulation.js";
import { iterationBytes, iterationFlops, totalBytes } from "./work.js";

interface KernelTime {
  readonly kernel: string;
  /** Of an iteration, by the device's clock; each kernel in a pass of its own, which costs some time. */
  readonly seconds: number;
  /** Of all kernels together. */
  readonly share: number;
  /** In an iteration. */
  readonly dispatches: number;
  /** Counted work over the time, see work.ts; null where nothing is counted. */
  readonly flopsPerSecond: number | null;
  readonly bytesPerSecond: number | null;
}

/** What was measured of a case. */
export interface CaseFigures {
  /** Device memory of the learner, known before it starts. */
  readonly deviceBytes: number;
  readonly dispatchesPerIteration: number;
  readonly bytesReadBackPerIteration: number;
  /** Env-steps a second, a decision and so a sample in every step. */
  readonly training: Speed;
  readonly rollout: Speed;
  readonly simulation: Speed;
  readonly flopsPerSecond: number;
  readonly flopsShareOfPeak: number | null;
  readonly bytesPerSecond: number;
  readonly bytesShareOfPeak: number | null;
  /** Empty where the device has no timestamps. */
  readonly kernels: readonly KernelTime[];
  /** Compiling, starting lanes and warming up. */
  readonly setupSeconds: number;
  /** What went through the steps of a rollout. */
  readonly loop: RolloutLoop;
}

interface CaseEffort extends InFlightEffort {
  /** Iterations that the kernels are timed over. */
  readonly profiled: number;
  readonly loop: RolloutLoop | undefined;
}

/** Besides the iteration that only measures observations. */
const WARM_UPS = 3;

/** Measures one case. @throws UserError where it does not fit into memory */
export async function measureCase(
  economy: Economy,
  sizes: GpuCase,
  effort: CaseEffort,
  ceilings: Ceilings | undefined,
): Promise<CaseFigures> {
  const started = effort.now();
  const options = learnerOptions(economy, 1, { ...sizes, decisionInterval: 1 });
  const context = await openContext(options, {
    profile: true,
    load: loadExactClock,
    ...(effort.loop && { loop: effort.loop }),
  });
  const start = await firstState(options, planLearning(options)).catch((error: unknown) => {
    context.gpu.dispose();
    throw error;
  });
  const learner = makeLearner(context, pickProgress(start));
  const errors = watchErrors(context.gpu.device);
  try {
    restore(context, start);
    const run = runner({ ...context, stopwatch: undefined }, pickProgress(start));
    for (let i = 0; i < 1 + WARM_UPS; i++) await run.iterate();
    const setupSeconds = (effort.now() - started) / 1000;
    const decisions = sizes.numEnvs * sizes.numSteps;
    const training = await measureInFlight(run.iterate, decisions, { ...effort, depth: learner.depth });
    const rollout = await measureInFlight(run.rollOut, decisions, effort);
    const kernels = await profile(context, run.progress(), effort.profiled);
    const simulation = await measureSimulation(context, effort);
    await errors.check();
    const { dispatches, bytesReadBack, bytes } = learner;
    return {
      deviceBytes: bytes,
      dispatchesPerIteration: dispatches,
      bytesReadBackPerIteration: bytesReadBack,
      ...{ training, rollout, simulation, setupSeconds, kernels, loop: context.kernels.loop },
      ...achieved(context, training, ceilings),
    };
  } finally {
    await learner.dispose();
  }
}

/** Begins iterations and rollouts, each from where the one before it ends. */
function runner(context: GpuContext, start: Progress) {
  const { gpu, options } = context;
  let at = start;
  return {
    progress: () => at,
    iterate: () => {
      const iteration = runIteration(context, at);
      at = advance(options, at);
      return iteration;
    },
    rollOut: async () => {
      writeInputs(context, at);
      at = advance(options, at);
      const encoder = gpu.device.createCommandEncoder();
      const passes = onePass(encoder);
      rollOut(context, passes);
      passes.end();
      gpu.device.queue.submit([encoder.finish()]);
      await gpu.device.queue.onSubmittedWorkDone();
    },
  };
}

function achieved(
  { agent, options, layout }: GpuContext,
  training: Speed,
  ceilings: Ceilings | undefined,
): Pick<CaseFigures, "flopsPerSecond" | "flopsShareOfPeak" | "bytesPerSecond" | "bytesShareOfPeak"> {
  const { ppo } = options;
  const iterations = training.median / (ppo.numEnvs * ppo.numSteps);
  const flopsPerSecond = iterations * iterationFlops(agent, ppo).all;
  const bytesPerSecond = iterations * totalBytes(iterationBytes(layout, agent, ppo));
  const share = (value: number, peak: Speed | undefined) => (peak === undefined ? null : value / peak.median);
  return {
    flopsPerSecond,
    flopsShareOfPeak: share(flopsPerSecond, ceilings?.flopsPerSecond),
    bytesPerSecond,
    bytesShareOfPeak: share(bytesPerSecond, ceilings?.bytesPerSecond),
  };
}

/** Kernels of which a rollout consists where the host goes through its steps. */
const ROLLOUT_PARTS: ReadonlySet<string> = new Set(["decide", "advance", "finish"]);

/** Iterations with a clock reading around every kernel. */
async function profile(context: GpuContext, start: Progress, iterations: number): Promise<readonly KernelTime[]> {
  const { stopwatch, options, agent, layout } = context;
  if (!stopwatch) return [];
  let at = start;
  for (let i = 0; i < iterations; i++) {
    await runIteration(context, at);
    at = advance(options, at);
  }
  const flops: Readonly<Record<string, number>> = { ...iterationFlops(agent, options.ppo) };
  const bytes = iterationBytes(layout, agent, options.ppo);
  const totals = [...(await stopwatch.read())];
  const all = totals.reduce((sum, [, { seconds }]) => sum + seconds, 0);
  const rate = (work: number | undefined, seconds: number) =>
    work === undefined || seconds === 0 ? null : work / (seconds / iterations);
  return totals
    .map(([kernel, { seconds, dispatches }]) => ({
      kernel: ROLLOUT_PARTS.has(kernel) ? `rollout: ${kernel}` : kernel,
      seconds: seconds / iterations,
      share: all > 0 ? seconds / all : 0,
      dispatches: dispatches / iterations,
      flopsPerSecond: rate(flops[kernel], seconds),
      bytesPerSecond: rate(bytes[kernel], seconds),
    }))
    .sort((a, b) => b.seconds - a.seconds);
}
