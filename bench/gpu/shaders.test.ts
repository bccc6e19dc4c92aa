import { afterAll, describe, expect, test } from "vitest";
import { planLearning } from "../../agents/ppo/plan.js";
import { planGpuLearner } from "../../agents/ppo/webgpu/gpu-layout.js";
import { findEconomy } from "../../env/registry.js";
import { shaderText } from "../../models/webgpu/kernel.js";
import { findGpu } from "../../test/support/swiftshader.js";
import { learnerOptions } from "../learner-parts.js";
import { measureCeilings, peakShader, QUICK_CEILINGS } from "./ceilings.js";
import { checkRandomness } from "./correctness.js";
import { watchErrors } from "./gpu-errors.js";
import { simulationShader } from "./simulation.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

/** What the compiler has against a shader; drivers in software are not asked to finish it. */
async function complaints(code: string, names: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const buffer = {} as GPUBuffer;
  const bindings = Object.entries(names).map(([name, type]) => ({
    name,
    type,
    access: type === "array<u32>" || type === "array<f32>" ? ("read_write" as const) : ("uniform" as const),
    buffer,
  }));
  const { device } = gpu!;
  device.pushErrorScope("validation");
  const { messages } = await device.createShaderModule({ code: shaderText({ bindings, code }) }).getCompilationInfo();
  await device.popErrorScope();
  return messages.filter(({ type }) => type === "error").map(({ message }) => message);
}

describe.skipIf(!gpu)("shaders of the bench", () => {
  test("many steps of the economy in one dispatch are valid, and so is one", async () => {
    const options = learnerOptions(findEconomy("akash"), 1, { numEnvs: 128, decisionInterval: 1 });
    const { programs, agent } = planLearning(options);
    const layout = planGpuLearner(programs, agent, options.ppo);
    const buffers = { lanes: "array<u32>", control_steps: "array<u32>" };
    expect(await complaints(simulationShader({ programs, layout, numEnvs: 128, loopSteps: 240 }), buffers)).toEqual([]);
    const one = simulationShader({ programs, layout, numEnvs: 128, loopSteps: null });
    expect(await complaints(one, { ...buffers, turn: "vec4u" })).toEqual([]);
    expect(await complaints(one, buffers)).not.toEqual([]);
  });

  test("the multiply-adds are valid", async () => {
    expect(await complaints(peakShader(4096), { result: "array<f32>", start: "vec4f" })).toEqual([]);
  });

  test("ceilings are measured, and random words agree", async () => {
    let clock = 0;
    const now = () => {
      clock += 10;
      return clock;
    };
    const sizes = { ...QUICK_CEILINGS, workgroups: 2, rounds: 8 };
    const { flopsPerSecond, bytesPerSecond } = await measureCeilings(gpu!, sizes, { depth: 2, seconds: 0, least: 1, now });
    // This clock goes on by 10 ms between two rounds: 512 invocations, 8 rounds of 8 vectors of 4, 2 operations each.
    expect(flopsPerSecond.median).toBe((512 * 8 * 8 * 4 * 2) / 0.01);
    expect(bytesPerSecond.median).toBe((2 * 2 ** 20) / 0.01);
    expect(await checkRandomness(gpu!)).toMatchObject({ passed: true, found: "0 differ" });
  });

  test("a command that the device refuses is an error, not a fast one", async () => {
    const errors = watchErrors(gpu!.device);
    gpu!.device.queue.writeBuffer(gpu!.device.createBuffer({ size: 16, usage: 8 }), 0, new Float32Array(8));
    await expect(errors.check()).rejects.toThrow("the device refused a command");
    await expect(watchErrors(gpu!.device).check()).resolves.toBeUndefined();
  });
});
