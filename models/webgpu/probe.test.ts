import { expect, test } from "vitest";
import type { WebgpuModule } from "./device.js";
import { probeGpu } from "./probe.js";

/** A stand-in for the package `webgpu` whose adapter is `adapter`. */
const standIn = (requestAdapter: () => Promise<object | null>) => async () =>
  ({ create: () => ({ requestAdapter }) }) as unknown as WebgpuModule;

const LIMITS = {
  maxBufferSize: 2 ** 31,
  maxStorageBufferBindingSize: 2 ** 30,
  maxComputeWorkgroupStorageSize: 49152,
  maxComputeInvocationsPerWorkgroup: 1024,
};
const INFO = { vendor: "acme", architecture: "a1", device: "acme-a1", description: "Acme driver 1" };

const adapterWith = (requestDevice: () => Promise<object>) => ({
  info: { ...INFO, isFallbackAdapter: true },
  features: new Set(["subgroups"]),
  limits: { ...LIMITS, maxTextureDimension2D: 8192 },
  requestDevice,
});
const FOUND = { ...INFO, isFallback: true, features: ["subgroups"], limits: LIMITS };

test("an adapter is described as plain data, and the device that it made is ended", async () => {
  let ended = 0;
  const adapter = adapterWith(async () => ({ destroy: () => ended++ }));
  const probe = await probeGpu(standIn(async () => adapter));
  expect(probe).toEqual({ state: "adapter", adapter: FOUND });
  expect(JSON.parse(JSON.stringify(probe))).toEqual(probe);
  expect(ended).toBe(1);
});

test("an adapter that makes no device is told apart, with the driver's words", async () => {
  const adapter = adapterWith(() => Promise.reject(new Error("out of host memory")));
  expect(await probeGpu(standIn(async () => adapter))).toEqual({
    state: "no device",
    adapter: FOUND,
    message: "out of host memory",
  });
});

test("a package that does not load is told with the loader's message and code", async () => {
  const error = Object.assign(new Error("Cannot find package 'webgpu'"), { code: "ERR_MODULE_NOT_FOUND" });
  const probe = await probeGpu(() => Promise.reject(error));
  expect(probe).toEqual({ state: "no package", message: error.message, code: "ERR_MODULE_NOT_FOUND" });
  expect(await probeGpu(() => Promise.reject("bare words"))).toEqual({ state: "no package", message: "bare words", code: "" });
});

test("no adapter, and a request that fails", async () => {
  expect(await probeGpu(standIn(async () => null))).toEqual({ state: "no adapter" });
  expect(await probeGpu(standIn(() => Promise.reject(new Error("lost"))))).toEqual({ state: "failed", message: "lost" });
  const noGpu = async () => ({}) as WebgpuModule;
  expect(await probeGpu(noGpu)).toMatchObject({ state: "failed", message: expect.stringContaining("create") });
});
