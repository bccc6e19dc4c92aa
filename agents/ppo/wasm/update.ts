import type { PpoMetrics } from "../metrics.js";
import type { PpoOptions } from "../settings.js";
import { notFinite } from "./find-not-finite.js";
import type { LearnerContext } from "./wasm-context.js";

/** Decay of Adam's moments, the same on every device. */
export const ADAM = { beta1: 0.9, beta2: 0.999 } as const;
const LOSS_METRICS = ["policyLoss", "valueLoss", "entropy", "approxKl", "clipFraction"] as const;

type UpdateMetrics = Pick<
  PpoMetrics,
  "policyLoss" | "valueLoss" | "entropy" | "approxKl" | "clipFraction" | "gradNorm" | "learningRate" | "epochs"
>;

/** Where a minibatch of the rollout that lies in memory is learned from. */
export interface Updater {
  /** What computes, for people. */
  readonly device: string;
  /** Before the first minibatch of a rollout. */
  readonly begin: (context: LearnerContext) => void;
  /** One step of Adam. The order of the samples lies in memory. @throws NotFiniteError before it does harm in memory */
  readonly step: (context: LearnerContext, minibatch: number, at: UpdateStep) => StepResult;
  /** Has parameters and Adam's moments lie in memory again. */
  readonly end: (context: LearnerContext) => void;
  readonly dispose: () => void;
}

interface UpdateStep {
  readonly learningRate: number;
  /** Which update of the run this is, from 1. */
  readonly updates: number;
  readonly iteration: number;
}

interface StepResult {
  /** Before clipping. */
  readonly gradNorm: number;
  /** Over the minibatch's samples. */
  readonly sums: Readonly<Record<(typeof LOSS_METRICS)[number], number>>;
}

/** The wasm device's own kernels and compiled loss. */
export const WASM_UPDATER: Updater = {
  device: "wasm",
  begin: () => {},
  step: (context, minibatch, at) => {
    const { prepare, gradient, numChunks } = context.jobs.minibatches[minibatch]!;
    context.device.run(prepare, numChunks);
    writeCoefficients(context, numChunks);
    context.device.run(gradient, numChunks);
    return { gradNorm: descend(context, numChunks, at), sums: addLossSums(context, numChunks) };
  },
  end: () => {},
  dispose: () => {},
};

/** updateEpochs passes over the rollout in memory, minibatch by minibatch. */
export function updatePolicy(
  context: LearnerContext,
  progress: { readonly iteration: number; readonly envSteps: number; readonly updates: number },
  updater: Updater = WASM_UPDATER,
): { readonly updates: number; readonly metrics: UpdateMetrics } {
  const { options, device, jobs, layout } = context;
  const { ppo } = options;
  const learningRate = learningRateAt(ppo, progress.envSteps);
  const totals = { policyLoss: 0, valueLoss: 0, entropy: 0, approxKl: 0, clipFraction: 0 };
  let updates = progress.updates;
  let gradNorm = 0;
  let epochs = 0;
  const counter = new Uint32Array(device.memory.buffer, layout.counter, 1);
  updater.begin(context);
  for (; epochs < ppo.updateEpochs; epochs++) {
    counter[0] = progress.iteration * ppo.updateEpochs + epochs;
    device.run(jobs.permute, ppo.numMinibatches);
    let kl = 0;
    for (const minibatch of jobs.minibatches.keys()) {
      updates++;
      const { iteration } = progress;
      const { gradNorm: norm, sums } = updater.step(context, minibatch, { learningRate, updates, iteration });
      gradNorm += norm;
      for (const name of LOSS_METRICS) totals[name] += sums[name];
      kl += sums.approxKl;
    }
    if (ppo.targetKl !== null && kl / (ppo.numEnvs * ppo.numSteps) > ppo.targetKl) {
      epochs++;
      break;
    }
  }
  updater.end(context);
  const samples = epochs * ppo.numEnvs * ppo.numSteps;
  const mean = (name: (typeof LOSS_METRICS)[number]) => totals[name] / samples;
  return {
    updates,
    metrics: {
      policyLoss: mean("policyLoss"),
      valueLoss: mean("valueLoss"),
      entropy: mean("entropy"),
      approxKl: mean("approxKl"),
      clipFraction: mean("clipFraction"),
      gradNorm: gradNorm / (updates - progress.updates),
      learningRate,
      epochs,
    },
  };
}

