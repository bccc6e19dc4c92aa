import { layoutRecord } from "../../compiler/schema.js";
import { storedRecords } from "../../env/lane/records.js";
import type { AgentPlan } from "../../models/spec.js";
import type { Argument, Call, Job } from "../../models/wasm/plan.js";
import type { RolloutLayout, RolloutSizes } from "./rollout-layout.js";
import { STEP_RECORD } from "./stages.js";
import type { TrainingPrograms } from "./training-programs.js";

/** The compiled stages of a rollout in the order of the device's modules; a job's instance 0 is the kernels. */
export const ROLLOUT_STAGES = ["step", "reset", "normalize", "sample", "mark", "record", "link"] as const;
type RolloutStage = (typeof ROLLOUT_STAGES)[number];

/** What the jobs of a rollout follow from. */
export interface RolloutPlan {
  readonly programs: TrainingPrograms;
  readonly agent: AgentPlan;
  readonly layout: RolloutLayout;
  readonly sizes: RolloutSizes;
}

/** Jobs of a rollout on the `wasm` device: what it calls, in which order, at which addresses. */
export function rolloutJobs(plan: RolloutPlan) {
  return { reset: resetJob(plan), collect: collectJob(plan), bootstrap: bootstrapJob(plan), link: linkJob(plan) };
}

export const kernel = (name: string, ...args: Argument[]): Call => ({ instance: 0, export: name, args });

/** A compiled stage on items `first`..`last - 1`. @param index among the device's modules */
export const stageCall = (index: number, first: number, last: number, ...bases: Argument[]): Call => ({
  instance: index + 1,
  export: "run",
  args: [first, last, ...bases],
});

export const perChunk = (base: number, bytes: number): Argument => ({ base, perChunk: bytes });

/** Field of the row of this decision, or of one `later`. */
export function rowField({ layout }: Pick<RolloutPlan, "layout">, field: string, later = 0): Argument {
  const { block, rows, rowBytes, rowChunkBytes } = layout;
  const offset = Object.keys(STEP_RECORD).indexOf(field) * block.capacity * 4;
  return { base: rows + offset + later * rowBytes, perChunk: rowChunkBytes, perRepeat: rowBytes };
}

/** Numbers of a field of a chunk's lanes, packed into the samples of this decision from `column` on. */
export function packCall({ layout, sizes }: RolloutPlan, source: Argument, fields: number, column: number): Call {
  const { block, samples, sampleStride } = layout;
  const target = {
    base: samples,
    perChunk: block.chunkLanes * sampleStride * 4,
    perRepeat: sizes.numEnvs * sampleStride * 4,
  };
  return kernel("pack", source, block.capacity, fields, block.chunkLanes, target, sampleStride, column);
}

/** Columns of a sample: the critic's inputs, of which the actor's are the first, then the decision. */
export function sampleColumns({ lane, policy }: TrainingPrograms) {
  const numObservations = Object.keys(lane.records.observation.fields).length;
  const numInputs = numObservations + Object.keys(lane.records.hidden.fields).length;
  return { numObservations, numInputs, decisionSize: layoutRecord(policy.decision).size };
}

/** The compiled reset of all lanes of a chunk. @param index of the stage among the device's modules */
export function resetCall(index: number, { programs, layout }: LanesPlan, control: Argument): Call {
  const records = storedRecords(programs.lane.records).map((record) => laneRecord({ layout }, record));
  return stageCall(index, 0, layout.block.chunkLanes, control, ...records);
}

const resetJob = (plan: RolloutPlan): Job => ({
  name: "reset",
  calls: [resetCall(ROLLOUT_STAGES.indexOf("reset"), plan, plan.layout.control)],
});

function collectJob(plan: RolloutPlan): Job {
  const { sizes } = plan;
  const steps = Array.from({ length: sizes.decisionInterval }, (_, step) => stepCalls(plan, step));
  return { name: "collect", repeat: sizes.numSteps, calls: [...decideCalls(plan), ...steps.flat()] };
}

/** Values of the last observations. */
const bootstrapJob = (plan: RolloutPlan): Job => ({
  name: "bootstrap",
  calls: [normalizeCall(plan, "observation", "hidden"), criticCall(plan, rowField(plan, "value", plan.sizes.numSteps))],
});

const linkJob = (plan: RolloutPlan): Job => ({
  name: "link",
  repeat: plan.sizes.numSteps,
  calls: [laneStage(plan, "link", rowField(plan, "reward"), rowField(plan, "reward", 1), plan.layout.scaling)],
});

