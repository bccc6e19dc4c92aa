import { layoutRecord } from "../../compiler/schema.js";
import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import { initAgent } from "../../models/init.js";
import { emptyMoments, mergeMoments, scaleOf } from "../../models/normalizer.js";
import { type AgentPlan, networkTable } from "../../models/spec.js";
import { createDevice } from "../../models/wasm/device.js";
import { allowRelaxedSimd } from "../../models/wasm/kernels.js";
import { writeControl } from "../rollout/control.js";
import { readField, writeField } from "../rollout/lane-block.js";
import type { LearnerContext, LearnerOptions } from "./context.js";
import { learnerJobs, STAGES, stagePrograms } from "./jobs.js";
import { planLearner } from "./layout.js";
import { type RolloutSums, readRollout } from "./measure.js";
import { isWhole, notFinite } from "./not-finite.js";
import type { IterationMetrics } from "./options.js";
import { controlOf, noiseDay, planLearning } from "./plan.js";
import type { LearnerState } from "./state.js";
import { type Updater, updatePolicy, WASM_UPDATER } from "./update.js";

/**
 * A learner: rollouts run on the `wasm` device, the policy is updated there or wherever the updater has it. It holds threads and
 * memory: {@link Learner.dispose} releases them.
 */
export interface Learner {
  /** What the policy is updated on, for people. */
  readonly device: string;
  readonly agent: AgentPlan;
  readonly bytes: number;
  /** Words of the lanes' memory in a saved state. */
  readonly laneWords: number;
  /** How many iterations are worth having under way: a device that computes beside the host never waits for it with two. */
  readonly depth: number;
  /**
   * One rollout and one update. The first one only measures the observations: no normaliser exists before it. Iterations run in
   * the order of the calls, also when one is called before the one before it has settled.
   */
  readonly iterate: () => Promise<IterationMetrics>;
  /** After all iterations that were called. */
  readonly state: () => Promise<LearnerState>;
  /** Raw observations that the first lanes decide on next, for recorded decisions. */
  readonly observations: (count: number) => Promise<number[][]>;
  readonly restore: (state: LearnerState) => void;
  readonly dispose: () => Promise<void>;
}

/** @param updater belongs to the learner from here on, which disposes of it */
export async function createLearner(options: LearnerOptions, updater: Updater = WASM_UPDATER): Promise<Learner> {
  const context = await createContext(options);
  initialise(context);
  let state: Progress = freshProgress(context);
  return {
    device: updater.device,
    agent: context.agent,
    bytes: context.layout.bytes,
    laneWords: context.layout.block.bytes / 4,
    depth: 1,
    iterate: async () => {
      const { next, metrics } = iterate(context, state, updater);
      state = next;
      return metrics;
    },
    state: async () => ({ ...state, ...copyArrays(context) }),
    observations: async (count) => {
      const columns = Object.keys(options.world.observations).map((name) => readField(context.placed, "o", name));
      return Array.from({ length: Math.min(count, options.ppo.numEnvs) }, (_, lane) => columns.map((column) => column[lane]!));
    },
    restore: (saved) => {
      state = saved;
      restoreArrays(context, saved);
    },
    dispose: () => {
      updater.dispose();
      return context.device.dispose();
    },
  };
}

/** Streams of policy noise per lane of a market: more than any action needs. */
const NOISE_STREAMS = 256;

type Progress = Pick<
  LearnerState,
  "iteration" | "envSteps" | "clock" | "updates" | "observationMoments" | "hiddenMoments" | "gainMoments"
>;

