import { afterAll, beforeAll, expect, test } from "vitest";
import { findEconomy } from "../../../env/registry.js";
import type { Gpu } from "../../../models/webgpu/device.js";
import { shaderText } from "../../../models/webgpu/kernel.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { findGpu } from "../../../test/support/swiftshader.js";
import { planLearning } from "../../ppo/plan.js";
import { planGpuLearner } from "../../ppo/webgpu/gpu-layout.js";
import { kernelSources, VARIABLES } from "../../ppo/webgpu/kernels.js";

let gpu: Gpu | undefined;
beforeAll(async () => {
  gpu = await findGpu();
});
afterAll(() => gpu?.dispose());

const ECONOMIES = [
  "akash",
  "render",
  "worldcoin",
  "bittensor",
  "bittensor@64",
  "akash+traditional",
  "render+spac",
  "worldcoin+compute-backed",
];

// To compile them all would take minutes in software; learner.test.ts does so for akash.
test.each(ECONOMIES)("all shaders of %s are valid, the whole rollout in one among them", async (name) => {
  if (!gpu) return;
  const options = learnerOptions(findEconomy(name), { hidden: [64, 64], numMinibatches: 4 });
  const { ppo } = options;
  const { programs, agent } = planLearning(options);
  const layout = planGpuLearner(programs, agent, ppo);
  const sources = kernelSources({ programs, agent, layout, ppo });
  for (const [label, { bindings, code }] of Object.entries(sources)) {
    const variables = bindings.map(([variable, access, type]) => ({ name: VARIABLES[variable], access, type }));
    const module = gpu.device.createShaderModule({ label, code: shaderText({ bindings: variables, code }) });
    const { messages } = await module.getCompilationInfo();
    expect(
      messages.map(({ message }) => message),
      label,
    ).toEqual([]);
  }
});
