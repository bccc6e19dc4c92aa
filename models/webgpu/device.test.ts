import { describe, expect, test } from "vitest";
import { openGpu, type WebgpuModule } from "./device.js";

const INFO = { vendor: "acme", architecture: "a1", device: "acme-a1", description: "Acme driver 1" };

/** A stand-in for the package `webgpu` with one adapter, or none. */
function standIn(adapter: object | null, asked: object[] = []): () => Promise<WebgpuModule> {
  const gpu = {
    requestAdapter: async (options: object) => {
      asked.push(options);
      return adapter;
    },
  };
  return async () => ({ create: () => gpu }) as unknown as WebgpuModule;
}

function deviceThatEnds() {
  let end: (info: { reason: string; message: string }) => void = () => {};
  const lost = new Promise<{ reason: string; message: string }>((resolve) => {
    end = resolve;
  });
  const events = new EventTarget();
  const device = Object.assign(events, { lost, destroy: () => end({ reason: "destroyed", message: "destroyed" }) });
  return { device, fail: (message: string) => end({ reason: "unknown", message }) };
}

const makeAdapter = (requestDevice: (descriptor: object) => Promise<object>, features: readonly string[] = []) => ({
  ...{ info: INFO, requestDevice, features: new Set(features) },
  limits: { maxBufferSize: 1000, maxStorageBufferBindingSize: 500 },
});

describe("opening a GPU", () => {
  test("asks for the limits that are needed and says what was opened", async () => {
    const { device } = deviceThatEnds();
    const descriptors: object[] = [];
    const adapter = makeAdapter(async (descriptor) => {
      descriptors.push(descriptor);
      return device;
    });
    const gpu = await openGpu({ maxBufferSize: 1000 }, standIn(adapter));
    expect(gpu.device).toBe(device);
    expect(gpu.info).toEqual(INFO);
    expect(descriptors).toEqual([{ requiredLimits: { maxBufferSize: 1000 }, requiredFeatures: [] }]);
  });

  test("takes as much as there is of a limit where the most is wanted, and the clock where the adapter has one", async () => {
    const descriptors: object[] = [];
    const requestDevice = async (descriptor: object) => {
      descriptors.push(descriptor);
      return deviceThatEnds().device;
    };
    await openGpu({ maxStorageBufferBindingSize: "most" }, standIn(makeAdapter(requestDevice, ["timestamp-query", "other"])));
    expect(descriptors).toEqual([
      { requiredLimits: { maxStorageBufferBindingSize: 500 }, requiredFeatures: ["timestamp-query"] },
    ]);
  });

  test("asks for a new adapter each time: an adapter makes one device only", async () => {
    const asked: object[] = [];
    const load = standIn(
      makeAdapter(async () => deviceThatEnds().device),
      asked,
    );
    await openGpu({}, load);
    await openGpu({}, load);
    expect(asked).toEqual([{ powerPreference: "high-performance" }, { powerPreference: "high-performance" }]);
  });

  test("without the package it says how to install it", async () => {
    const missing = () => Promise.reject(new Error("Cannot find package 'webgpu'\nRequire stack: …"));
    await expect(openGpu({}, missing)).rejects.toMatchObject({
      code: "E_WEBGPU_PACKAGE",
      message: "the package webgpu cannot be loaded: Cannot find package 'webgpu'",
      hint: expect.stringContaining("npm install webgpu"),
    });
  });

  test("without an adapter it says what to install", async () => {
    await expect(openGpu({}, standIn(null))).rejects.toMatchObject({
      code: "E_WEBGPU_ADAPTER",
      message: "no GPU adapter was found",
      hint: expect.stringContaining("--device wasm"),
    });
  });

  test("an adapter with too small limits is refused by the limit's name, before a device is asked for", async () => {
    const adapter = makeAdapter(() => Promise.reject(new Error("not reached")));
    await expect(openGpu({ maxBufferSize: 900, maxStorageBufferBindingSize: 501 }, standIn(adapter))).rejects.toMatchObject({
      code: "E_WEBGPU_LIMITS",
      message: "maxStorageBufferBindingSize must be at least 501, acme-a1 (Acme driver 1) has 500",
    });
  });

  test("a driver that makes no device is quoted", async () => {
    const adapter = makeAdapter(() => Promise.reject(new Error("out of host memory")));
    await expect(openGpu({}, standIn(adapter))).rejects.toMatchObject({
      code: "E_WEBGPU_ADAPTER",
      message: "the GPU's driver makes no device: out of host memory",
    });
  });

  test("the first thing that a device refuses is kept, and the package's own message held back", async () => {
    class GPUOutOfMemoryError {
      readonly message = "no memory left";
    }
    const { device } = deviceThatEnds();
    const { refused } = await openGpu({}, standIn(makeAdapter(async () => device)));
    expect(refused()).toBeUndefined();
    const events = [new GPUOutOfMemoryError(), new Error("later")].map((error) =>
      Object.assign(new Event("uncapturederror", { cancelable: true }), { error }),
    );
    for (const event of events) device.dispatchEvent(event);
    expect(refused()).toEqual({ isMemory: true, words: "no memory left" });
    expect(events.map(({ defaultPrevented }) => defaultPrevented)).toEqual([true, true]);
  });

  test("a lost device reports the driver's words, a disposed one does not", async () => {
    const failing = deviceThatEnds();
    const gpu = await openGpu({}, standIn(makeAdapter(async () => failing.device)));
    failing.fail("the driver was reset");
    expect(await gpu.lost).toBe("the driver was reset");

    const disposed = await openGpu({}, standIn(makeAdapter(async () => deviceThatEnds().device)));
    disposed.dispose();
    expect(await disposed.lost).toBeUndefined();
  });
});
