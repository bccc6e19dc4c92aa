import { layoutRecord } from "../../compiler/schema.js";
import { DOMAIN } from "../../core/random.js";
import { storedRecords } from "../../env/lane/records.js";
import type { AgentPlan } from "../../models/spec.js";
import type { Argument, Call, Job } from "../../models/wasm/plan.js";
import { STEP_RECORD } from "../rollout/stages.js";
import type { LearnerLayout, LearnerPrograms, LearnerSizes } from "./layout.js";
import { SAMPLE_BLOCK, SAMPLE_LD, sampleChunk } from "./layout.js";

/** The compiled stages in the order of the device's modules; a job's instance 0 is the kernels. */
export const STAGES = ["step", "reset", "normalize", "sample", "mark", "record", "link", "loss"] as const;
export type Stage = (typeof STAGES)[number];

/** Writes the jobs of a learner: what the device calls, in which order, at which addresses. Plain data. */
export function learnerJobs(
  programs: LearnerPrograms,
  agent: AgentPlan,
  layout: LearnerLayout,
  sizes: LearnerSizes,
  settings: JobSettings,
) {
  const { block } = layout;
  const lanes = block.chunkLanes;
  const rowFields = [...Object.keys(STEP_RECORD)];
  const numObservations = Object.keys(programs.lane.records.observation.fields).length;
  const numHidden = Object.keys(programs.lane.records.hidden.fields).length;
  /** Of the critic; the actor's are the first of them. */
  const numInputs = numObservations + numHidden;
  const decisionSize = layoutRecord(programs.policy.decision).size;
  const numCosts = Object.keys(programs.lane.records.costs.fields).length;

  const kernel = (name: string, ...args: Argument[]): Call => ({ instance: 0, export: name, args });
  const stage = (name: Stage, first: number, last: number, ...bases: Argument[]): Call => ({
    instance: STAGES.indexOf(name) + 1,
    export: "run",
    args: [first, last, ...bases],
  });
  /** Record of the lane block of this chunk. */
  const lane = (record: string): Argument => ({ base: layout.lanes + block.offsets.get(record)!, perChunk: block.chunkBytes });
  const laneField = (record: string, slot: number): Argument => ({
    base: layout.lanes + block.offsets.get(record)! + slot * block.capacity * 4,
    perChunk: block.chunkBytes,
  });
  /** Field of the row of this step. */
  const row = (field: string, later = 0): Argument => ({
    base: layout.rows + rowFields.indexOf(field) * block.capacity * 4 + later * layout.rowBytes,
    perChunk: layout.rowChunkBytes,
    perRepeat: layout.rowBytes,
  });
  const scratch = (offset: number): Argument => ({ base: layout.scratch + offset, perThread: layout.scratchBytes });
  /** Control record of a step under the decision of this repeat. */
  const control = (step: number): Argument => ({
    base: layout.control + step * layout.controlBytes,
    perRepeat: settings.decisionInterval * layout.controlBytes,
  });
  /** Samples of this step's lanes. */
  const samples: Argument = {
    base: layout.samples,
    perChunk: lanes * layout.sampleStride * 4,
    perRepeat: sizes.numEnvs * layout.sampleStride * 4,
  };
  const critic = layout.params + agent.criticOffset * 4;
  const free = layout.params + agent.freeOffset * 4;
  const actorScratch = scratch(layout.inScratch.actor);
  const criticScratch = scratch(layout.inScratch.critic);
  const criticForward = (y: Argument): Call =>
    kernel("forward", layout.criticTable, critic, lane("xn"), block.capacity, lanes, y, block.capacity, criticScratch);
  const pack = (source: Argument, fields: number, offset: number): Call =>
    kernel("pack", source, block.capacity, fields, lanes, samples, layout.sampleStride, offset);
  const sums = (source: Argument, rows: number, target: Argument): Call =>
    kernel("moments", source, block.capacity, rows, lanes, target);
  const perChunk = (base: number, bytes: number): Argument => ({ base, perChunk: bytes });
  const normalize = (observation: string, hidden: string): Call =>
    stage("normalize", 0, lanes, lane(observation), lane(hidden), layout.normalizer, lane("xn"));
  const observed = (first: number): Argument => perChunk(layout.observationSums + first * 16, layout.observationSumsBytes);
  const world = (name: Stage, step = 0): Call =>
    stage(name, 0, lanes, control(step), ...storedRecords(programs.lane.records).map(lane));
  const whenEnded = {
    base: layout.lanes + block.offsets.get("lane")! + block.layouts.get("lane")!.slots.get("ended")! * block.capacity * 4,
  };
  const ended = (call: Call): Call => ({
    ...call,
    when: { address: { ...whenEnded, perChunk: block.chunkBytes }, count: lanes },
  });

  const reset: Job = {
    name: "reset",
    calls: [world("reset")],
  };
  /** One step under the decision in force. */
  const liveStep = (step: number): Call[] => [
    world("step", step),
    ...(numCosts > 0 ? [sums(lane("costs"), numCosts, perChunk(layout.costSums, layout.costSumsBytes))] : []),
    ended(normalize("lastObservation", "lastHidden")),
    ended(criticForward(row("finalValue"))),
    stage("record", 0, lanes, lane("lane"), layout.scaling, lane("gain"), row("reward")),
    sums(laneField("gain", 1), 1, perChunk(layout.gainSums, 64)),
    sums(laneField("lane", block.layouts.get("lane")!.slots.get("reward")!), 1, perChunk(layout.gainSums + 16, 64)),
  ];
  const collect: Job = {
    name: "collect",
    repeat: sizes.numSteps,
    calls: [
      normalize("observation", "hidden"),
      sums(lane("observation"), numObservations, observed(0)),
      ...(numHidden > 0 ? [sums(lane("hidden"), numHidden, observed(numObservations))] : []),
      kernel(
        "forward",
        layout.actorTable,
        layout.params,
        lane("xn"),
        block.capacity,
        lanes,
        lane("y"),
        block.capacity,
        actorScratch,
      ),
      criticForward(row("value")),
      stage("sample", 0, lanes, control(0), lane("lane"), lane("y"), free, lane("t"), lane("requested")),
      pack(lane("xn"), numInputs, 0),
      pack(lane("t"), decisionSize, numInputs),
      pack(row("value"), 1, numInputs + decisionSize),
      stage("mark", 0, lanes, lane("lane"), row("reward")),
      ...Array.from({ length: settings.decisionInterval }, (_, step) => liveStep(step)).flat(),
    ],
  };
  const bootstrap: Job = {
    name: "bootstrap",
    calls: [normalize("observation", "hidden"), criticForward(row("value", sizes.numSteps))],
  };
  const link: Job = {
    name: "link",
    repeat: sizes.numSteps,
    calls: [stage("link", 0, lanes, row("reward"), row("reward", 1), layout.scaling)],
  };
  const gaeFields = ["reward", "value", "nextValue", "terminated", "truncated", "advantage", "return"].map((field) =>
    row(field),
  );
  const ld = rowFields.length * block.capacity;
  const gae = kernel(
    "gae",
    ...gaeFields,
    ld,
    sizes.numSteps,
    0,
    lanes,
    settings.gamma ** settings.decisionInterval,
    settings.gaeLambda,
  );
  const marks = ["advantage", "episode", "day"].map((field) => row(field));
  const center = kernel("centerGroups", ...marks, ld, sizes.numSteps, lanes, settings.marketGroup);
  const advantages: Job = { name: "advantages", calls: settings.marketGroup > 1 ? [gae, center] : [gae] };
  const store: Job = {
    name: "store",
    repeat: sizes.numSteps,
    calls: [pack(row("advantage"), 2, numInputs + decisionSize + 1)],
  };

  const total = sizes.numEnvs * sizes.numSteps;
  const permute: Job = {
    name: "permute",
    calls: [
      kernel(
        "permute",
        perChunk(layout.indices, sizes.minibatchSize * 4),
        { base: 0, perChunk: sizes.minibatchSize },
        sizes.minibatchSize,
        total,
        settings.seed,
        { slot: layout.counter, type: "u32" },
        (DOMAIN.permutation << 28) >>> 0,
      ),
    ],
  };
  const minibatches = Array.from({ length: total / sizes.minibatchSize }, (_, minibatch) => minibatchJobs(minibatch));
  return { reset, collect, bootstrap, link, advantages, store, permute, minibatches };

  function minibatchJobs(minibatch: number): { readonly prepare: Job; readonly gradient: Job; readonly numChunks: number } {
    const chunk = sampleChunk(sizes.minibatchSize);
    const first = layout.indices + minibatch * sizes.minibatchSize * 4;
    const sample = scratch(layout.inScratch.sample);
    const output = scratch(layout.inScratch.output);
    const value = scratch(layout.inScratch.value);
    const decision = scratch(layout.inScratch.sample + numInputs * SAMPLE_LD * 4);
    const loss = scratch(layout.inScratch.loss);
    const numOutputs = agent.actor.spec.outputs;
    const delta = (slot: number) => scratch(layout.inScratch.gradient + slot * SAMPLE_LD * 4);
    const gradient = (offset: number) => perChunk(layout.gradients + offset * 4, layout.gradientBytes);
    const lossRows = layoutRecord(programs.loss.output).size;
    const lossSums = (offset: number) => perChunk(layout.lossSums + offset * 8, layout.lossSumsBytes);
    const advantage = layout.samples + (numInputs + decisionSize + 1) * 4;
    const prepare: Job = {
      name: "prepare",
      calls: [
        kernel("fill", gradient(0), layout.gradientBytes / 4, 0),
        kernel("fill", lossSums(0), layout.lossSumsBytes / 4, 0),
        kernel("fill", perChunk(layout.advantageSums, 64), 4, 0),
        kernel("gather", { base: first, perChunk: chunk * 4 }, chunk, advantage, layout.sampleStride, 1, sample, chunk),
        kernel("moments", sample, chunk, 1, chunk, perChunk(layout.advantageSums, 64)),
      ],
    };
    const indices: Argument = { base: first, perChunk: chunk * 4, perRepeat: SAMPLE_BLOCK * 4 };
    const n = SAMPLE_BLOCK;
    const fields = numInputs + layoutRecord(programs.loss.sample).size;
    const calls: Call[] = [
      kernel("gather", indices, n, layout.samples, layout.sampleStride, fields, sample, SAMPLE_LD),
      kernel("forward", layout.actorTable, layout.params, sample, SAMPLE_LD, n, output, SAMPLE_LD, actorScratch),
      kernel("forward", layout.criticTable, critic, sample, SAMPLE_LD, n, value, SAMPLE_LD, criticScratch),
      stage("loss", 0, n, output, value, free, decision, layout.coefficients, loss, delta(0)),
      kernel("sumRows", loss, SAMPLE_LD, lossRows, n, lossSums(0)),
      kernel(
        "backward",
        layout.actorTable,
        layout.params,
        sample,
        SAMPLE_LD,
        n,
        delta(0),
        SAMPLE_LD,
        gradient(0),
        actorScratch,
      ),
      kernel(
        "backward",
        layout.criticTable,
        critic,
        sample,
        SAMPLE_LD,
        n,
        delta(numOutputs),
        SAMPLE_LD,
        gradient(agent.criticOffset),
        criticScratch,
      ),
      ...(agent.freeCount > 0
        ? [kernel("sumRows", delta(numOutputs + 1), SAMPLE_LD, agent.freeCount, n, lossSums(lossRows))]
        : []),
    ];
    return {
      prepare,
      gradient: { name: "gradient", repeat: chunk / SAMPLE_BLOCK, calls },
      numChunks: sizes.minibatchSize / chunk,
    };
  }
}

/** The settings that the jobs themselves contain. */
export interface JobSettings {
  readonly seed: number;
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly marketGroup: number;
  readonly decisionInterval: number;
}

export type LearnerJobs = ReturnType<typeof learnerJobs>;

/** Programs by stage, with the lane capacity that each is emitted for. */
export function stagePrograms(programs: LearnerPrograms, layout: LearnerLayout) {
  const { lane, policy, step, loss } = programs;
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
