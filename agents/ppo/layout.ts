import { layoutRecord } from "../../compiler/schema.js";
import type { AgentPlan } from "../../models/spec.js";
import { CHUNK_LANES, type LaneBlock, planLaneBlock } from "../rollout/lane-block.js";
import type { PolicyPrograms } from "../rollout/policy-programs.js";
import type { RolloutPrograms } from "../rollout/programs.js";
import { STEP_RECORD } from "../rollout/stages.js";
import type { LossProgram, StepPrograms } from "./programs.js";

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
export interface LearnerSizes {
  readonly numEnvs: number;
  readonly numSteps: number;
  readonly decisionInterval: number;
  readonly minibatchSize: number;
  readonly numThreads: number;
}

/** Byte addresses in the device's memory; sizes in floats unless said otherwise. */
export interface LearnerLayout {
  readonly block: LaneBlock;
  readonly lanes: number;
  /** One control record per step of the rollout. */
  readonly control: number;
  readonly controlBytes: number;
  readonly normalizer: number;
  readonly scaling: number;
  readonly coefficients: number;
  /** u32: which permutation of the samples. */
  readonly counter: number;
  readonly actorTable: number;
  readonly criticTable: number;
  readonly params: number;
  readonly firstMoment: number;
  readonly secondMoment: number;
  readonly gradient: number;
  /** Rows of a chunk: numSteps + 1 times the fields of STEP_RECORD. */
  readonly rows: number;
  readonly rowBytes: number;
  readonly rowChunkBytes: number;
  /** Sample-major: network input, decision, value, advantage, return. */
  readonly samples: number;
  readonly sampleStride: number;
  readonly indices: number;
  /** Per sample chunk: a gradient; f64 sums of the loss's outputs, then of the gradient of the free parameters. */
  readonly gradients: number;
  readonly gradientBytes: number;
  readonly lossSums: number;
  readonly lossSumsBytes: number;
  readonly advantageSums: number;
  /** Per lane chunk: f64 sum and sum of squares of each observation, of the discounted return, and of each cost. */
  readonly observationSums: number;
  readonly observationSumsBytes: number;
  readonly gainSums: number;
  readonly costSums: number;
  readonly costSumsBytes: number;
  /** Per thread. */
  readonly scratch: number;
  readonly scratchBytes: number;
  /** Offsets within a thread's scratch, bytes. */
  readonly inScratch: {
    readonly actor: number;
    readonly critic: number;
    readonly sample: number;
    readonly output: number;
    readonly value: number;
    readonly loss: number;
    readonly gradient: number;
  };
  readonly bytes: number;
}

export interface LearnerPrograms {
  readonly lane: RolloutPrograms;
  readonly policy: PolicyPrograms;
  readonly step: StepPrograms;
  readonly loss: LossProgram;
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

/** The lanes' memory of a learner: what a saved state holds, whatever the device. */
export function planLanes({ lane, step, policy }: LearnerPrograms, numEnvs: number): LaneBlock {
  const chunkLanes = [CHUNK_LANES, 128, 64].find((lanes) => numEnvs % lanes === 0);
  const passing = [policy.input, policy.output, policy.decision];
  return planLaneBlock(numEnvs, [...Object.values(lane.records), step.discounted, ...passing], chunkLanes);
}

export function planLearner(programs: LearnerPrograms, agent: AgentPlan, sizes: LearnerSizes): LearnerLayout {
  const { lane, policy, step, loss } = programs;
  const { records } = lane;
  const { costs, observation, hidden } = records;
  const block = planLanes(programs, sizes.numEnvs);
  // Of the critic: observations, then hidden state.
  const numInputs = Object.keys(observation.fields).length + Object.keys(hidden.fields).length;
  const numCosts = Object.keys(costs.fields).length;
  const size = (binding: Parameters<typeof layoutRecord>[0]) => layoutRecord(binding).size;
  const sampleFields = numInputs + size(loss.sample);
  const sampleStride = Math.ceil(sampleFields / 4) * 4;
  const total = sizes.numEnvs * sizes.numSteps;
  const sampleChunks = sizes.minibatchSize / sampleChunk(sizes.minibatchSize);
  const rowBytes = Object.keys(STEP_RECORD).length * block.capacity * 4;
  const rowChunkBytes = align(rowBytes * (sizes.numSteps + 1));
  const gradientBytes = align(agent.parameterCount * 4);
  const lossSumsBytes = align((size(loss.output) + agent.freeCount) * 8);
  const observationSumsBytes = align(numInputs * 16);
  const costSumsBytes = align(Math.max(1, numCosts) * 16);
  const controlBytes = align(size(records.control) * 4);

  const inner = bump(0);
  const inScratch = {
    actor: inner.take(agent.actor.scratchCount * 4),
    critic: inner.take(agent.critic.scratchCount * 4),
    sample: inner.take(sampleStride * SAMPLE_LD * 4),
    output: inner.take(size(policy.output) * SAMPLE_LD * 4),
    value: inner.take(SAMPLE_LD * 4),
    loss: inner.take(size(loss.output) * SAMPLE_LD * 4),
    gradient: inner.take(size(loss.gradient) * SAMPLE_LD * 4),
  };

  const memory = bump(64);
  const layout = {
    block,
    lanes: memory.take(block.bytes),
    control: memory.take(controlBytes * sizes.numSteps * sizes.decisionInterval),
    controlBytes,
    normalizer: memory.take(numInputs * 8),
    scaling: memory.take(size(step.scaling) * 4),
    coefficients: memory.take(size(loss.coefficients) * 4),
    counter: memory.take(4),
    actorTable: memory.take(4 + agent.actor.layers.length * 32),
    criticTable: memory.take(4 + agent.critic.layers.length * 32),
    params: memory.take(agent.parameterCount * 4),
    firstMoment: memory.take(agent.parameterCount * 4),
    secondMoment: memory.take(agent.parameterCount * 4),
    gradient: memory.take(gradientBytes),
    rows: memory.take(rowChunkBytes * block.numChunks),
    rowBytes,
    rowChunkBytes,
    samples: memory.take(total * sampleStride * 4),
    sampleStride,
    indices: memory.take(total * 4),
    gradients: memory.take(gradientBytes * sampleChunks),
    gradientBytes,
    lossSums: memory.take(lossSumsBytes * sampleChunks),
    lossSumsBytes,
    advantageSums: memory.take(64 * sampleChunks),
    observationSums: memory.take(observationSumsBytes * block.numChunks),
    observationSumsBytes,
    gainSums: memory.take(64 * block.numChunks),
    costSums: memory.take(costSumsBytes * block.numChunks),
    costSumsBytes,
    scratch: memory.take(inner.end() * sizes.numThreads),
    scratchBytes: inner.end(),
    inScratch,
  };
  return { ...layout, bytes: memory.end() };
}