async function createContext(options: LearnerOptions): Promise<LearnerContext> {
  const { ppo, numThreads, relaxed } = options;
  const { programs, agent } = planLearning(options);
  const sizes = {
    numEnvs: ppo.numEnvs,
    numSteps: ppo.numSteps,
    decisionInterval: ppo.decisionInterval,
    minibatchSize: (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches,
    numThreads,
  };
  const layout = planLearner(programs, agent, sizes);
  const stages = stagePrograms(programs, layout);
  if (relaxed) allowRelaxedSimd();
  const modules = STAGES.map((name) => {
    const { program, capacity } = stages[name];
    return new WebAssembly.Module(emitWasm(program, { capacity, relaxed }) as BufferSource);
  });
  const memory = reserve(layout.bytes, ppo);
  const device = await createDevice({ memory, modules, numThreads, relaxed });
  const { buffer } = memory;
  return {
    options,
    programs,
    agent,
    layout,
    jobs: learnerJobs(programs, agent, layout, sizes, ppo),
    device,
    placed: { block: layout.block, start: layout.lanes, buffer },
    f32: (address, length) => new Float32Array(buffer, address, length),
    f64: (address, length) => new Float64Array(buffer, address, length),
  };
}

const PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
const MOST_PAGES = 65_536;

function reserve(bytes: number, { numEnvs, numSteps }: LearnerOptions["ppo"]): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > MOST_PAGES) {
    throw new UserError(
      "E_WASM_MEMORY",
      `numEnvs=${numEnvs} with numSteps=${numSteps} takes ${bytes} bytes, and a WebAssembly memory has at most 4 GiB`,
      "use fewer numEnvs or numSteps, or --device webgpu",
    );
  }
  return new WebAssembly.Memory({ initial: pages, maximum: MOST_PAGES, shared: true });
}

function freshProgress({ programs }: LearnerContext): Progress {
  const { o, v } = programs.lane.records;
  return {
    iteration: 0,
    envSteps: 0,
    clock: 0,
    updates: 0,
    observationMoments: emptyMoments(Object.keys(o.fields).length),
    hiddenMoments: emptyMoments(Object.keys(v.fields).length),
    gainMoments: emptyMoments(2),
  };
}

/** Weights, network tables and the first state of all lanes, spread over the horizon so that episodes do not end together. */
function initialise(context: LearnerContext): void {
  const { agent, layout, options, placed, jobs, device } = context;
  const params = initAgent(agent, { actorHead: 0.01, criticHead: 1 }, options.ppo.logStdInit, options.random);
  startAtPresent(params, context);
  context.f32(layout.params, agent.parameterCount).set(params);
  for (const [address, network] of [
    [layout.actorTable, agent.actor],
    [layout.criticTable, agent.critic],
  ] as const) {
    const table = networkTable(network);
    new Int32Array(placed.buffer, address, table.length).set(table);
  }
  writeControls(context, 0);
  const group = options.ppo.marketGroup;
  writeField(placed, "l", "episode", (lane) => Math.floor(lane / group), true);
  writeField(placed, "l", "noise", (lane) => (lane % group) * NOISE_STREAMS, true);
  for (const { value, name } of startParams(context)) writeField(placed, "p", name, () => value);
  device.run(jobs.reset, layout.block.numChunks);
  const { numEnvs } = options.ppo;
  writeField(placed, "l", "day", (lane) => Math.floor((Math.floor(lane / group) * group * options.horizon) / numEnvs), true);
}

/** The untrained policy asks for what is in force at the start: learning departs from today's values, not from the middle. */
function startAtPresent(params: Float32Array, { agent, options }: LearnerContext): void {
  const { actions } = options.world;
  if (actions.kind !== "continuous") return;
  const head = agent.actor.layers.at(-1)!;
  for (const [i, { low, high, start }] of Object.values(actions.fields).entries()) {
    params[agent.actorOffset + head.bias + i] = (2 * (start - low)) / (high - low) - 1;
  }
}

/** Varying parameters that a scenario, but not the training distribution, changes keep their preset's value. */
function startParams({ options, programs }: LearnerContext): { readonly name: string; readonly value: number }[] {
  const stored = layoutRecord(programs.lane.records.p).slots.keys();
  return [...stored].map((name) => ({ name, value: options.lane.params[name]! }));
}

