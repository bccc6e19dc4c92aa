import type { LearnerContext } from "./context.js";
import type { RolloutSums } from "./measure.js";

/** A rollout and its advantages, from the lanes as they lie in memory; it leaves the samples there. */
export function collect(context: LearnerContext): RolloutSums {
  const { device, jobs, layout } = context;
  const { numChunks } = layout.block;
  const sums = (address: number, bytes: number) => context.f64(address, (bytes * numChunks) / 8);
  const regions = [
    sums(layout.observationSums, layout.observationSumsBytes),
    sums(layout.gainSums, 64),
    sums(layout.costSums, layout.costSumsBytes),
  ] as const;
  for (const region of regions) region.fill(0);
  for (const job of [jobs.collect, jobs.bootstrap, jobs.link, jobs.advantages, jobs.store]) device.run(job, numChunks);
  const [observation, gain, cost] = regions.map((region) => addChunks(region, numChunks));
  return {
    observation: every(observation!, 0),
    observationSquares: every(observation!, 1),
    gain: every(gain!, 0).subarray(0, 2),
    gainSquares: every(gain!, 1).subarray(0, 2),
    reward: gain![2]!,
    cost: every(cost!, 0),
  };
}

/** Sum over chunks, in their order: the same whatever thread made them. */
function addChunks(region: Float64Array, numChunks: number): Float64Array {
  const size = region.length / numChunks;
  const sum = new Float64Array(size);
  for (let chunk = 0; chunk < numChunks; chunk++) for (let i = 0; i < size; i++) sum[i]! += region[chunk * size + i]!;
  return sum;
}

const every = (pairs: Float64Array, which: 0 | 1): Float64Array => pairs.filter((_, i) => i % 2 === which);