/** @param envSteps made before the rollout that is learned from */
export function learningRateAt({ learningRate, annealLearningRate, totalSteps }: PpoOptions, envSteps: number): number {
  return annealLearningRate ? learningRate * Math.max(0, 1 - envSteps / totalSteps) : learningRate;
}

/** The loss's coefficients for this minibatch, its advantages' mean and deviation among them. */
function writeCoefficients({ options, layout, programs, f32, f64 }: LearnerContext, numChunks: number): void {
  const { ppo } = options;
  const minibatchSize = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  let [sum, squares] = [0, 0];
  for (let chunk = 0; chunk < numChunks; chunk++) {
    const sums = f64(layout.advantageSums + chunk * 64, 2);
    sum += sums[0]!;
    squares += sums[1]!;
  }
  const mean = sum / minibatchSize;
  const deviation = Math.sqrt(Math.max(0, squares / minibatchSize - mean * mean));
  const values: Readonly<Record<string, number>> = {
    clipCoef: ppo.clipCoef,
    vfCoef: ppo.vfCoef,
    entCoef: ppo.entCoef,
    boundCoef: ppo.boundCoef,
    advantageMean: ppo.normalizeAdvantage ? mean : 0,
    advantageScale: ppo.normalizeAdvantage ? 1 / (deviation + 1e-8) : 1,
    sampleWeight: 1 / minibatchSize,
  };
  const names = Object.keys(programs.loss.coefficients.fields);
  f32(layout.coefficients, names.length).set(names.map((name) => values[name]!));
}

/** Adds the chunks' gradients in their order, clips the global norm and takes a step of Adam. @returns the norm */
function descend(context: LearnerContext, numChunks: number, { learningRate, updates, iteration }: UpdateStep): number {
  const { layout, agent, device, options, programs } = context;
  const { kernels } = device;
  const size = agent.parameterCount;
  kernels.reduceChunks(layout.gradients, numChunks, layout.gradientBytes, size, layout.gradient);
  const free = context.f32(layout.gradient + agent.freeOffset * 4, agent.freeCount);
  const lossRows = Object.keys(programs.loss.output.fields).length;
  for (let i = 0; i < agent.freeCount; i++) free[i] = chunkSum(context, numChunks, lossRows + i);
  const norm = Math.sqrt(kernels.sumSquares(layout.gradient, size));
  if (!Number.isFinite(norm)) throw notFinite(context, iteration);
  const scale = Math.min(1, options.ppo.maxGradNorm / (norm + 1e-6));
  const { beta1, beta2 } = ADAM;
  const [correction1, correction2] = [1 - beta1 ** updates, 1 - beta2 ** updates];
  kernels.adam(
    layout.params,
    layout.firstMoment,
    layout.secondMoment,
    layout.gradient,
    0,
    size,
    learningRate,
    beta1,
    beta2,
    options.ppo.adamEpsilon,
    correction1,
    correction2,
    scale,
  );
  return norm;
}

function chunkSum({ layout, f64 }: LearnerContext, numChunks: number, row: number): number {
  let sum = 0;
  for (let chunk = 0; chunk < numChunks; chunk++) sum += f64(layout.lossSums + chunk * layout.lossSumsBytes + row * 8, 1)[0]!;
  return sum;
}

function addLossSums(context: LearnerContext, numChunks: number): StepResult["sums"] {
  const rows = Object.keys(context.programs.loss.output.fields);
  const sums = LOSS_METRICS.map((name) => [name, chunkSum(context, numChunks, rows.indexOf(name))]);
  return Object.fromEntries(sums) as StepResult["sums"];
}
