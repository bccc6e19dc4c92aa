import { layoutRecord, type RecordBinding } from "../../../compiler/schema.js";
import type { AgentPlan } from "../../../models/spec.js";
import { planLanes, type RolloutLayout, type RolloutSizes } from "../../rollout/rollout-layout.js";
import { STEP_RECORD } from "../../rollout/stages.js";
import type { LearnerPrograms } from "../programs.js";

/** Samples of a minibatch that one call chain works on, at most; gradients are summed chunk by chunk in this fixed order. */
const SAMPLE_CHUNK = 256;
/** Samples that go through the networks together: the kernels' cache block. */
export const SAMPLE_BLOCK = 64;
/** Distance of two features of a block, in floats; not a power of two, so that they fall into different cache sets. */
export const SAMPLE_LD = SAMPLE_BLOCK + 16;

/** The largest chunk of whole blocks that divides a minibatch. */
export function sampleChunk(minibatchSize: number): number {
  let chunk = Math.min(SAMPLE_CHUNK, minibatchSize);
  while (minibatchSize % chunk !== 0) chunk -= SAMPLE_BLOCK;
  return chunk;
}

/** Sizes that fix the memory of a learner. */
export interface LearnerSizes extends RolloutSizes {
  readonly minibatchSize: number;
  readonly numThreads: number;
}

/** Byte addresses in the device's memory; sizes in floats unless said otherwise. */
export interface LearnerLayout extends RolloutLayout {
  readonly coefficients: number;
  /** u32: which permutation of the samples. */
  readonly counter: number;
  readonly firstMoment: number;
  readonly secondMoment: number;
  readonly gradient: number;
  readonly indices: number;
  /** Per sample chunk: a gradient; f64 sums of the loss's outputs, then of the gradient of the free parameters. */
  readonly gradients: number;
  readonly gradientBytes: number;
  readonly lossSums: number;
  readonly lossSumsBytes: number;
  readonly advantageSums: number;
  readonly inScratch: RolloutLayout["inScratch"] & {
    readonly sample: number;
    readonly output: number;
    readonly value: number;
    readonly loss: number;
    readonly gradient: number;
  };
  readonly bytes: number;
}

const align = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Hands out aligned addresses one after the other. */
function bump(start: number): { take: (bytes: number) => number; end: () => number } {
  let next = start;
  return {
    take: (bytes) => {
      const address = next;
      next += align(bytes);
      return address;
    },
    end: () => next,
  };
}

const recordSize = (binding: RecordBinding): number => layoutRecord(binding).size;

/** Lengths that the addresses follow from; bytes unless said otherwise. */
function measure({ lane, policy, loss }: LearnerPrograms, agent: AgentPlan, sizes: LearnerSizes, capacity: number) {
  const { control, costs, observation, hidden } = lane.records;
  // Of the critic: observations, then hidden state.
  const numInputs = Object.keys(observation.fields).length + Object.keys(hidden.fields).length;
  const sampleStride = Math.ceil((numInputs + recordSize(loss.sample)) / 4) * 4;
  const rowBytes = Object.keys(STEP_RECORD).length * capacity * 4;
  const scratch = bump(0);
  const inScratch = {
    actor: scratch.take(agent.actor.scratchCount * 4),
    critic: scratch.take(agent.critic.scratchCount * 4),
    sample: scratch.take(sampleStride * SAMPLE_LD * 4),
    output: scratch.take(recordSize(policy.output) * SAMPLE_LD * 4),
    value: scratch.take(SAMPLE_LD * 4),
    loss: scratch.take(recordSize(loss.output) * SAMPLE_LD * 4),
    gradient: scratch.take(recordSize(loss.gradient) * SAMPLE_LD * 4),
  };
  return {
    /** Floats. */
    numInputs,
    /** Floats. */
    sampleStride,
    rowBytes,
    rowChunkBytes: align(rowBytes * (sizes.numSteps + 1)),
    gradientBytes: align(agent.parameterCount * 4),
    lossSumsBytes: align((recordSize(loss.output) + agent.freeCount) * 8),
    observationSumsBytes: align(numInputs * 16),
    costSumsBytes: align(Math.max(1, Object.keys(costs.fields).length) * 16),
    controlBytes: align(recordSize(control) * 4),
    scratchBytes: scratch.end(),
    inScratch,
  };
}

export function planLearner(programs: LearnerPrograms, agent: AgentPlan, sizes: LearnerSizes): LearnerLayout {
  const { step, loss } = programs;
  const block = planLanes(programs, sizes.numEnvs);
  const { numInputs, ...lengths } = measure(programs, agent, sizes, block.capacity);
  const { sampleStride, rowChunkBytes, gradientBytes, lossSumsBytes } = lengths;
  const total = sizes.numEnvs * sizes.numSteps;
  const sampleChunks = sizes.minibatchSize / sampleChunk(sizes.minibatchSize);
  const memory = bump(64);
  const addresses = {
    lanes: memory.take(block.bytes),
    control: memory.take(lengths.controlBytes * sizes.numSteps * sizes.decisionInterval),
    normalizer: memory.take(numInputs * 8),
    scaling: memory.take(recordSize(step.scaling) * 4),
    coefficients: memory.take(recordSize(loss.coefficients) * 4),
    counter: memory.take(4),
    actorTable: memory.take(4 + agent.actor.layers.length * 32),
    criticTable: memory.take(4 + agent.critic.layers.length * 32),
    params: memory.take(agent.parameterCount * 4),
    firstMoment: memory.take(agent.parameterCount * 4),
    secondMoment: memory.take(agent.parameterCount * 4),
    gradient: memory.take(gradientBytes),
    rows: memory.take(rowChunkBytes * block.numChunks),
    samples: memory.take(total * sampleStride * 4),
    indices: memory.take(total * 4),
    gradients: memory.take(gradientBytes * sampleChunks),
    lossSums: memory.take(lossSumsBytes * sampleChunks),
    advantageSums: memory.take(64 * sampleChunks),
    observationSums: memory.take(lengths.observationSumsBytes * block.numChunks),
    gainSums: memory.take(64 * block.numChunks),
    costSums: memory.take(lengths.costSumsBytes * block.numChunks),
    scratch: memory.take(lengths.scratchBytes * sizes.numThreads),
  };
  return { block, ...lengths, ...addresses, bytes: memory.end() };
}