/** Observe, decide and keep the sample. */
function decideCalls(plan: RolloutPlan): readonly Call[] {
  const { agent, layout } = plan;
  const { numObservations, numInputs, decisionSize } = sampleColumns(plan.programs);
  const lane = (record: string) => laneRecord(plan, record);
  const free = layout.params + agent.freeOffset * 4;
  return [
    normalizeCall(plan, "observation", "hidden"),
    sumCall(plan, lane("observation"), numObservations, observationSums(plan, 0)),
    ...(numInputs > numObservations
      ? [sumCall(plan, lane("hidden"), numInputs - numObservations, observationSums(plan, numObservations))]
      : []),
    actorCall(plan),
    criticCall(plan, rowField(plan, "value")),
    laneStage(plan, "sample", controlRecord(plan, 0), lane("lane"), lane("y"), free, lane("t"), lane("requested")),
    packCall(plan, lane("xn"), numInputs, 0),
    packCall(plan, lane("t"), decisionSize, numInputs),
    packCall(plan, rowField(plan, "value"), 1, numInputs + decisionSize),
    laneStage(plan, "mark", lane("lane"), rowField(plan, "reward")),
  ];
}

/** One control step under the decision in force. */
function stepCalls(plan: RolloutPlan, step: number): readonly Call[] {
  const { layout, programs } = plan;
  const numCosts = Object.keys(programs.lane.records.costs.fields).length;
  const lane = (record: string) => laneRecord(plan, record);
  const reward = layout.block.layouts.get("lane")!.slots.get("reward")!;
  return [
    worldCall(plan, step),
    ...(numCosts > 0 ? [sumCall(plan, lane("costs"), numCosts, perChunk(layout.costSums, layout.costSumsBytes))] : []),
    whereEnded(plan, normalizeCall(plan, "lastObservation", "lastHidden")),
    whereEnded(plan, criticCall(plan, rowField(plan, "finalValue"))),
    laneStage(plan, "record", lane("lane"), layout.scaling, lane("gain"), rowField(plan, "reward")),
    sumCall(plan, laneRecord(plan, "gain", 1), 1, perChunk(layout.gainSums, 64)),
    sumCall(plan, laneRecord(plan, "lane", reward), 1, perChunk(layout.gainSums + 16, 64)),
  ];
}

/** Where the lanes of a world lie. */
interface LanesPlan {
  readonly programs: Pick<TrainingPrograms, "lane">;
  readonly layout: Pick<RolloutLayout, "block" | "lanes">;
}

/** Record of the lane block of this chunk, or its field at `slot`. */
function laneRecord({ layout }: Pick<LanesPlan, "layout">, record: string, slot = 0): Argument {
  const { block, lanes } = layout;
  return perChunk(lanes + block.offsets.get(record)! + slot * block.capacity * 4, block.chunkBytes);
}

/** Control record of a step under the decision of this repeat. */
function controlRecord({ layout, sizes }: RolloutPlan, step: number): Argument {
  const { control, controlBytes } = layout;
  return { base: control + step * controlBytes, perRepeat: sizes.decisionInterval * controlBytes };
}

const laneStage = ({ layout }: RolloutPlan, name: RolloutStage, ...bases: Argument[]): Call =>
  stageCall(ROLLOUT_STAGES.indexOf(name), 0, layout.block.chunkLanes, ...bases);

const worldCall = (plan: RolloutPlan, step: number): Call =>
  laneStage(
    plan,
    "step",
    controlRecord(plan, step),
    ...storedRecords(plan.programs.lane.records).map((record) => laneRecord(plan, record)),
  );

const normalizeCall = (plan: RolloutPlan, observation: string, hidden: string): Call =>
  laneStage(
    plan,
    "normalize",
    laneRecord(plan, observation),
    laneRecord(plan, hidden),
    plan.layout.normalizer,
    laneRecord(plan, "xn"),
  );

function actorCall(plan: RolloutPlan): Call {
  const { actorTable, params } = plan.layout;
  return forwardCall(plan, { table: actorTable, params, scratch: "actor" }, laneRecord(plan, "y"));
}

function criticCall(plan: RolloutPlan, target: Argument): Call {
  const { criticTable, params } = plan.layout;
  const critic = params + plan.agent.criticOffset * 4;
  return forwardCall(plan, { table: criticTable, params: critic, scratch: "critic" }, target);
}

interface PlacedNetwork {
  readonly table: number;
  readonly params: number;
  readonly scratch: "actor" | "critic";
}

function forwardCall(plan: RolloutPlan, { table, params, scratch }: PlacedNetwork, target: Argument): Call {
  const { block, scratch: start, scratchBytes, inScratch } = plan.layout;
  const { capacity, chunkLanes } = block;
  const own = { base: start + inScratch[scratch], perThread: scratchBytes };
  return kernel("forward", table, params, laneRecord(plan, "xn"), capacity, chunkLanes, target, capacity, own);
}

/** Sums and sums of squares of rows over the lanes of a chunk. */
const sumCall = ({ layout: { block } }: RolloutPlan, source: Argument, rows: number, target: Argument): Call =>
  kernel("moments", source, block.capacity, rows, block.chunkLanes, target);

const observationSums = ({ layout }: RolloutPlan, first: number): Argument =>
  perChunk(layout.observationSums + first * 16, layout.observationSumsBytes);

/** The call is made only where an episode of the chunk has ended in this step. */
function whereEnded(plan: RolloutPlan, call: Call): Call {
  const { block } = plan.layout;
  const slot = block.layouts.get("lane")!.slots.get("ended")!;
  return { ...call, when: { address: laneRecord(plan, "lane", slot), count: block.chunkLanes } };
}
