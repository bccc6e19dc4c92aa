import { UserError } from "../../core/errors.js";
import { instantiate } from "./interpreter.js";
import { compileKernels, type Kernels, kernelsIn } from "./kernels.js";
import type { Job } from "./plan.js";
import { createThreads } from "./threads.js";

/** The CPU device: kernels, compiled stages and threads on one shared memory. Created and disposed of in one place. */
export interface Device {
  readonly memory: WebAssembly.Memory;
  readonly numThreads: number;
  /** For calls on the calling thread. */
  readonly kernels: Kernels;
  /** Exports of the stage modules, in their order. In a {@link Job} stage i is instance i + 1. */
  readonly stages: readonly WebAssembly.Exports[];
  /**
   * Runs a job on chunks 0..numChunks-1 and returns when all are done. The bits written do not depend on the number of threads.
   * @throws Error for a trap in a call or a lost worker
   */
  run(job: Job, numChunks: number): void;
  /** Ends the workers. The device cannot be used afterwards. */
  dispose(): Promise<void>;
}

export interface DeviceOptions {
  /** Shared; large enough for everything the jobs address. */
  readonly memory: WebAssembly.Memory;
  /** Compiled stages; each imports the memory and nothing else. */
  readonly modules?: readonly WebAssembly.Module[];
  /** Threads that work, the calling one included; default 1. */
  readonly numThreads?: number;
  /** Fused multiply-add; default false. */
  readonly relaxed?: boolean;
}

const MAX_THREADS = 256;

/** @throws UserError E_THREADS for an impossible number of threads */
export async function createDevice(options: DeviceOptions): Promise<Device> {
  const { memory, numThreads = 1, relaxed = false } = options;
  if (!Number.isInteger(numThreads) || numThreads < 1 || numThreads > MAX_THREADS) {
    throw new UserError(
      "E_THREADS",
      `number of threads is ${numThreads}, allowed are whole numbers from 1 to ${MAX_THREADS}`,
      "the number of cores is a good choice",
    );
  }
  const modules = [compileKernels({ relaxed }), ...(options.modules ?? [])];
  const instances = instantiate(modules, memory);
  const threads = await createThreads({ memory, modules, instances, numThreads });
  return {
    memory,
    numThreads,
    kernels: kernelsIn(instances[0]!),
    stages: instances.slice(1).map((instance) => instance.exports),
    run: threads.run,
    dispose: threads.dispose,
  };
}
