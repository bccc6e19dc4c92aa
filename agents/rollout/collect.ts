import type { Device } from "../../models/wasm/device.js";
import type { Job } from "../../models/wasm/plan.js";
import type { RolloutLayout } from "./rollout-layout.js";

/** Sums over all lanes and steps of one rollout. */
export interface RolloutSums {
  /** Of the observations, then of the hidden state. */
  readonly observation: Float64Array;
  readonly observationSquares: Float64Array;
  /** Of the discounted return, then of the reward. */
  readonly gain: Float64Array;
  readonly gainSquares: Float64Array;
  readonly cost: Float64Array;
  /** Of the raw rewards. */
  readonly reward: number;
}

interface Place {
  readonly device: Device;
  readonly layout: RolloutLayout;
  readonly f64: (address: number, length: number) => Float64Array;
}

/** Runs the jobs of a rollout from the lanes as they lie in memory; the samples stay there. */
export function collect({ device, layout, f64 }: Place, jobs: readonly Job[]): RolloutSums {
  const { numChunks } = layout.block;
  const sums = (address: number, bytes: number) => f64(address, (bytes * numChunks) / 8);
  const regions = [
    sums(layout.observationSums, layout.observationSumsBytes),
    sums(layout.gainSums, 64),
    sums(layout.costSums, layout.costSumsBytes),
  ] as const;
  for (const region of regions) region.fill(0);
  for (const job of jobs) device.run(job, numChunks);
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
