import type * as layoutModule from "../../agents/ppo/wasm/memory-layout.js";
import { STEP_RECORD } from "../../agents/rollout/stages.js";
import type * as deviceModule from "../../models/wasm/device.js";

/**
 * Lets a test look into the memory of the learner created last. Put into the test file:
 * `vi.mock("./memory-layout.js", async (load) => (await import("../../../test/support/watch-memory.js")).watchLayout(await load()))` and the same
 * for the device. This file imports nothing that leads to either.
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
