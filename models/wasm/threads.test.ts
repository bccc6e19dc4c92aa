import { expect, test } from "vitest";
import { createControl, finishChunk } from "./control.js";
import { waitUntilDone } from "./threads.js";

test("a pause of the whole process, however long, is waited out", () => {
  const control = createControl();
  const waits: number[] = [];
  // Two waits end late, as after SIGSTOP or a closed lid; then the workers go on.
  const wait = (_words: Int32Array, _index: number, _value: number, ms: number) => {
    waits.push(ms);
    if (waits.length > 2) finishChunk(control);
    return waits.length > 2 ? "ok" : "timed-out";
  };
  expect(waitUntilDone(control, 2, 60_000, wait)).toBeUndefined();
  expect(waits).toEqual([1000, 1000, 1000, 1000]);
});

test("a worker that does nothing for the whole time is taken for lost; one that works now and then is not", () => {
  const control = createControl();
  let waits = 0;
  const silent = () => {
    waits++;
    return "timed-out";
  };
  expect(waitUntilDone(control, 2, 60_000, silent)?.message).toBe(
    "a worker thread has stopped working: 0 of 2 chunks are done",
  );
  expect(waits).toBe(60);
  waits = 0;
  const slow = () => {
    waits++;
    if (waits % 50 === 0) finishChunk(control);
    return "timed-out";
  };
  expect(waitUntilDone(control, 3, 60_000, slow)).toBeUndefined();
  expect(waits).toBe(150);
});
