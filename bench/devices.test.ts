import { beforeAll, expect, test } from "vitest";
import type { PpoLearner } from "../agents/ppo/wasm/wasm-learner.js";
import { findEconomy } from "../env/registry.js";
import { findGpu } from "../test/support/swiftshader.js";
import { type DevicePlan, measureDevice, planDevices } from "./devices.js";
import { learnerOptions } from "./learner-parts.js";

const akash = findEconomy("akash");
let hasGpu = false;
beforeAll(async () => {
  const gpu = await findGpu();
  hasGpu = gpu !== undefined;
  gpu?.dispose();
});

/** A learner whose iterations take ten milliseconds of its own clock each. */
function fakePlan(iterate: () => Promise<unknown>, onDispose = () => {}) {
  const learner = { device: "a card", depth: 2, dispatches: 20, bytesReadBack: 800, iterate, dispose: async () => onDispose() };
  const options = learnerOptions(akash, 1, { numEnvs: 64, numSteps: 10, numMinibatches: 2 });
  return { options, isSoftware: false, open: async () => learner as unknown as PpoLearner } satisfies DevicePlan;
}

test("speed, dispatches and bytes read back are the learner's own", async () => {
  let clock = 0;
  let disposed = 0;
  const plan = fakePlan(
    async () => {
      clock += 10;
    },
    () => disposed++,
  );
  const figures = await measureDevice(plan, { seconds: 0.2, now: () => clock });
  expect(figures).toMatchObject({ dispatchesPerIteration: 20, bytesReadBackPerIteration: 800, device: "a card", why: "" });
  // 640 steps in 10 ms; two iterations are begun at once, so that this clock sees pairs.
  expect(figures.envStepsPerSecond).toBeGreaterThan(32_000);
  expect(figures.envStepsPerSecond).toBeLessThan(128_000);
  expect(disposed).toBe(1);
});

test("a device that fails says why, and is closed", async () => {
  let disposed = 0;
  const plan = fakePlan(
    () => Promise.reject(new Error("the GPU was lost: no reason\nmore")),
    () => disposed++,
  );
  const figures = await measureDevice(plan, { seconds: 1, now: () => 0 });
  expect(figures).toMatchObject({ envStepsPerSecond: null, device: null, why: "the GPU was lost: no reason" });
  expect(disposed).toBe(1);
});

test("--device wasm leaves the others out and says so", async () => {
  const plans = await planDevices(akash, "wasm", true);
  expect(plans).toEqual({
    webgpu: { why: "left out by --device wasm" },
    tensorflow: { why: "left out by --device wasm" },
  });
});

test("without an adapter a named webgpu is refused before anything is measured, and auto says why it is left out", async () => {
  const load = async () => ({ create: () => ({ requestAdapter: async () => null }) });
  await expect(planDevices(akash, "webgpu", true, load)).rejects.toMatchObject({ code: "E_WEBGPU_ADAPTER" });
  const { webgpu } = await planDevices(akash, "auto", true, load);
  expect(webgpu).toEqual({ why: "no GPU adapter was found" });
});

test("a GPU in software is measured when it is named, and only then", async () => {
  if (!hasGpu) return;
  const { webgpu: byItself } = await planDevices(akash, "auto", true);
  const { webgpu } = await planDevices(akash, "webgpu", true);
  const figures = await measureDevice(webgpu, { seconds: 0, now: () => performance.now() });
  expect(figures.why).toBe("");
  expect(figures.envStepsPerSecond).toBeGreaterThan(0);
  if (figures.isSoftware) expect(byItself).toEqual({ why: expect.stringContaining("the CPU computes") });
  // No more than 8 and 3 a minibatch; sums only come back.
  expect(figures.dispatchesPerIteration).toBeLessThanOrEqual(8 + 3 * 2);
  expect(figures.bytesReadBackPerIteration).toBeGreaterThan(0);
  expect(figures.bytesReadBackPerIteration).toBeLessThan(4096);
});
