import { describe, expect, onTestFinished, test } from "vitest";
import { UserError } from "../../core/errors.js";
import { BLOCK_SAMPLES, networkTable, planNetwork } from "../spec.js";
import { createDevice, type DeviceOptions } from "./device.js";
import { instantiate } from "./interpreter.js";
import { compileKernels } from "./kernels.js";
import type { Job } from "./plan.js";
import { createThreads } from "./threads.js";

const OUT_OF_BOUNDS = 0x7ffffff0;

function sharedMemory(pages = 64): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

async function deviceFor(options: Partial<DeviceOptions> = {}) {
  const device = await createDevice({ memory: sharedMemory(), ...options });
  onTestFinished(() => device.dispose());
  return device;
}

function floatsAt(memory: WebAssembly.Memory, at: number, count: number): number[] {
  return [...new Float32Array(memory.buffer, at, count)];
}

/** Gradient of a 20-64-64-3 network on 32 chunks of 64 samples, reduced in chunk order. */
async function gradientWith(numThreads: number): Promise<Float32Array> {
  const device = await deviceFor({ numThreads });
  const plan = planNetwork({ inputs: 20, hidden: [64, 64], outputs: 3, activation: "tanh" }, "net");
  const [chunks, samples] = [32, 32 * BLOCK_SAMPLES];
  const bytes = plan.parameterCount * 4;
  const spec = 1024;
  const params = 4096;
  const x = params + bytes;
  const y = x + 20 * samples * 4;
  const grads = y + 3 * samples * 4;
  const scratch = grads + chunks * bytes;
  const buffer = device.memory.buffer;
  new Int32Array(buffer, spec, 25).set(networkTable(plan));
  new Float32Array(buffer, params, plan.parameterCount).forEach((_, i, a) => {
    a[i] = Math.sin(i) * 0.3;
  });
  new Float32Array(buffer, x, 20 * samples).forEach((_, i, a) => {
    a[i] = Math.cos(i * 1.7);
  });
  const ofChunk = (base: number) => ({ base, perChunk: BLOCK_SAMPLES * 4 });
  const ownScratch = { base: scratch, perThread: plan.scratchCount * 4 };
  const grad = { base: grads, perChunk: bytes };
  const n = BLOCK_SAMPLES;
  const job: Job = {
    name: "gradient",
    calls: [
      { instance: 0, export: "fill", args: [grad, plan.parameterCount, 0] },
      { instance: 0, export: "forward", args: [spec, params, ofChunk(x), samples, n, ofChunk(y), samples, ownScratch] },
      // The derivative of half the squared output is the output.
      { instance: 0, export: "backward", args: [spec, params, ofChunk(x), samples, n, ofChunk(y), samples, grad, ownScratch] },
    ],
  };
  for (let round = 0; round < 3; round++) device.run(job, chunks);
  device.kernels.reduceChunks(grads, chunks, bytes, plan.parameterCount, grads);
  return new Float32Array(buffer, grads, plan.parameterCount).slice();
}

test("one, two and three threads give the same bits", async () => {
  const [one, two, three] = [await gradientWith(1), await gradientWith(2), await gradientWith(3)];
  expect(Math.hypot(...one)).toBeGreaterThan(1);
  expect(two).toEqual(one);
  expect(three).toEqual(one);
});

describe("arguments", () => {
  test("depend on chunk, repeat and slot", async () => {
    const device = await deviceFor({ numThreads: 2 });
    new Float64Array(device.memory.buffer, 512, 1)[0] = 0.5;
    new Int32Array(device.memory.buffer, 520, 1)[0] = 3;
    const dst = { base: 1024, perChunk: 64, perRepeat: 16 };
    const value = { slot: 512, type: "f64", base: 1, perChunk: 10, perRepeat: 100 } as const;
    const count = { slot: 520, type: "i32", times: 2, base: -3 } as const;
    const job: Job = { name: "fill", calls: [{ instance: 0, export: "fill", args: [dst, count, value] }], repeat: 2 };
    device.run(job, 2);
    const expected = [1.5, 101.5, 11.5, 111.5].flatMap((v) => [v, v, v, 0]);
    const actual = [1024, 1040, 1088, 1104].flatMap((at) => floatsAt(device.memory, at, 4));
    expect(actual).toEqual(expected);
    // Slots are read anew in every run.
    new Int32Array(device.memory.buffer, 520, 1)[0] = 2;
    new Float64Array(device.memory.buffer, 512, 1)[0] = 7;
    device.run(job, 1);
    expect(floatsAt(device.memory, 1024, 4)).toEqual([8, 1.5, 1.5, 0]);
  });

  test("depend on the thread, so that scratch can be its own", async () => {
    const device = await deviceFor({ numThreads: 2 });
    const own = { base: 1024, perThread: 4 };
    device.run({ name: "mark", calls: [{ instance: 0, export: "fill", args: [own, 1, { base: 1, perThread: 1 }] }] }, 500);
    const [main, worker, nobody] = floatsAt(device.memory, 1024, 3);
    expect([1]).toContain(main);
    expect([0, 2]).toContain(worker);
    expect(nobody).toBe(0);
  });

  test("a stage module is instance 1", async () => {
    const device = await deviceFor({ modules: [compileKernels({ relaxed: false })], numThreads: 2 });
    device.run({ name: "stage", calls: [{ instance: 1, export: "fill", args: [{ base: 1024, perChunk: 4 }, 1, 6] }] }, 9);
    expect(floatsAt(device.memory, 1024, 10)).toEqual([...new Array(9).fill(6), 0]);
    expect(device.stages).toHaveLength(1);
  });
});

