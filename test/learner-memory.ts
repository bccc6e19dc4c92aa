import type { LearnerOptions } from "../agents/ppo/context.js";
import type * as layoutModule from "../agents/ppo/layout.js";
import { STEP_RECORD } from "../agents/rollout/stages.js";
import { parseEnvOptions } from "../env/settings.js";
import type { World } from "../env/world.js";
import type * as deviceModule from "../models/wasm/device.js";
import { parseConfig } from "../train/config.js";

/**
 * Lets a test look into the memory of the learner created last. Put into the test file:
 * `vi.mock("../agents/ppo/layout.js", async (load) => watchLayout(await load()))` and the same for the device.
 */
export const seen = {} as {
  layout: layoutModule.LearnerLayout;
  buffer: ArrayBufferLike;
  /** Called before each job of the device. */
  beforeJob?: ((name: string) => void) | undefined;
};

export function watchLayout(real: typeof layoutModule): typeof layoutModule {
  const planLearner: typeof real.planLearner = (...args) => {
    seen.layout = real.planLearner(...args);
    return seen.layout;
  };
  return { ...real, planLearner };
}

export function watchDevice(real: typeof deviceModule): typeof deviceModule {
  const createDevice: typeof real.createDevice = async (options) => {
    const device = await real.createDevice(options);
    seen.buffer = options.memory.buffer;
    const run: typeof device.run = (job, numChunks) => {
      seen.beforeJob?.(job.name);
      device.run(job, numChunks);
    };
    return { ...device, run };
  };
  return { ...real, createDevice };
}

export const floatsAt = (address: number, length: number) => new Float32Array(seen.buffer, address, length).slice();

/** A field of the rollout's rows: [step][lane]. */
export function rowsOf(field: keyof typeof STEP_RECORD, numSteps: number): number[][] {
  const { block, rows, rowBytes, rowChunkBytes } = seen.layout;
  const offset = Object.keys(STEP_RECORD).indexOf(field as string) * block.capacity * 4;
  return Array.from({ length: numSteps }, (_, step) =>
    Array.from({ length: block.numChunks }, (_, chunk) => [
      ...floatsAt(rows + chunk * rowChunkBytes + step * rowBytes + offset, block.chunkLanes),
    ]).flat(),
  );
}

/** Rewards enter the rollout as the world pays them. */
export const RAW_REWARDS = { normalizeReward: false, centerReward: false, clipReward: 1e6 };

const SMALL = { numEnvs: 64, numSteps: 16, numMinibatches: 2, hidden: [16], decisionInterval: 1 };

/** Options of a small learner; settings that the configuration refuses, as a learning rate of 0, can go into `more`. */
export function learnerOptions(
  world: World,
  settings: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> & { readonly numThreads?: number } = {},
): LearnerOptions {
  const { numThreads = 1, ...ppo } = more;
  const config = { ...parseConfig({ ...SMALL, ...settings }), ...ppo };
  const { lane, horizon } = parseEnvOptions(world, {});
  let state = config.seed;
  // Any uniform numbers do for the weights.
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return { world, lane, horizon: config.horizon ?? horizon, ppo: config, numThreads, relaxed: false, random };
}
