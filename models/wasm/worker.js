// @ts-check
/**
 * A worker thread of the CPU device. Plain JavaScript, so that it runs unbuilt. It receives jobs as messages, which it reads
 * synchronously when it first holds a chunk of one, and work through the control words.
 */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { claimChunk, fail, finishChunk, STOP, WORD } from "./control.js";
import { compileJob, instantiate } from "./interpreter.js";

/** Looks at the control word this often (some 100 us) before it sleeps: a training step has many short jobs. */
const SPINS = 50_000;

/** @type {{ modules: WebAssembly.Module[]; memory: WebAssembly.Memory; control: Int32Array; thread: number }} */
const { modules, memory, control, thread } = workerData;
const instances = instantiate(modules, memory);
/** @type {((chunk: number) => void)[]} */
const jobs = [];
let holdsChunk = false;

// Leaving with a chunk in hand must not leave the main thread waiting for it.
process.on("exit", () => {
  if (!holdsChunk) return;
  fail(control, `worker thread ${thread} ended in the middle of a job`);
  finishChunk(control);
});

Atomics.add(control, WORD.ready, 1);
Atomics.notify(control, WORD.ready);
while (waitForWork()) work();

/** @returns {boolean} false when it is time to leave */
function waitForWork() {
  for (;;) {
    for (let spin = 0; spin < SPINS; spin++) {
      const remaining = Atomics.load(control, WORD.remaining);
      if (remaining !== 0) return remaining !== STOP;
    }
    Atomics.wait(control, WORD.remaining, 0);
  }
}

function work() {
  for (let chunk = claimChunk(control); chunk >= 0; chunk = claimChunk(control)) {
    holdsChunk = true;
    if (Atomics.load(control, WORD.failed) === 0) runChunk(chunk);
    holdsChunk = false;
    finishChunk(control);
  }
}

/** @param {number} chunk */
function runChunk(chunk) {
  try {
    jobOf(Atomics.load(control, WORD.job))(chunk);
  } catch (error) {
    fail(control, `chunk ${chunk} on worker thread ${thread}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * @param {number} id
 * @returns {(chunk: number) => void}
 */
function jobOf(id) {
  for (;;) {
    const job = jobs[id];
    if (job) return job;
    // The main thread posts a job before it starts it.
    const received = parentPort ? receiveMessageOnPort(parentPort) : undefined;
    if (!received) throw new Error(`job ${id} has not arrived`);
    jobs.push(compileJob(received.message, instances, memory, thread));
  }
}
