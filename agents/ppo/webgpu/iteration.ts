import { layoutRecord } from "../../../compiler/schema.js";
import { padded } from "../../../models/spec.js";
import { adamStep, columnWorkgroups } from "../../../models/webgpu/optimizer-shader.js";
import { onePass, type Passes } from "../../../models/webgpu/passes.js";
import type { Wanted } from "../../../models/webgpu/read-back.js";
import { writeControl } from "../../rollout/control.js";
import { noiseDay } from "../../rollout/training-control.js";
import { spread } from "../../rollout/webgpu/rollout-shader.js";
import type { PpoMetrics } from "../metrics.js";
import { learnerControl } from "../plan.js";
import { ADAM, learningRateAt } from "../wasm/update.js";
import type { GpuContext, Progress } from "./gpu-context.js";
import { UNIFORM_STRIDE } from "./gpu-layout.js";
import { type IterationSums, readIteration } from "./metrics.js";

/** Advantages in two, statistics in two, order of the samples. */
const DISPATCHES_AFTER_ROLLOUT = 5;

/** Dispatches of an iteration with all its updates, 3 each. */
export function countDispatches({ kernels, options }: Pick<GpuContext, "kernels" | "options">): number {
  const { updateEpochs, numMinibatches, numSteps, decisionInterval } = options.ppo;
  const rollout = kernels.loop === "device" ? 1 : numSteps * (1 + decisionInterval) + 1;
  return rollout + DISPATCHES_AFTER_ROLLOUT + 3 * updateEpochs * numMinibatches;
}

/** Epochs of the iteration: the first one only measures the observations, as no normaliser exists before it. */
const plannedEpochs = ({ ppo }: GpuContext["options"], { iteration }: Progress): number =>
  iteration === 0 && ppo.normalizeObservation ? 0 : ppo.updateEpochs;

/** Where the run is after an iteration whose epochs are all done. */
export function advance(options: GpuContext["options"], at: Progress): Progress {
  const { numEnvs, numSteps, decisionInterval, numMinibatches } = options.ppo;
  return {
    iteration: at.iteration + 1,
    envSteps: at.envSteps + numEnvs * numSteps * decisionInterval,
    clock: at.clock + numSteps * decisionInterval,
    updates: at.updates + plannedEpochs(options, at) * numMinibatches,
  };
}

/**
 * Everything of one iteration. Without `targetKl` it is submitted as a whole before the first wait, so that the next one can be
 * called at once; with it, the host looks at the divergence after every epoch.
 */
export async function runIteration(
  context: GpuContext,
  at: Progress,
): Promise<{ readonly metrics: PpoMetrics; readonly epochs: number }> {
  const { ppo } = context.options;
  const most = plannedEpochs(context.options, at);
  writeInputs(context, at);
  let epochs = ppo.targetKl === null || most === 0 ? most : 1;
  let sums = await submit(context, { rollout: true, epochs: [0, epochs] });
  let divergence = meanKl(context, sums);
  while (ppo.targetKl !== null && epochs < most && divergence <= ppo.targetKl) {
    const before = meanKl(context, sums);
    sums = await submit(context, { rollout: false, epochs: [epochs, epochs + 1] });
    epochs++;
    divergence = meanKl(context, sums) - before;
  }
  const { iteration, envSteps } = advance(context.options, at);
  const learningRate = learningRateAt(ppo, at.envSteps);
  return { metrics: readIteration({ ...context, ppo }, sums, { iteration, envSteps, learningRate, epochs }), epochs };
}

/** Mean divergence of all epochs so far, added up over them. */
function meanKl({ layout, options }: GpuContext, { updateSums }: IterationSums): number {
  return (
    updateSums[layout.updateSums.lossSums + layout.lossNames.indexOf("approxKl")]! /
    (options.ppo.numEnvs * options.ppo.numSteps)
  );
}

