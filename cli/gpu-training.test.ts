import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { LoadWebgpu } from "../models/webgpu/device.js";
import { relativeL2 } from "../reference/float64-update.js";
import { type FakeIo, fakeIo, flyball, interruptAfter } from "../test/support/fake-io.js";
import { ACME, NO_ADAPTER, opened, standIn } from "../test/support/losable-gpu.js";
import { hasGpu } from "../test/support/swiftshader.js";
import { decodeCheckpoint } from "../train/checkpoint.js";

vi.mock("../models/webgpu/device.js", async (load) => (await import("../test/support/losable-gpu.js")).losable(await load()));
vi.mock("./webgpu-facts.js", async (load) => (await import("../test/support/losable-gpu.js")).seeing(await load()));
const isHere = await hasGpu();
afterEach(() => {
  standIn.load = undefined;
});

/** Six iterations of 512 steps. */
const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=8 --set numMinibatches=1 --set updateEpochs=2 --set hidden=8 --set decisionInterval=1 --set checkpointEvery=1 --steps 3072 --threads 1";

function saved(io: FakeIo) {
  const { tensors, header } = decodeCheckpoint(readFileSync(join(io.cwd, "run/checkpoint.bin")));
  const { config } = JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8"));
  return { params: tensors["params"] as Float32Array, envSteps: header["envSteps"] as number, device: config.device };
}

/** The two lines of an error, after whatever was said before. */
const lastLines = (err: string) => err.trimEnd().split("\n").slice(-2).join("\n");

/** An adapter of these limits, whose driver takes no shader. */
const adapterOf = (bytes: number): LoadWebgpu => {
  const limits = { maxBufferSize: bytes, maxStorageBufferBindingSize: bytes };
  const refused = Object.assign(new Error('[Pipeline "gae"] is invalid.\n - While compiling'), { name: "GPUPipelineError" });
  const nothing = () => ({ destroy: () => {} });
  const device = {
    ...{ limits, features: new Set(), lost: new Promise(() => {}), destroy: () => {}, addEventListener: () => {} },
    ...{ createBuffer: nothing, createBindGroupLayout: nothing, createShaderModule: nothing, createPipelineLayout: nothing },
    ...{ pushErrorScope: () => {}, popErrorScope: async () => null },
    createComputePipelineAsync: () => Promise.reject(refused),
  };
  const adapter = { limits, features: new Set(), info: ACME, requestDevice: async () => device };
  return async () => ({ create: () => ({ requestAdapter: async () => adapter as unknown as GPUAdapter }) });
};
const noPackage: LoadWebgpu = () => Promise.reject(new Error("Cannot find package 'webgpu'"));

describe.skipIf(!isHere)("flyball train --device webgpu", () => {
  test("whose device is lost stops so that it can go on, elsewhere or there again, to the end", async () => {
    const whole = fakeIo();
    await flyball(`train akash ${SMALL} --device wasm --out run`, whole);

    let lines = 0;
    const failing = fakeIo({
      stderr: {
        isTTY: true,
        columns: 200,
        failure: () => undefined,
        write: (text) => {
          said.push(text);
          if (text.includes("steps") && ++lines === 2) opened.at(-1)!.lose("the driver was reset");
        },
      },
      now: () => (clock += 1000),
    });
    let clock = 0;
    const said: string[] = [];
    const lost = await flyball(`train akash ${SMALL} --device webgpu --out run --json`, failing);
    expect(lost.code, said.join("")).toBe(2);
    expect(lost.out).toBe("");
    expect(said.join("")).toMatch(/training on webgpu: .+; \S+ .B of its memory\n/);
    expect(lastLines(said.join(""))).toBe(
      "error: the GPU was lost: the driver was reset\n  go on from the last checkpoint with: flyball resume run, or elsewhere with --device wasm",
    );
    const { envSteps } = saved(failing);
    expect(saved(failing)).toMatchObject({ device: "webgpu" });
    expect([512, 1024]).toContain(envSteps);

    const onCpu = await flyball("resume run --device wasm", { ...interruptAfter(2), cwd: failing.cwd });
    expect(onCpu.code).toBe(130);
    expect(saved(failing)).toMatchObject({ device: "wasm", envSteps: envSteps + 1024 });

    const { code, out, err } = await flyball("resume run --device webgpu --json", { ...fakeIo(), cwd: failing.cwd });
    expect(code, err).toBe(0);
    expect(err).toContain("training on webgpu: ");
    expect(JSON.parse(out)).toMatchObject({ envSteps: 3072, totalSteps: 3072, finished: true });
    const { params, ...rest } = saved(failing);
    expect(rest).toEqual({ envSteps: 3072, device: "webgpu" });
    // Next to the unbroken wasm run: rounding makes slightly other actions, and those other lanes.
    expect(relativeL2(params, saved(whole).params)).toBeLessThan(1e-4);
  });
});

