import { expect, test } from "vitest";
import type { LoadWebgpu } from "../../../models/webgpu/device.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { ACME } from "../../../test/support/losable-gpu.js";
import { createWebgpuLearner, openContext, type WebgpuOptions } from "./gpu-learner.js";

/** An adapter that computes nothing, whose driver refuses the shaders of these labels. */
function refusing(labels: readonly string[]) {
  const alive = new Set<object>();
  const compiled: string[] = [];
  const limits = { maxBufferSize: 2 ** 30, maxStorageBufferBindingSize: 2 ** 30 };
  const pass = { setPipeline: () => {}, setBindGroup: () => {}, dispatchWorkgroups: () => {}, end: () => {} };
  const encoder = { beginComputePass: () => pass, finish: () => ({}) };
  const nothing = () => ({});
  const device = {
    ...{ limits, features: new Set(), lost: new Promise(() => {}), destroy: () => alive.clear(), addEventListener: () => {} },
    createBuffer: () => {
      const buffer = { destroy: () => alive.delete(buffer) };
      alive.add(buffer);
      return buffer;
    },
    ...{ createBindGroupLayout: nothing, createShaderModule: nothing, createPipelineLayout: nothing, createBindGroup: nothing },
    ...{ pushErrorScope: () => {}, popErrorScope: async () => null, createCommandEncoder: () => encoder },
    queue: { writeBuffer: () => {}, submit: () => {} },
    createComputePipelineAsync: async ({ label }: { label: string }) => {
      compiled.push(label);
      if (labels.includes(label)) throw Object.assign(new Error(`${label} is too long`), { name: "GPUPipelineError" });
      return {};
    },
  };
  const adapter = { limits, features: new Set(), info: ACME, requestDevice: async () => device };
  const load = (async () => ({ create: () => ({ requestAdapter: async () => adapter }) })) as unknown as LoadWebgpu;
  return { load, alive, compiled };
}

const OPTIONS = learnerOptions(cartpole, { hidden: [8] });
const open = (more: WebgpuOptions) => openContext(OPTIONS, more);

test("a driver that does not take a whole rollout gets it in parts, and the device's name says so", async () => {
  const { load, alive, compiled } = refusing(["rollout"]);
  const learner = await createWebgpuLearner(OPTIONS, { load });
  expect(learner.device).toBe("webgpu: acme-a1 (Acme driver 1); the host goes through the steps");
  expect(compiled).toEqual(expect.arrayContaining(["rollout", "decide", "advance", "finish"]));
  await learner.dispose();
  expect(alive.size).toBe(0);

  const whole = await createWebgpuLearner(OPTIONS, { load: refusing([]).load });
  expect(whole.device).toBe("webgpu: acme-a1 (Acme driver 1)");
});

test("the memory of the first attempt is given back before the second", async () => {
  const { load, alive } = refusing(["rollout"]);
  const { buffers, kernels } = await open({ load });
  expect(kernels.loop).toBe("host");
  expect(alive).toEqual(new Set(Object.values(buffers)));
});

test("a shader that is refused in any case, or where the device was asked to go through the steps, is named", async () => {
  const error = (label: string) => ({
    code: "E_WEBGPU_SHADER",
    message: `the GPU's driver refuses a shader: ${label} is too long`,
  });
  await expect(open(refusing(["gae"]))).rejects.toMatchObject(error("gae"));
  await expect(open(refusing(["rollout", "advance"]))).rejects.toMatchObject(error("advance"));
  await expect(open({ ...refusing(["rollout"]), loop: "device" })).rejects.toMatchObject(error("rollout"));
});
