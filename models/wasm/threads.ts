import { Worker } from "node:worker_threads";
import { claimChunk, createControl, fail, finishChunk, STOP, takeFailure, WORD } from "./control.js";
import { compileJob } from "./interpreter.js";
import type { Job } from "./plan.js";

/** Looks at the shared word this often before it sleeps. */
const SPINS = 50_000;
/** No chunk of any job takes this long. */
const STALL_MS = 60_000;

export interface Threads {
  /**
   * Runs a job on chunks 0..numChunks-1, on the calling thread and the workers, and returns when all are done.
   * @throws Error for a trap in a call or a lost worker; the chunks that had not started are then left out
   */
  run(job: Job, numChunks: number): void;
  /** Ends the workers. */
  dispose(): Promise<void>;
}

export interface ThreadOptions {
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly WebAssembly.Module[];
  /** Instances of the modules for the calling thread. */
  readonly instances: readonly WebAssembly.Instance[];
  /** 1 creates no worker. */
  readonly numThreads: number;
  /** If no chunk has been finished for so long, a worker is taken for lost; default 60,000. */
  readonly stallMs?: number;
}

export async function createThreads(options: ThreadOptions): Promise<Threads> {
  const { memory, modules, instances, numThreads, stallMs = STALL_MS } = options;
  const control = createControl();
  let broken: Error | undefined;
  const workers = Array.from({ length: numThreads - 1 }, (_, index) => {
    const workerData = { memory, modules, control, thread: index + 1 };
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData });
    worker.on("error", (error: Error) => {
      broken ??= new Error(`worker thread ${index + 1} failed: ${error.message}`, { cause: error });
    });
    worker.on("exit", () => {
      broken ??= new Error(`worker thread ${index + 1} ended`);
    });
    return worker;
  });
  const stop = async (): Promise<void> => {
    broken ??= new Error("the device has been disposed of");
    Atomics.store(control, WORD.remaining, STOP);
    Atomics.notify(control, WORD.remaining);
    await Promise.all(workers.map((worker) => worker.terminate()));
  };

  while (Atomics.load(control, WORD.ready) < workers.length) {
    if (broken) {
      await stop();
      throw broken;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // An idle device does not keep the process alive.
  for (const worker of workers) worker.unref();

  const jobs = new Map<Job, { readonly id: number; readonly run: (chunk: number) => void }>();
  const prepare = (job: Job) => {
    const prepared = { id: jobs.size, run: compileJob(job, instances, memory, 0) };
    for (const worker of workers) worker.postMessage(job);
    jobs.set(job, prepared);
    return prepared;
  };

  return {
    run(job, numChunks) {
      if (broken) throw broken;
      const { id, run } = jobs.get(job) ?? prepare(job);
      if (numChunks === 0) return;
      Atomics.store(control, WORD.job, id);
      Atomics.store(control, WORD.chunks, numChunks);
      Atomics.store(control, WORD.done, 0);
      Atomics.store(control, WORD.remaining, numChunks);
      if (workers.length > 0) Atomics.notify(control, WORD.remaining);
      work(control, run);
      broken = waitUntilDone(control, numChunks, stallMs);
      const failure = takeFailure(control);
      if (failure !== undefined) throw new Error(`job ${job.name}: ${failure}`);
      if (broken) throw broken;
    },
    dispose: stop,
  };
}

function work(control: Int32Array, run: (chunk: number) => void): void {
  for (let chunk = claimChunk(control); chunk >= 0; chunk = claimChunk(control)) {
    try {
      if (Atomics.load(control, WORD.failed) === 0) run(chunk);
    } catch (error) {
      fail(control, `chunk ${chunk} on the main thread: ${error instanceof Error ? error.message : error}`);
    }
    finishChunk(control);
  }
}

function waitUntilDone(control: Int32Array, numChunks: number, stallMs: number): Error | undefined {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, WORD.done) === numChunks) return undefined;
  for (;;) {
    const done = Atomics.load(control, WORD.done);
    if (done === numChunks) return undefined;
    if (Atomics.wait(control, WORD.done, done, stallMs) !== "timed-out") continue;
    return new Error(`a worker thread has stopped working: ${done} of ${numChunks} chunks are done`);
  }
}
