import { expect, test } from "vitest";
import type { GpuContext } from "./gpu-context.js";
import { STATE_BUFFERS } from "./gpu-layout.js";
import { readState } from "./gpu-state.js";

/** A learner of 1 MB for each part of its state, on a device whose scopes end with these errors, the inner one first. */
function standIn(errors: ({ readonly message: string } | null)[]) {
  const alive = new Map<object, number>();
  let submissions = 0;
  const createBuffer = ({ size }: { size: number }) => {
    const buffer = { destroy: () => alive.delete(buffer), mapAsync: () => Promise.reject(new Error("not reached")) };
    alive.set(buffer, size);
    return buffer;
  };
  const device = {
    createBuffer,
    pushErrorScope: () => {},
    popErrorScope: async () => errors.shift() ?? null,
    createCommandEncoder: () => ({ copyBufferToBuffer: () => {}, finish: () => ({}) }),
    queue: { submit: () => submissions++ },
  };
  const sizes = Object.fromEntries(STATE_BUFFERS.map((name) => [name, 2 ** 20]));
  const context = { gpu: { device }, buffers: {}, layout: { buffers: sizes } } as unknown as GpuContext;
  return { context, alive, submissions: () => submissions };
}

const PROGRESS = { iteration: 1, envSteps: 64, clock: 1, updates: 1 };

test("a state that no memory is left for to read through is a matter of memory, and what was taken is given back", async () => {
  const { context, alive, submissions } = standIn([{ message: "out of memory" }, { message: "a buffer is invalid" }]);
  const read = readState(context, PROGRESS);
  // At once, so that nothing that is asked for later changes the state before it is copied; no part lies with another.
  expect(submissions()).toBe(1);
  expect([...alive.values()]).toEqual(STATE_BUFFERS.map(() => 2 ** 20));
  await expect(read).rejects.toMatchObject({
    code: "E_WEBGPU_MEMORY",
    message: expect.stringContaining("the GPU has no memory left for the 5"),
  });
  expect(alive.size).toBe(0);
});

test("a read that is refused for another reason is told with the device's words", async () => {
  const { context } = standIn([null, { message: "a buffer is invalid" }]);
  await expect(readState(context, PROGRESS)).rejects.toThrow("the GPU refused a read: a buffer is invalid");
});
