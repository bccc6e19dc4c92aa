import { layoutRecord } from "../../../compiler/schema.js";
import { DOMAIN } from "../../../core/random.js";
import type { Argument, Call, Job } from "../../../models/wasm/plan.js";
import {
  kernel,
  packCall,
  perChunk,
  ROLLOUT_STAGES,
  type RolloutPlan,
  rolloutJobs,
  rowField,
  sampleColumns,
  stageCall,
} from "../../rollout/rollout-jobs.js";
import { STEP_RECORD } from "../../rollout/stages.js";
import type { LearnerPrograms } from "../programs.js";
import { type LearnerLayout, type LearnerSizes, SAMPLE_BLOCK, SAMPLE_LD, sampleChunk } from "./memory-layout.js";

/** The compiled stages in the order of the device's modules; a job's instance 0 is the kernels. */
export const STAGES = [...ROLLOUT_STAGES, "loss"] as const;
type Stage = (typeof STAGES)[number];

/** What the jobs of a learner follow from. */
interface LearnerPlan extends RolloutPlan {
  readonly programs: LearnerPrograms;
  readonly layout: LearnerLayout;
  readonly sizes: LearnerSizes;
  readonly settings: JobSettings;
}

/** The settings that the jobs themselves contain. */
interface JobSettings {
  readonly seed: number;
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly marketGroup: number;
  readonly decisionInterval: number;
}

export type LearnerJobs = ReturnType<typeof learnerJobs>;

/** The jobs of a learner: what the device calls, in which order, at which addresses. Plain data. */
export function learnerJobs(plan: LearnerPlan) {
  const { numEnvs, numSteps, minibatchSize } = plan.sizes;
  const numMinibatches = (numEnvs * numSteps) / minibatchSize;
  return {
    ...rolloutJobs(plan),
    advantages: advantagesJob(plan),
    store: storeJob(plan),
    permute: permuteJob(plan),
    minibatches: Array.from({ length: numMinibatches }, (_, minibatch) => minibatchJobs(plan, minibatch)),
  };
}

/** A rollout and its advantages, in their order. */
export const collectJobs = ({ collect, bootstrap, link, advantages, store }: LearnerJobs): readonly Job[] => [
  collect,
  bootstrap,
  link,
  advantages,
  store,
];

/** Programs by stage, with the lane capacity that each is emitted for. */
export function stagePrograms({ lane, policy, step, loss }: LearnerPrograms, layout: LearnerLayout) {
  const capacity = layout.block.capacity;
  return {
    step: { program: lane.step, capacity },
    reset: { program: lane.reset, capacity },
    normalize: { program: policy.normalize, capacity },
    sample: { program: policy.sample, capacity },
    mark: { program: step.mark, capacity },
    record: { program: step.record, capacity },
    link: { program: step.link, capacity },
    loss: { program: loss.program, capacity: SAMPLE_LD },
  } satisfies Record<Stage, unknown>;
}

/** Advantages of each lane, then less their mean over the lanes that share a market. */
function advantagesJob(plan: LearnerPlan): Job {
  const { layout, sizes, settings } = plan;
  const { gamma, gaeLambda, decisionInterval, marketGroup } = settings;
  const fields = (...names: string[]) => names.map((name) => rowField(plan, name));
  const lanes = layout.block.chunkLanes;
  const ld = Object.keys(STEP_RECORD).length * layout.block.capacity;
  const rows = fields("reward", "value", "nextValue", "terminated", "truncated", "advantage", "return");
  const gae = kernel("gae", ...rows, ld, sizes.numSteps, 0, lanes, gamma ** decisionInterval, gaeLambda);
  const marks = fields("advantage", "episode", "day");
  const center = kernel("centerGroups", ...marks, ld, sizes.numSteps, lanes, marketGroup);
  return { name: "advantages", calls: marketGroup > 1 ? [gae, center] : [gae] };
}

/** Advantage and return into the samples, behind the value. */
function storeJob(plan: LearnerPlan): Job {
  const { numInputs, decisionSize } = sampleColumns(plan.programs);
  return {
    name: "store",
    repeat: plan.sizes.numSteps,
    calls: [packCall(plan, rowField(plan, "advantage"), 2, numInputs + decisionSize + 1)],
  };
}

function permuteJob({ layout, sizes: { numEnvs, numSteps, minibatchSize }, settings }: LearnerPlan): Job {
  const target = perChunk(layout.indices, minibatchSize * 4);
  const counter = { slot: layout.counter, type: "u32" } as const;
  const domain = (DOMAIN.permutation << 28) >>> 0;
  const first = { base: 0, perChunk: minibatchSize };
  const total = numEnvs * numSteps;
  return {
    name: "permute",
    calls: [kernel("permute", target, first, minibatchSize, total, settings.seed, counter, domain)],
  };
}

