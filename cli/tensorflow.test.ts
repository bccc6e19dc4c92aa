import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { UserError } from "../core/errors.js";
import type * as loadModule from "../models/tensorflow/load.js";
import { relativeL2 } from "../reference/float64-update.js";
import { type FakeIo, fakeIo, flyball, interruptAfter } from "../test/support/fake-io.js";
import { NO_ADAPTER, standIn } from "../test/support/losable-gpu.js";
import { decodeCheckpoint } from "../train/checkpoint.js";
import { tensorflowFindings } from "./tensorflow.js";

const stand = vi.hoisted(() => ({ missing: false, native: false }));
vi.mock("../models/tensorflow/load.js", async (load) => {
  const real = await load<typeof loadModule>();
  const loadTensorFlow: typeof real.loadTensorFlow = () => {
    // As where none of the packages is installed.
    if (stand.missing) throw new UserError("E_TENSORFLOW_MISSING", "no TensorFlow.js package works here", "install one");
    return real.loadTensorFlow();
  };
  const searchTensorFlow: typeof real.searchTensorFlow = async (load, only) => {
    if (only !== "native" || !stand.native) return real.searchTensorFlow(load, only);
    // As where a native package works.
    return { backend: { ...(await real.loadTensorFlow(load)), native: true }, skipped: [] };
  };
  return { ...real, loadTensorFlow, searchTensorFlow };
});
vi.mock("../models/webgpu/device.js", async (load) => (await import("../test/support/losable-gpu.js")).losable(await load()));
vi.mock("./webgpu-facts.js", async (load) => (await import("../test/support/losable-gpu.js")).seeing(await load()));
beforeAll(() => {
  standIn.load = NO_ADAPTER;
});
afterEach(() => {
  stand.missing = false;
  stand.native = false;
});

/** Four iterations of 512 steps. */
const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=8 --set numMinibatches=1 --set updateEpochs=2 --set hidden=8 --set decisionInterval=1 --set checkpointEvery=2 --steps 2048 --threads 1";

describe("flyball train --device tensorflow", () => {
  test("trains to the end, says what it runs on, and makes a controller that can be evaluated", async () => {
    const io = fakeIo();
    const { code, out, err } = await flyball(`train akash ${SMALL} --device tensorflow --out run --json`, io);
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ envSteps: 2048, finished: true });
    expect(err).toMatch(/^training on tensorflow: @tensorflow\/tfjs\S* 4\.22\.0, /m);
    const config = JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8"));
    expect(config.config.device).toBe("tensorflow");
    const evaluated = await flyball("evaluate run --economy akash --baseline none --episodes 16 --scenarios base --json", io);
    expect(evaluated.code, evaluated.err).toBe(0);
    expect(JSON.parse(evaluated.out).controllers.map(({ id }: { id: string }) => id)).toEqual(["none", "run"]);
  });

  test("a run that was stopped goes on on another device, which its config.json then names", async () => {
    const saved = (io: FakeIo) => {
      const { tensors, header } = decodeCheckpoint(readFileSync(join(io.cwd, "run/checkpoint.bin")));
      const { config } = JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8"));
      return { params: tensors["params"] as Float32Array, envSteps: header["envSteps"], device: config.device };
    };
    const whole = fakeIo();
    await flyball(`train akash ${SMALL} --out run`, whole);
    for (const [first, second] of [
      ["wasm", "tensorflow"],
      ["tensorflow", "wasm"],
    ]) {
      const stopped = interruptAfter(2);
      await flyball(`train akash ${SMALL} --device ${first} --out run`, stopped);
      expect(saved(stopped)).toMatchObject({ envSteps: 1024, device: first });
      const { code, err } = await flyball(`resume run --device ${second}`, { ...fakeIo(), cwd: stopped.cwd });
      expect(code, err).toBe(0);
      expect(err).toContain(`training on ${second}`);
      const { params, ...rest } = saved(stopped);
      expect(rest).toEqual({ envSteps: 2048, device: second });
      // Next to the unbroken wasm run: rounding makes slightly other actions, and those other lanes.
      expect(relativeL2(params, saved(whole).params)).toBeLessThan(1e-4);
    }
  });

  test("without a package that works nothing is made, and the two lines say what to do", async () => {
    const io = fakeIo();
    stand.missing = true;
    const { code, out, err } = await flyball(`train akash ${SMALL} --device tensorflow --out run`, io);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("no TensorFlow.js package works here\n  install one");
    expect(() => readFileSync(join(io.cwd, "run/config.json"))).toThrow();
  });

  test("a device that does not exist is refused", async () => {
    const { code, err } = await flyball("train akash --device tpu");
    expect(code).toBe(2);
    expect(err).toContain('--device must be one of auto, wasm, webgpu, tensorflow, got "tpu"');
  });
});