test("a conditional call runs only in chunks where a float is not zero, and sees what earlier calls wrote", async () => {
  const device = await deviceFor();
  const flags = new Float32Array(device.memory.buffer, 1024, 16);
  flags[6] = 1;
  const dst = { base: 2048, perChunk: 4 };
  const flagged = { address: { base: 1024, perChunk: 16 }, count: 4 };
  device.run({ name: "when", calls: [{ instance: 0, export: "fill", args: [dst, 1, 5], when: flagged }] }, 4);
  expect(floatsAt(device.memory, 2048, 4)).toEqual([0, 5, 0, 0]);
  const raise = { instance: 0, export: "fill", args: [{ base: 1024, perChunk: 16 }, 1, 1] };
  device.run({ name: "raise", calls: [raise, { instance: 0, export: "fill", args: [dst, 1, 8], when: flagged }] }, 4);
  expect(floatsAt(device.memory, 2048, 4)).toEqual([8, 8, 8, 8]);
});

describe("failures", () => {
  test("a trap on a worker surfaces with job, chunk and thread, and the device stays usable", async () => {
    const device = await deviceFor({ numThreads: 2 });
    const badOnWorker = { base: 1024, perThread: OUT_OF_BOUNDS };
    const slow = { instance: 0, export: "peak", args: [200_000] };
    const job: Job = { name: "bad", calls: [slow, { instance: 0, export: "fill", args: [badOnWorker, 8, 1] }] };
    expect(() => device.run(job, 64)).toThrow(/^job bad: chunk \d+ on worker thread 1: .*out of bounds/);
    device.run({ name: "good", calls: [{ instance: 0, export: "fill", args: [2048, 1, 3] }] }, 1);
    expect(floatsAt(device.memory, 2048, 1)).toEqual([3]);
  });

  test("a trap on the main thread surfaces as well", async () => {
    const device = await deviceFor();
    const job: Job = { name: "bad", calls: [{ instance: 0, export: "fill", args: [OUT_OF_BOUNDS, 8, 1] }] };
    expect(() => device.run(job, 2)).toThrow(/^job bad: chunk 0 on the main thread: .*out of bounds/);
  });

  test("a job with an unknown function or a wrong number of arguments is refused", async () => {
    const device = await deviceFor();
    const job = (name: string, args: number[], instance = 0): Job => ({ name, calls: [{ instance, export: name, args }] });
    expect(() => device.run(job("nothing", []), 1)).toThrow('instance 0 has no function "nothing"');
    expect(() => device.run(job("fill", [], 1), 1)).toThrow('instance 1 has no function "fill"');
    expect(() => device.run(job("fill", [1, 2]), 1)).toThrow('"fill" takes 3 arguments, got 2');
  });

  test("a worker that does not come back is reported instead of waited for, and stays reported", async () => {
    const memory = sharedMemory();
    const modules = [compileKernels({ relaxed: false })];
    const threads = await createThreads({
      memory,
      modules,
      instances: instantiate(modules, memory),
      numThreads: 2,
      stallMs: 300,
    });
    onTestFinished(() => threads.dispose());
    const endless = { base: 200_000, perThread: 2 ** 31 - 1 - 200_000 };
    const job: Job = { name: "endless", calls: [{ instance: 0, export: "peak", args: [endless] }] };
    expect(() => threads.run(job, 64)).toThrow("a worker thread has stopped working: 63 of 64 chunks are done");
    expect(() => threads.run(job, 64)).toThrow("has stopped working");
  });

  test("a worker that cannot start makes the creation fail", async () => {
    // An empty module that imports a function.
    const foreign = new WebAssembly.Module(
      Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 2, 7, 1, 1, 97, 1, 98, 0, 0),
    );
    const memory = sharedMemory(1);
    await expect(createThreads({ memory, modules: [foreign], instances: [], numThreads: 2 })).rejects.toThrow(
      "a stage module imports the function a.b",
    );
    await expect(createDevice({ memory, modules: [foreign] })).rejects.toThrow("a stage module imports the function a.b");
  });

  test.each([0, 1.5, -1, Number.NaN, 1000])("%d threads are refused", async (numThreads) => {
    await expect(createDevice({ memory: sharedMemory(1), numThreads })).rejects.toThrow(UserError);
  });

  test("a disposed device says so", async () => {
    const device = await createDevice({ memory: sharedMemory(), numThreads: 2 });
    await device.dispose();
    await device.dispose();
    const job: Job = { name: "late", calls: [] };
    expect(() => device.run(job, 1)).toThrow("disposed");
  });
});