/** What the host knows and the shaders need: controls of all steps, and each update's rates and places. */
export function writeInputs({ options, programs, layout, gpu, buffers }: GpuContext, at: Progress): void {
  const { ppo, world } = options;
  const { queue } = gpu.device;
  const binding = programs.lane.records.control;
  const controlBytes = layoutRecord(binding).size * 4;
  const controls = new ArrayBuffer(layout.buffers.control);
  const control = learnerControl(options);
  for (let step = 0; step < ppo.numSteps * ppo.decisionInterval; step++) {
    const clock = at.clock + step;
    writeControl(controls, step * controlBytes, binding, { ...control, noiseDay: noiseDay(ppo, clock) }, clock, world);
  }
  queue.writeBuffer(buffers.control, 0, controls);
  const minibatchSize = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  const updates = ppo.updateEpochs * ppo.numMinibatches;
  const steps = new ArrayBuffer(updates * UNIFORM_STRIDE);
  const learningRate = learningRateAt(ppo, at.envSteps);
  for (let update = 0; update < updates; update++) {
    const start = update * UNIFORM_STRIDE;
    new Float32Array(steps, start, 4).set(adamStep(learningRate, at.updates + update + 1, ADAM));
    new Uint32Array(steps, start + 8, 2).set([update * minibatchSize, update * layout.permuteParts]);
  }
  queue.writeBuffer(buffers.steps, 0, steps);
  queue.writeBuffer(buffers.run, 0, Uint32Array.of(at.iteration, 0, 0, 0));
}

interface Work {
  readonly rollout: boolean;
  /** First epoch, and the one after the last. */
  readonly epochs: readonly [number, number];
}

function submit(context: GpuContext, work: Work): Promise<IterationSums> {
  const { gpu, buffers, readBack, stopwatch, agent } = context;
  const encoder = gpu.device.createCommandEncoder();
  if (work.rollout) encoder.clearBuffer(buffers.updateSums);
  const passes = stopwatch ? stopwatch.passes(encoder) : onePass(encoder);
  if (work.rollout) rolloutAndStatistics(context, passes, work.epochs[1] > 0);
  for (let epoch = work.epochs[0]; epoch < work.epochs[1]; epoch++) updates(context, passes, epoch);
  passes.end();
  const read = readBack.copy(encoder, wantedSums(context));
  gpu.device.queue.submit([encoder.finish()]);
  return read().then(([sums, updateSums, logStd]) => ({
    sums: new Float32Array(sums!),
    updateSums: new Float32Array(updateSums!),
    logStd: new Float32Array(logStd ?? new ArrayBuffer(0)).subarray(0, agent.freeCount),
  }));
}

/** The sums that come back to the host after each submission. */
export function wantedSums({ layout, buffers, agent }: GpuContext): readonly Wanted[] {
  const { sums, updateSums } = layout.buffers;
  const free = { buffer: buffers.params, offset: agent.freeOffset * 4, bytes: padded(agent.freeCount) * 4 };
  const wanted = [
    { buffer: buffers.sums, bytes: sums },
    { buffer: buffers.updateSums, bytes: updateSums },
  ];
  return agent.freeCount > 0 ? [...wanted, free] : wanted;
}

/** The dispatches of a rollout, without statistics. */
export function rollOut({ kernels, layout, options }: GpuContext, passes: Passes): void {
  const { numEnvs, numSteps, decisionInterval } = options.ppo;
  const grid = spread(numEnvs / layout.tile.samples);
  if (kernels.loop === "device") {
    passes.dispatch(kernels.rollout, ...grid);
    return;
  }
  for (let decision = 0; decision < numSteps; decision++) {
    const first = decision * decisionInterval;
    passes.dispatch(kernels.decide, ...grid, first * UNIFORM_STRIDE);
    for (let step = first; step < first + decisionInterval; step++) {
      passes.dispatch(kernels.advance, ...grid, step * UNIFORM_STRIDE);
    }
  }
  passes.dispatch(kernels.finish, ...grid, 0);
}

function rolloutAndStatistics(context: GpuContext, passes: Passes, isLearnedFrom: boolean): void {
  const { kernels, layout, options } = context;
  const { numEnvs, numSteps, updateEpochs, numMinibatches } = options.ppo;
  rollOut(context, passes);
  passes.dispatch(kernels.gae, numEnvs / 64);
  passes.dispatch(kernels.store, numEnvs / 64, numSteps);
  passes.dispatch(kernels.sumLanes, layout.sumRows.size);
  passes.dispatch(kernels.merge, 1);
  if (isLearnedFrom) passes.dispatch(kernels.permute, layout.permuteParts, updateEpochs * numMinibatches);
}

function updates({ kernels, layout, options, agent }: GpuContext, passes: Passes, epoch: number): void {
  const { numMinibatches } = options.ppo;
  for (let update = epoch * numMinibatches; update < (epoch + 1) * numMinibatches; update++) {
    const offset = update * UNIFORM_STRIDE;
    passes.dispatch(kernels.gradient, layout.workgroups, 1, offset);
    passes.dispatch(kernels.reduce, columnWorkgroups(layout.partialCount));
    passes.dispatch(kernels.adam, columnWorkgroups(agent.parameterCount), 1, offset);
  }
}