describe("flyball train --device auto", () => {
  test("times a slice on each device where TensorFlow.js is native, says so, and writes down what it chose", async () => {
    let clock = 0;
    // Every look at the clock takes a second: all devices are equally fast, and the first stays.
    const io = fakeIo({ now: () => (clock += 1000) });
    stand.native = true;
    const { code, err } = await flyball(`train akash ${SMALL} --out run`, io);
    expect(code, err).toBe(0);
    expect(err).toMatch(
      /^auto: without webgpu: no GPU adapter was found\nauto: wasm 512 env-steps\/s\nauto: tensorflow 512 env-steps\/s\ntraining on wasm; \S+ .B of its memory\n/,
    );
    const { config } = JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8"));
    expect(config.device).toBe("wasm");
  });

  test("times nothing where only wasm can be fast", async () => {
    const { code, err } = await flyball(`train akash ${SMALL} --out run`);
    expect(code, err).toBe(0);
    expect(err).toMatch(/^auto: without webgpu: no GPU adapter was found\ntraining on wasm; \S+ .B of its memory\n/);
  });
});

describe("what doctor says of TensorFlow.js", () => {
  const skipped = [{ packageName: "@tensorflow/tfjs-node", why: "its native library is not there", fix: "npm rebuild it" }];
  const backend = { tf: {} as never, packageName: "@tensorflow/tfjs", description: "@tensorflow/tfjs 4.22.0, plain" };

  test("names the package that is taken, and why not a faster one", () => {
    const findings = tensorflowFindings({ backend: { ...backend, native: false, gpu: false }, skipped });
    expect(findings.map(({ what, state }) => [what, state])).toEqual([
      ["@tensorflow/tfjs-node", "missing"],
      ["@tensorflow/tfjs", "ok"],
    ]);
    expect(findings[0]).toMatchObject({
      found: "its native library is not there",
      fix: "only for a faster --device tensorflow: npm rebuild it",
    });
    expect(findings[1]!.found).toContain("slow");
    expect(tensorflowFindings({ backend: { ...backend, native: true, gpu: true }, skipped: [] })[0]!.found).not.toContain(
      "slow",
    );
  });

  test("gives the fix for each when none works", () => {
    const [finding] = tensorflowFindings({ backend: undefined, skipped });
    expect(finding).toEqual({
      what: "@tensorflow/tfjs-node",
      found: "its native library is not there",
      state: "missing",
      fix: "only for --device tensorflow: npm rebuild it",
    });
  });

  test("says what CUDA it takes where the package for GPUs finds none", () => {
    const packageName = "@tensorflow/tfjs-node-gpu";
    const onCpu = tensorflowFindings({ backend: { ...backend, packageName, native: true, gpu: false }, skipped: [] })[0]!;
    expect(onCpu.state).toBe("missing");
    expect(onCpu.found).toContain("it finds no GPU");
    expect(onCpu.fix).toContain("CUDA 11.2 and cuDNN 8.1");
    const onGpu = tensorflowFindings({ backend: { ...backend, packageName, native: true, gpu: true }, skipped: [] })[0]!;
    expect(onGpu).toMatchObject({ state: "ok", fix: "" });
  });

  test("is in its document", async () => {
    const { out } = await flyball("doctor --json");
    const findings: { what: string; found: string; state: string }[] = JSON.parse(out).findings;
    const taken = findings.filter(({ what, state }) => what.startsWith("@tensorflow/") && state === "ok");
    expect(taken.length).toBe(1);
    expect(taken[0]!.found).toContain("--device tensorflow takes it");
  });
});