describe("a machine where webgpu cannot train", () => {
  test.each([
    ["no adapter", NO_ADAPTER, "no GPU adapter was found", "install a Vulkan driver"],
    ["no package", noPackage, "the package webgpu cannot be loaded: Cannot find package 'webgpu'", "run npm install webgpu"],
  ])("stops with two lines before anything is made: %s", async (_name, load, what, fix) => {
    standIn.load = load;
    const { code, out, err, io } = await flyball(`train akash ${SMALL} --device webgpu --out run`);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const [first, second, ...rest] = err.trimEnd().split("\n");
    expect(first).toContain(what);
    expect(second).toContain(fix);
    expect(rest).toEqual([]);
    expect(existsSync(join(io.cwd, "run"))).toBe(false);
  });

  test("asks for an adapter through the probe alone when there is none: in its own process Dawn would write to the terminal", async () => {
    let asked = 0;
    const requestAdapter = async () => {
      asked++;
      return null;
    };
    standIn.load = async () => ({ create: () => ({ requestAdapter }) });
    const { code, err } = await flyball(`train akash ${SMALL} --device webgpu --out run`);
    expect({ code, lines: err.trimEnd().split("\n").length, asked }).toEqual({ code: 2, lines: 2, asked: 1 });
    expect(err).toMatch(/^error: no GPU adapter was found\n {2}install a Vulkan driver/);
  });

  test("stops a run of too many environments with the number that fits, which is then not refused", async () => {
    standIn.load = adapterOf(4 * 2 ** 20);
    const settings = "--device webgpu --set algorithm=ppo --set numSteps=16 --set decisionInterval=1";
    const { code, err, io } = await flyball(`train akash ${settings} --set numEnvs=8192 --out run`);
    expect(code).toBe(2);
    expect(err).toContain("numEnvs=8192 with numSteps=16 takes ");
    expect(err.trimEnd().split("\n").length).toBe(2);
    expect(existsSync(join(io.cwd, "run"))).toBe(false);
    const most = Number(/--set numEnvs=(\d+) or fewer/.exec(err)?.[1]);
    expect(most).toBeGreaterThan(64);
    const refused = async (numEnvs: number) =>
      (await flyball(`train akash ${settings} --set numEnvs=${numEnvs} --out run`)).err.includes("of GPU memory");
    expect(await refused(most + 64)).toBe(true);
    expect(await refused(most)).toBe(false);
  });

  test("ends with two lines where the driver takes no shader", async () => {
    standIn.load = adapterOf(2 ** 30);
    const { code, out, err } = await flyball(`train akash ${SMALL} --device webgpu --out run`);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toBe(
      `error: the GPU's driver refuses a shader: [Pipeline "gae"] is invalid.\n  update the driver, or use --device wasm\n`,
    );
  });

  test.each([
    ["no adapter", NO_ADAPTER, "auto: without webgpu: no GPU adapter was found"],
    ["too little memory", adapterOf(20_000), "auto: without webgpu: numEnvs=64 with numSteps=8 takes "],
  ])("is trained on all the same by auto, which says so: %s", async (_name, load, words) => {
    standIn.load = load;
    const { code, err, io } = await flyball(`train akash ${SMALL} --out run`);
    expect(code, err).toBe(0);
    expect(err).toContain(words);
    expect(err).toContain("training on wasm; ");
    expect(saved(io)).toMatchObject({ device: "wasm", envSteps: 3072 });
  });

  test("refuses to go on there, and leaves the run for a resume elsewhere", async () => {
    const io = interruptAfter(2);
    await flyball(`train akash ${SMALL} --device wasm --out run`, io);
    standIn.load = NO_ADAPTER;
    const { code, err } = await flyball("resume run --device webgpu", { ...fakeIo(), cwd: io.cwd });
    expect(code).toBe(2);
    expect(err).toContain("no GPU adapter was found");
    expect(saved(io)).toMatchObject({ device: "wasm", envSteps: 1024 });
    expect((await flyball("resume run", { ...fakeIo(), cwd: io.cwd })).code).toBe(0);
  });
});