function writeControls({ options, layout, programs, placed }: LearnerContext, clock: number): void {
  const control = controlOf(options);
  const { numSteps, decisionInterval } = options.ppo;
  for (let step = 0; step < numSteps * decisionInterval; step++) {
    const address = layout.control + step * layout.controlBytes;
    const values = { ...control, noiseDay: noiseDay(options.ppo, clock + step) };
    writeControl(placed.buffer, address, programs.lane.records.c, values, clock + step, options.world);
  }
}

function iterate(
  context: LearnerContext,
  state: Progress,
  updater: Updater,
): { readonly next: Progress; readonly metrics: IterationMetrics } {
  const { ppo } = context.options;
  writeControls(context, state.clock);
  writeScaling(context, state);
  const sums = collect(context);
  if (!isWhole(context, sums)) throw notFinite(context, state.iteration);
  const warmUp = state.iteration === 0 && ppo.normalizeObservation;
  const update = warmUp ? undefined : updatePolicy(context, state, updater);
  const decisions = ppo.numEnvs * ppo.numSteps;
  const steps = decisions * ppo.decisionInterval;
  const numObservations = state.observationMoments.mean.length;
  const next: Progress = {
    iteration: state.iteration + 1,
    envSteps: state.envSteps + steps,
    clock: state.clock + ppo.numSteps * ppo.decisionInterval,
    updates: update?.updates ?? state.updates,
    observationMoments: mergeMoments(state.observationMoments, decisions, sums.observation, sums.observationSquares),
    hiddenMoments: mergeMoments(
      state.hiddenMoments,
      decisions,
      sums.observation.subarray(numObservations),
      sums.observationSquares.subarray(numObservations),
    ),
    gainMoments: mergeMoments(state.gainMoments, steps, sums.gain, sums.gainSquares),
  };
  return { next, metrics: { ...readRollout(context, sums, next), ...(update?.metrics ?? NO_UPDATE) } };
}

const NO_UPDATE = {
  policyLoss: 0,
  valueLoss: 0,
  entropy: 0,
  approxKl: 0,
  clipFraction: 0,
  gradNorm: 0,
  learningRate: 0,
  epochs: 0,
};

/** The statistics of the iterations before; frozen while this one runs. */
function writeScaling(context: LearnerContext, { observationMoments, hiddenMoments, gainMoments }: Progress): void {
  const { ppo } = context.options;
  const { normalizer, scaling } = context.layout;
  const mean = [...observationMoments.mean, ...hiddenMoments.mean];
  const values = ppo.normalizeObservation
    ? [...mean, ...scaleOf(observationMoments), ...scaleOf(hiddenMoments)]
    : [...mean.map(() => 0), ...mean.map(() => 1)];
  context.f32(normalizer, values.length).set(values);
  const rewardScale = ppo.normalizeReward ? scaleOf(gainMoments)[0]! : 1;
  const rewardMean = ppo.centerReward ? gainMoments.mean[1]! : 0;
  context.f32(scaling, 5).set([rewardScale, rewardMean, ppo.clipReward, ppo.gamma, ppo.gamma ** ppo.decisionInterval]);
}

function collect(context: LearnerContext): RolloutSums {
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

function copyArrays(context: LearnerContext): Pick<LearnerState, "params" | "firstMoment" | "secondMoment" | "lanes"> {
  const { agent, layout, placed } = context;
  const copy = (address: number) => context.f32(address, agent.parameterCount).slice();
  return {
    params: copy(layout.params),
    firstMoment: copy(layout.firstMoment),
    secondMoment: copy(layout.secondMoment),
    lanes: new Uint32Array(placed.buffer, layout.lanes, layout.block.bytes / 4).slice(),
  };
}

function restoreArrays(context: LearnerContext, state: LearnerState): void {
  const { agent, layout, placed } = context;
  context.f32(layout.params, agent.parameterCount).set(state.params);
  context.f32(layout.firstMoment, agent.parameterCount).set(state.firstMoment);
  context.f32(layout.secondMoment, agent.parameterCount).set(state.secondMoment);
  new Uint32Array(placed.buffer, layout.lanes, layout.block.bytes / 4).set(state.lanes);
}
