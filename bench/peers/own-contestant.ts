import { createLearner } from "../../agents/ppo/wasm/wasm-learner.js";
import type { Economy } from "../../env/economy.js";
import type { LaneDevice } from "../../env/lane/memory.js";
import { learnerOptions } from "../learner-parts.js";
import { laneStepper, STEPS } from "../simulation.js";
import type { Contestant, WorkWindow } from "./contestant.js";
import type { TrainingSizes } from "./matches.js";

const NODE = { node: process.versions.node };
const WARM_UPS = 2;

/** Flyball's PPO on the CPU, a decision and so a sample in every step, as the peers do it. */
export async function ownTraining(economy: Economy, sizes: TrainingSizes, threads: number): Promise<Contestant> {
  const { envs: numEnvs, steps: numSteps, epochs: updateEpochs, minibatches: numMinibatches, hidden } = sizes;
  const changes = { numEnvs, numSteps, updateEpochs, numMinibatches, hidden, decisionInterval: 1 };
  const started = performance.now();
  const learner = await createLearner(learnerOptions(economy, threads, changes));
  for (let i = 0; i < WARM_UPS; i++) await learner.iterate();
  return {
    name: "flyball",
    device: `wasm, ${threads} threads`,
    versions: NODE,
    warmUpSeconds: (performance.now() - started) / 1000,
    window: (seconds) =>
      workFor(seconds, async () => {
        await learner.iterate();
        return numEnvs * numSteps;
      }),
    close: () => learner.dispose(),
  };
}

/** Lanes that a rollout advances together, so that they stay in the core's cache. */
const CHUNK = 256;

/** Flyball's lanes on one core, chunk by chunk as in a rollout. */
export async function ownSimulation(economy: Economy, lanes: number, device: LaneDevice): Promise<Contestant> {
  const started = performance.now();
  const chunks = Array.from({ length: lanes / CHUNK }, () => laneStepper(economy, device, CHUNK));
  for (let i = 0; i < 10; i++) for (const advance of chunks) advance();
  return {
    name: device === "js" ? "flyball, float64 loop" : "flyball",
    device: `${device}, one thread`,
    versions: NODE,
    warmUpSeconds: (performance.now() - started) / 1000,
    window: (seconds) =>
      workFor(seconds, async () => {
        for (const advance of chunks) advance();
        return lanes * STEPS;
      }),
    close: async () => undefined,
  };
}

/** @param work makes some steps and says how many */
async function workFor(seconds: number, work: () => Promise<number>): Promise<WorkWindow> {
  const started = performance.now();
  let envSteps = 0;
  for (;;) {
    envSteps += await work();
    const elapsed = (performance.now() - started) / 1000;
    if (elapsed >= seconds) return { envSteps, seconds: elapsed };
  }
}
