// @ts-check
/**
 * The words that the main thread and the workers share besides the WASM memory. Plain JavaScript, so that a worker runs it
 * unbuilt.
 */

/** Index of each word; those written often lie on cache lines of their own. */
export const WORD = { remaining: 0, done: 16, failed: 32, job: 48, chunks: 49, ready: 50, messageLength: 51 };

/** Value of `remaining` that tells the workers to leave. */
export const STOP = -1;

const MESSAGE_AT = 256;
const MESSAGE_BYTES = 1024;

export function createControl() {
  return new Int32Array(new SharedArrayBuffer(MESSAGE_AT + MESSAGE_BYTES));
}

/**
 * Claims a chunk of the current job. Whoever holds a claim may read `job` and `chunks`: the main thread changes them only when
 * all chunks are done.
 * @param {Int32Array} control
 * @returns {number} the chunk, -1 if none is left
 */
export function claimChunk(control) {
  for (;;) {
    const remaining = Atomics.load(control, WORD.remaining);
    if (remaining <= 0) return -1;
    if (Atomics.compareExchange(control, WORD.remaining, remaining, remaining - 1) !== remaining) continue;
    return Atomics.load(control, WORD.chunks) - remaining;
  }
}

/** @param {Int32Array} control */
export function finishChunk(control) {
  Atomics.add(control, WORD.done, 1);
  Atomics.notify(control, WORD.done);
}

/**
 * Records a failure; the first one wins. The chunks that are left are then dropped.
 * @param {Int32Array} control
 * @param {string} message
 */
export function fail(control, message) {
  if (Atomics.compareExchange(control, WORD.failed, 0, 1) !== 0) return;
  const text = new TextEncoder().encode(message).subarray(0, MESSAGE_BYTES);
  new Uint8Array(control.buffer, MESSAGE_AT, text.length).set(text);
  Atomics.store(control, WORD.messageLength, text.length);
}

/**
 * The failure of the job that has just ended, and forgets it.
 * @param {Int32Array} control
 * @returns {string | undefined}
 */
export function takeFailure(control) {
  if (Atomics.load(control, WORD.failed) === 0) return undefined;
  // Copied: TextDecoder does not read shared memory everywhere.
  const text = new Uint8Array(control.buffer, MESSAGE_AT, Atomics.load(control, WORD.messageLength)).slice();
  Atomics.store(control, WORD.failed, 0);
  return new TextDecoder().decode(text);
}
