import { firstState } from "../../agents/ppo/first-state.js";
import { planLearning } from "../../agents/ppo/plan.js";
import { sampleColumns } from "../../agents/ppo/tensorflow/tensorflow-updater.js";
import type { LearnerOptions } from "../../agents/ppo/wasm/wasm-context.js";
import type { GpuContext } from "../../agents/ppo/webgpu/gpu-context.js";
import type { GpuLayout } from "../../agents/ppo/webgpu/gpu-layout.js";
import type { WebgpuLearner } from "../../agents/ppo/webgpu/gpu-learner.js";
import type { Economy } from "../../env/economy.js";
import { type Float64Problem, float64Gradient, relativeL2 } from "../../reference/float64-update.js";
import { onGpu, readBuffer, readGradient } from "../../reference/webgpu-learner.js";
import { learnerOptions } from "../learner-parts.js";
import { caseName, type GpuCase } from "./cases.js";
import { atMost, type Check, compareBits, type GpuIteration, type RolloutLoop } from "./correctness.js";
import { watchErrors } from "./gpu-errors.js";

/** The design's bound for a gradient. */
const GRADIENT_DISTANCE = 2e-4;

/**
 * The first two iterations of a run at the size of a case, where everything is shared out among many workgroups and slices: finite,
 * the same bits twice, each epoch's order a permutation, and the gradient of the last minibatch against float64.
 */
export async function checkAtSize(economy: Economy, sizes: GpuCase, loop: RolloutLoop | undefined): Promise<readonly Check[]> {
  const options = learnerOptions(economy, 1, { ...sizes, decisionInterval: 1 });
  const start = await firstState(options, planLearning(options));
  const work = async (learner: WebgpuLearner, context: GpuContext) => {
    const errors = watchErrors(context.gpu.device);
    const iterate = async (): Promise<GpuIteration> => {
      learner.restore(start);
      // The first one only measures observations.
      for (let i = 0; i < 2; i++) await learner.iterate();
      const rows = new Float32Array(await readBuffer(context, "samples"));
      const indices = new Uint32Array(await readBuffer(context, "indices"));
      return { end: await learner.state(), rows, indices };
    };
    const [first, second] = [await iterate(), await iterate()];
    const checks = [
      areFinite({ samples: first.rows, weights: first.end.params, moments: first.end.secondMoment }),
      compareBits(first, second),
      arePermutations(first.indices, sizes.numEnvs * sizes.numSteps),
      ...(await checkGradient(context, options, second)),
    ];
    await errors.check();
    return checks;
  };
  const checks = await onGpu(options, start, work, loop ? { loop } : {});
  return checks.map((check) => ({ ...check, what: `${caseName(sizes)}: ${check.what}` }));
}

export function areFinite(arrays: Readonly<Record<string, ArrayLike<number>>>): Check {
  const counts = Object.entries(arrays).map(([name, values]) => {
    let wrong = 0;
    for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) wrong++;
    return { name, wrong };
  });
  const wrong = counts.filter((each) => each.wrong > 0);
  return {
    what: `${counts.map(({ name }) => name).join(", ")} that are not finite`,
    found: wrong.map((each) => `${each.wrong} ${each.name}`).join(", ") || "0",
    allowed: "0",
    passed: wrong.length === 0,
  };
}

/** @param indices of all epochs, `total` each */
export function arePermutations(indices: Uint32Array, total: number): Check {
  const epochs = indices.length / total;
  let whole = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    const isSeen = new Uint8Array(total);
    // What is out of range is not kept, and so missed.
    for (const index of indices.subarray(epoch * total, (epoch + 1) * total)) isSeen[index] = 1;
    if (!isSeen.includes(0)) whole++;
  }
  const [found, allowed] = [whole, epochs].map(String) as [string, string];
  return { what: "epochs with every sample once", found, allowed, passed: whole === epochs };
}

/**
 * By the learner's own kernels with the weights as they are now: partial gradients of some workgroups against float64 over the
 * samples of each, and the gradient against the sum of them all.
 */
