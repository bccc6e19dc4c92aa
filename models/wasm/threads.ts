import { Worker } from "node:worker_threads";
import { claimChunk, createControl, fail, finishChunk, STOP, takeFailure, WORD } from "./control.js";
import { compileJob } from "./interpreter.js";
import type { Job } from "./plan.js";

/** Looks at the shared word this often before it sleeps. */
const SPINS = 50_000;
/** No chunk of any job takes this long, of time in which this process is awake. */
const STALL_MS = 60_000;
/** The waiting is done in so many parts: a pause of the whole process, however long, takes up one of them. */
const PARTS = 60;

interface Threads {
  /**
   * Runs a job on chunks 0..numChunks-1, on the calling thread and the workers, and returns when all are done.
   * @throws Error for a trap in a call or a lost worker; the chunks that had not started are then left out
   */
  run(job: Job, numChunks: number): void;
  /** Ends the workers. */
  dispose(): Promise<void>;
}

interface ThreadOptions {
  readonly memory: WebAssembly.Memory;
  readonly modules: readonly WebAssembly.Module[];
  /** Instances of the modules for the calling thread. */
  readonly instances: readonly WebAssembly.Instance[];
  /** 1 creates no worker. */
  readonly numThreads: number;
  /** If no chunk has been finished for so long while the process was awake, a worker is taken for lost; default 60,000. */
  readonly stallMs?: number;
}

export async function createThreads(options: ThreadOptions): Promise<Threads> {
  const { memory, instances, stallMs = STALL_MS } = options;
  const control = createControl();
  const pool = startWorkers(options, control);
  await untilReady(pool, control);
  const jobs = new Map<Job, { readonly id: number; readonly run: (chunk: number) => void }>();
  const prepare = (job: Job) => {
    const prepared = { id: jobs.size, run: compileJob(job, instances, memory, 0) };
    for (const worker of pool.workers) worker.postMessage(job);
    jobs.set(job, prepared);
    return prepared;
  };

  return {
    run(job, numChunks) {
      if (pool.broken) throw pool.broken;
      const { id, run } = jobs.get(job) ?? prepare(job);
      if (numChunks === 0) return;
      startJob(control, id, numChunks);
      work(control, run);
      pool.broken = waitUntilDone(control, numChunks, stallMs);
      const failure = takeFailure(control);
      if (failure !== undefined) throw new Error(`job ${job.name}: ${failure}`);
      if (pool.broken) throw pool.broken;
    },
    dispose: () => stop(pool, control),
  };
}

interface Pool {
  readonly workers: readonly Worker[];
  /** Why no job can run any more. */
  broken: Error | undefined;
}

function startWorkers({ memory, modules, numThreads }: ThreadOptions, control: Int32Array): Pool {
  const workers: Worker[] = [];
  const pool: Pool = { workers, broken: undefined };
  for (let thread = 1; thread < numThreads; thread++) {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { workerData: { memory, modules, control, thread } });
    worker.on("error", (error: Error) => {
      pool.broken ??= new Error(`worker thread ${thread} failed: ${error.message}`, { cause: error });
    });
    worker.on("exit", () => {
      pool.broken ??= new Error(`worker thread ${thread} ended`);
    });
    workers.push(worker);
  }
  return pool;
}

async function untilReady(pool: Pool, control: Int32Array): Promise<void> {
  while (Atomics.load(control, WORD.ready) < pool.workers.length) {
    if (pool.broken) {
      const reason = pool.broken;
      await stop(pool, control);
      throw reason;
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // An idle device does not keep the process alive.
  for (const worker of pool.workers) worker.unref();
}

async function stop(pool: Pool, control: Int32Array): Promise<void> {
  pool.broken ??= new Error("the device has been disposed of");
  Atomics.store(control, WORD.remaining, STOP);
  Atomics.notify(control, WORD.remaining);
  await Promise.all(pool.workers.map((worker) => worker.terminate()));
}

function startJob(control: Int32Array, id: number, numChunks: number): void {
  Atomics.store(control, WORD.job, id);
  Atomics.store(control, WORD.chunks, numChunks);
  Atomics.store(control, WORD.done, 0);
  // Last: this lets the workers in.
  Atomics.store(control, WORD.remaining, numChunks);
  Atomics.notify(control, WORD.remaining);
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

/**
 * Waits for the workers, and on while the whole process is stopped or the machine sleeps: a wait that then ends late counts no more
 * than one that ends in time.
 * @param wait as Atomics.wait; tests put another in its place
 * @returns why a worker is taken for lost
 */
export function waitUntilDone(
  control: Int32Array<SharedArrayBuffer>,
  numChunks: number,
  stallMs: number,
  wait: (typed: Int32Array<SharedArrayBuffer>, index: number, value: number, ms: number) => string = Atomics.wait,
): Error | undefined {
  for (let spin = 0; spin < SPINS; spin++) if (Atomics.load(control, WORD.done) === numChunks) return undefined;
  for (let [last, parts] = [-1, 0]; ; ) {
    const done = Atomics.load(control, WORD.done);
    if (done === numChunks) return undefined;
    if (done !== last) [last, parts] = [done, 0];
    if (wait(control, WORD.done, done, stallMs / PARTS) === "timed-out") parts++;
    if (parts < PARTS) continue;
    return new Error(`a worker thread has stopped working: ${done} of ${numChunks} chunks are done`);
  }
}