/** What is done for one minibatch, before and after its loss's coefficients are known. */
function minibatchJobs(plan: LearnerPlan, minibatch: number) {
  const { minibatchSize } = plan.sizes;
  const chunk = sampleChunk(minibatchSize);
  const indices = plan.layout.indices + minibatch * minibatchSize * 4;
  const prepare: Job = { name: "prepare", calls: prepareCalls(plan, indices, chunk) };
  const gradient: Job = { name: "gradient", repeat: chunk / SAMPLE_BLOCK, calls: gradientCalls(plan, indices, chunk) };
  return { prepare, gradient, numChunks: minibatchSize / chunk };
}

/** Clears the sums, and sums up the minibatch's advantages. */
function prepareCalls(plan: LearnerPlan, indices: number, chunk: number): readonly Call[] {
  const { layout, programs } = plan;
  const { numInputs, decisionSize } = sampleColumns(programs);
  const advantage = layout.samples + (numInputs + decisionSize + 1) * 4;
  const sample = scratch(plan, "sample");
  return [
    kernel("fill", gradientAt(plan, 0), layout.gradientBytes / 4, 0),
    kernel("fill", lossSums(plan, 0), layout.lossSumsBytes / 4, 0),
    kernel("fill", perChunk(layout.advantageSums, 64), 4, 0),
    kernel("gather", { base: indices, perChunk: chunk * 4 }, chunk, advantage, layout.sampleStride, 1, sample, chunk),
    kernel("moments", sample, chunk, 1, chunk, perChunk(layout.advantageSums, 64)),
  ];
}

/** A block of samples forward, through the loss, and back. */
function gradientCalls(plan: LearnerPlan, first: number, chunk: number): readonly Call[] {
  const { layout, programs, agent } = plan;
  const { numInputs } = sampleColumns(programs);
  const numOutputs = agent.actor.spec.outputs;
  const lossRows = layoutRecord(programs.loss.output).size;
  const fields = numInputs + layoutRecord(programs.loss.sample).size;
  const n = SAMPLE_BLOCK;
  const indices: Argument = { base: first, perChunk: chunk * 4, perRepeat: n * 4 };
  const [sample, loss] = [scratch(plan, "sample"), scratch(plan, "loss")];
  const free = layout.params + agent.freeOffset * 4;
  const actor = { table: layout.actorTable, params: layout.params, own: scratch(plan, "actor") };
  const critic = {
    table: layout.criticTable,
    params: layout.params + agent.criticOffset * 4,
    own: scratch(plan, "critic"),
  };
  const records = [scratch(plan, "output"), scratch(plan, "value"), free, scratch(plan, "sample", numInputs)];
  return [
    kernel("gather", indices, n, layout.samples, layout.sampleStride, fields, sample, SAMPLE_LD),
    forward(plan, actor, scratch(plan, "output")),
    forward(plan, critic, scratch(plan, "value")),
    stageCall(STAGES.indexOf("loss"), 0, n, ...records, layout.coefficients, loss, scratch(plan, "gradient")),
    kernel("sumRows", loss, SAMPLE_LD, lossRows, n, lossSums(plan, 0)),
    backward(plan, actor, 0, 0),
    backward(plan, critic, numOutputs, agent.criticOffset),
    ...(agent.freeCount > 0
      ? [kernel("sumRows", scratch(plan, "gradient", numOutputs + 1), SAMPLE_LD, agent.freeCount, n, lossSums(plan, lossRows))]
      : []),
  ];
}

interface Network {
  readonly table: number;
  readonly params: number;
  /** Its activations. */
  readonly own: Argument;
}

const forward = (plan: LearnerPlan, { table, params, own }: Network, target: Argument): Call =>
  kernel("forward", table, params, scratch(plan, "sample"), SAMPLE_LD, SAMPLE_BLOCK, target, SAMPLE_LD, own);

/** @param slot of its outputs in the loss's gradient @param offset of its parameters in the whole gradient */
const backward = (plan: LearnerPlan, { table, params, own }: Network, slot: number, offset: number): Call =>
  kernel(
    "backward",
    table,
    params,
    scratch(plan, "sample"),
    SAMPLE_LD,
    SAMPLE_BLOCK,
    scratch(plan, "gradient", slot),
    SAMPLE_LD,
    gradientAt(plan, offset),
    own,
  );

/** A part of a thread's own memory. @param slot field of a block of samples */
const scratch = ({ layout }: LearnerPlan, part: keyof LearnerLayout["inScratch"], slot = 0): Argument => ({
  base: layout.scratch + layout.inScratch[part] + slot * SAMPLE_LD * 4,
  perThread: layout.scratchBytes,
});

const gradientAt = ({ layout }: LearnerPlan, offset: number): Argument =>
  perChunk(layout.gradients + offset * 4, layout.gradientBytes);

const lossSums = ({ layout }: LearnerPlan, row: number): Argument => perChunk(layout.lossSums + row * 8, layout.lossSumsBytes);