async function checkGradient(context: GpuContext, { ppo }: LearnerOptions, { end, rows, indices }: GpuIteration) {
  const { layout, agent } = context;
  const update = ppo.updateEpochs * ppo.numMinibatches - 1;
  const gradient = await readGradient(context, update);
  const partials = new Float32Array(await readBuffer(context, "partials"));
  const sum = sumColumns(partials, layout.partialCount).subarray(0, agent.parameterCount);
  const size = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  const minibatch = indices.subarray(update * size, (update + 1) * size);
  const problem = { agent, columns: sampleColumns(context), settings: ppo, rows };
  const params = Float64Array.from(end.params);
  const chosen = [...new Set([0, layout.workgroups >> 1, layout.workgroups - 1])];
  const distances = chosen.map((workgroup) => {
    const want = partialGradient(problem, params, minibatch, sampleRange(layout, workgroup));
    const first = workgroup * layout.partialCount;
    return relativeL2(partials.subarray(first, first + agent.parameterCount), want);
  });
  const which = `workgroups ${chosen.map((i) => i + 1).join(", ")} of ${layout.workgroups}`;
  return [
    atMost(`partial gradients of ${which} against float64`, Math.max(...distances), GRADIENT_DISTANCE),
    atMost("gradient against their sum", relativeL2(gradient, sum), GRADIENT_DISTANCE),
  ];
}

/** Samples of a minibatch that a workgroup has: the first, and the one after the last. */
export function sampleRange(
  {
    tile,
    tilesPerWorkgroup,
    minibatchTiles,
  }: Pick<GpuLayout, "tilesPerWorkgroup" | "minibatchTiles"> & {
    readonly tile: Pick<GpuLayout["tile"], "samples">;
  },
  workgroup: number,
): readonly [number, number] {
  const end = Math.min((workgroup + 1) * tilesPerWorkgroup, minibatchTiles);
  return [workgroup * tilesPerWorkgroup * tile.samples, end * tile.samples];
}

/**
 * What some samples of a minibatch add to its gradient, in float64.
 * @param minibatch rows of its samples
 * @param range the first of the samples, and the one after the last
 */
export function partialGradient(
  problem: Float64Problem,
  params: Float64Array,
  minibatch: Uint32Array,
  [first, end]: readonly [number, number],
): Float64Array {
  const { columns, settings, rows } = problem;
  const { advantage, stride } = columns;
  const own = Float32Array.from({ length: (end - first) * stride }, (_, i) => {
    const sample = minibatch[first + Math.floor(i / stride)]!;
    return rows[sample * stride + (i % stride)]!;
  });
  if (settings.normalizeAdvantage) {
    // By mean and deviation of the whole minibatch.
    const [mean, deviation] = meanAndDeviation(minibatch, (sample) => rows[sample * stride + advantage]!);
    for (let i = advantage; i < own.length; i += stride) own[i] = (own[i]! - mean) / (deviation + 1e-8);
  }
  const scaled = { ...problem, rows: own, settings: { ...settings, normalizeAdvantage: false } };
  const gradient = float64Gradient(
    scaled,
    params,
    Array.from({ length: end - first }, (_, i) => i),
  );
  return gradient.map((each) => (each * (end - first)) / minibatch.length);
}

function meanAndDeviation(samples: Uint32Array, read: (sample: number) => number): readonly [number, number] {
  const mean = samples.reduce((sum, sample) => sum + read(sample), 0) / samples.length;
  const variance = samples.reduce((sum, sample) => sum + (read(sample) - mean) ** 2, 0) / samples.length;
  return [mean, Math.sqrt(variance)];
}

/** Of rows of `count` floats, column by column. */
export function sumColumns(partials: Float32Array, count: number): Float64Array {
  const sums = new Float64Array(count);
  for (let i = 0; i < partials.length; i++) sums[i % count]! += partials[i]!;
  return sums;
}
