import seedrandom from "seedrandom";
import { policyHead } from "../agents/policy/head.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import type { LearnerContext, LearnerOptions } from "../agents/ppo/context.js";
import { learnerJobs, STAGES, stagePrograms } from "../agents/ppo/jobs.js";
import { planLearner } from "../agents/ppo/layout.js";
import { buildLossProgram, buildStepPrograms } from "../agents/ppo/programs.js";
import type { LearnerState } from "../agents/ppo/state.js";
import { writeControl } from "../agents/rollout/control.js";
import { buildPolicyPrograms } from "../agents/rollout/policy-programs.js";
import { buildLanePrograms } from "../agents/rollout/programs.js";
import { emitWasm } from "../compiler/wasm/emit-wasm.js";
import { stream } from "../core/random.js";
import type { Economy } from "../env/economy.js";
import { parseEnvOptions } from "../env/settings.js";
import { scaleOf } from "../models/normalizer.js";
import { networkTable } from "../models/spec.js";
import { createDevice } from "../models/wasm/device.js";
import { parseConfig } from "../train/config.js";

/** So that the learning rate is not lowered to nothing while the clock runs. */
const ENDLESS = 1e12;

/** A learner as `flyball train` makes it with the default configuration, but for `changes`. */
export function learnerOptions(
  economy: Economy,
  numThreads: number,
  changes: Readonly<Record<string, unknown>> = {},
): LearnerOptions {
  const config = parseConfig(changes);
  const { lane, horizon } = parseEnvOptions(economy, {});
  const { relaxed, seed } = config;
  return {
    world: economy,
    lane,
    horizon,
    ppo: { ...config, totalSteps: ENDLESS },
    numThreads,
    relaxed,
    random: seedrandom(`weights ${seed}`),
  };
}

/**
 * The parts of a learner laid open, on one thread, in the middle of a run: jobs and kernels can be called and timed one by one.
 * The memory holds a finished rollout, ready for updates.
 */
export async function openLearner(options: LearnerOptions, state: LearnerState): Promise<LearnerContext> {
  const context = await placeParts(options);
  const { agent, layout, f32 } = context;
  const { buffer } = context.placed;
  f32(layout.params, agent.parameterCount).set(state.params);
  f32(layout.firstMoment, agent.parameterCount).set(state.firstMoment);
  f32(layout.secondMoment, agent.parameterCount).set(state.secondMoment);
  new Uint32Array(buffer, layout.lanes, layout.block.bytes / 4).set(state.lanes);
  for (const [address, network] of [
    [layout.actorTable, agent.actor],
    [layout.criticTable, agent.critic],
  ] as const) {
    const table = networkTable(network);
    new Int32Array(buffer, address, table.length).set(table);
  }
  const moments = [state.observationMoments, state.hiddenMoments];
  const scaling = [...moments.flatMap(({ mean }) => mean), ...moments.flatMap(scaleOf)];
  f32(layout.normalizer, scaling.length).set(scaling);
  const { gamma, decisionInterval } = options.ppo;
  f32(layout.scaling, 3).set([scaleOf(state.gainMoments)[0]!, gamma, gamma ** decisionInterval]);
  writeControls(context, state.clock);
  const { collect, bootstrap, link, advantages, store } = context.jobs;
  for (const job of [collect, bootstrap, link, advantages, store]) context.device.run(job, layout.block.numChunks);
  return context;
}

async function placeParts(options: LearnerOptions): Promise<LearnerContext> {
  const { world, ppo, relaxed } = options;
  const head = policyHead(world);
  const lane = buildLanePrograms(world, options.lane, true);
  const programs = {
    lane,
    policy: buildPolicyPrograms(lane.records, head),
    step: buildStepPrograms(lane.records),
    loss: buildLossProgram(head, ppo),
  };
  const agent = planPolicy(world, ppo);
  const minibatchSize = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  const { numEnvs, numSteps, decisionInterval } = ppo;
  const sizes = { numEnvs, numSteps, decisionInterval, minibatchSize, numThreads: 1 };
  const layout = planLearner(programs, agent, sizes);
  const stages = stagePrograms(programs, layout);
  const modules = STAGES.map((name) => {
    const { program, capacity } = stages[name];
    return new WebAssembly.Module(emitWasm(program, { capacity, relaxed }));
  });
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.bytes / 65_536), maximum: 65_536, shared: true });
  const { buffer } = memory;
  return {
    options: { ...options, numThreads: 1 },
    programs,
    agent,
    layout,
    jobs: learnerJobs(programs, agent, layout, sizes, ppo),
    device: await createDevice({ memory, modules, numThreads: 1, relaxed }),
    placed: { block: layout.block, start: layout.lanes, buffer },
    f32: (address, length) => new Float32Array(buffer, address, length),
    f64: (address, length) => new Float64Array(buffer, address, length),
  };
}

function writeControls({ options, layout, programs, placed }: LearnerContext, clock: number): void {
  const { ppo, horizon, world } = options;
  const control = {
    seed: ppo.seed,
    market: stream("market", "train"),
    scenario: stream("scenario", "train"),
    reset: stream("reset", "train"),
    policy: stream("policy", "train"),
    numLanes: ppo.numEnvs / ppo.marketGroup,
    randomise: 1,
    autoreset: 1,
    horizon,
  };
  const { numSteps, noiseHold, decisionInterval } = ppo;
  for (let step = 0; step < numSteps * decisionInterval; step++) {
    const values = { ...control, noiseDay: Math.floor((clock + step) / (noiseHold * decisionInterval)) };
    const address = layout.control + step * layout.controlBytes;
    writeControl(placed.buffer, address, programs.lane.records.c, values, clock + step, world);
  }
}
