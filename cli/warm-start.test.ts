import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { canonicalJson, sha256Hex } from "../core/digest.js";
import { type FakeIo, fakeIo, flyball, interruptAfter } from "../test/support/fake-io.js";
import { hasGpu } from "../test/support/swiftshader.js";
import { type Checkpoint, decodeCheckpoint } from "../train/checkpoint.js";

// The probe's own process does not see the GPU in software that tests load.
vi.mock("./webgpu-facts.js", async (load) => (await import("../test/support/losable-gpu.js")).seeing(await load()));

const isHere = await hasGpu();

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=8 --set numMinibatches=1 --set updateEpochs=2 --set hidden=8 --set decisionInterval=1 --set checkpointEvery=2 --threads 1";
/** Four iterations of 512 steps. */
const STEPS = "--steps 2048";

const checkpointOf = (io: FakeIo, run: string): Checkpoint =>
  decodeCheckpoint(readFileSync(join(io.cwd, run, "checkpoint.bin")));
const jsonOf = (io: FakeIo, file: string) => JSON.parse(readFileSync(join(io.cwd, file), "utf8"));
const inFolderOf = (io: FakeIo, other = fakeIo()): FakeIo => ({ ...other, cwd: io.cwd });

async function run(io: FakeIo, line: string) {
  const ended = await flyball(line, io);
  expect(ended.code, ended.err).toBe(0);
  return ended;
}

async function refused(io: FakeIo, line: string): Promise<string> {
  const { code, err } = await flyball(line, io);
  expect(code, err).toBe(2);
  expect(err.trimEnd().split("\n")).toHaveLength(2);
  return err;
}

/** A run of four iterations in `base`, and its controller in c.json. */
async function withBase(more = ""): Promise<FakeIo> {
  const io = fakeIo();
  await run(io, `train akash ${SMALL} ${STEPS} --out base${more}`);
  await run(io, "export base --out c.json");
  return io;
}

/** The checkpoint with which a run of these words begins. */
async function firstOf(io: FakeIo, words: string): Promise<Checkpoint> {
  let first: Checkpoint | undefined;
  const spying: FakeIo = {
    ...inFolderOf(io),
    writeFile: (path, content) => {
      if (path.endsWith("checkpoint.bin")) first ??= decodeCheckpoint(content as Uint8Array);
      io.writeFile(path, content);
    },
  };
  await run(spying, words);
  return first!;
}

describe("train --from", () => {
  test("a run begins with all weights and statistics of another run, a fresh optimiser and no steps", async () => {
    const io = await withBase();
    const base = checkpointOf(io, "base");
    const first = await firstOf(io, `train akash ${SMALL} ${STEPS} --seed 2 --from base --out next`);
    expect(first.header).toMatchObject({ iteration: 0, envSteps: 0, clock: 0, updates: 0 });
    const same = ["params", "observation.mean", "observation.deviations", "hidden.mean", "gain.deviations", "hidden.count"];
    for (const name of same) expect(first.tensors[name], name).toEqual(base.tensors[name]);
    for (const name of ["firstMoment", "secondMoment"]) expect(first.tensors[name]!.every((x) => x === 0)).toBe(true);
    expect(first.tensors["lanes"]).not.toEqual(base.tensors["lanes"]);
    const sha256 = sha256Hex(readFileSync(join(io.cwd, "base/checkpoint.bin")));
    expect(jsonOf(io, "next/config.json").from).toEqual({ path: "../base/checkpoint.bin", sha256 });
    expect(jsonOf(io, "next/manifest.json").from).toMatchObject({ sha256 });
  });

  test("a controller file gives actor and normaliser; critic and exploration are new", async () => {
    const io = await withBase();
    const first = await firstOf(io, `train akash ${SMALL} ${STEPS} --seed 2 --from c.json --out next`);
    await run(io, "export next --out after.json");
    const { normalizer, network } = jsonOf(io, "c.json");
    // Trained for 2,048 env-steps: its normaliser counts for as many observations.
    expect([...first.tensors["observation.count"]!]).toEqual([2048]);
    expect([...first.tensors["observation.mean"]!]).toEqual(normalizer.mean);
    const deviations = first.tensors["observation.deviations"]!;
    for (const [i, scale] of (normalizer.scale as number[]).entries()) {
      if (scale === 0) expect(deviations[i]).toBe(0);
      else expect(1 / Math.sqrt(deviations[i]! / 2048)).toBeCloseTo(scale, 8);
    }
    expect([...first.tensors["hidden.count"]!]).toEqual([0]);
    const base = checkpointOf(io, "base").tensors["params"] as Float32Array;
    const params = first.tensors["params"] as Float32Array;
    expect(network.layers).toHaveLength(2);
    const equal = params.filter((x, i) => x === base[i] && x !== 0).length;
    // The actor's weights and no others.
    expect(equal).toBeGreaterThan(8 * normalizer.mean.length * 0.9);
    expect(equal).toBeLessThan(0.75 * params.filter((x) => x !== 0).length);
  });

  test("the same source and seed give the same run, another seed or no source another", async () => {
    const io = await withBase();
    for (const [out, more] of Object.entries({ a: "--from base", b: "--from base", c: "--from base --seed 3", d: "" }))
      await run(io, `train akash ${SMALL} ${STEPS} ${more} --out ${out}`);
    const params = (out: string) => checkpointOf(io, out).tensors["params"];
    expect(checkpointOf(io, "b")).toEqual(checkpointOf(io, "a"));
    expect(params("c")).not.toEqual(params("a"));
    expect(params("d")).not.toEqual(params("a"));
  });

  test("an interrupted run goes on without its source, and ends where an unbroken one does, bit for bit", async () => {
    const io = await withBase();
    await run(io, `train akash ${SMALL} ${STEPS} --from base --out whole`);
    const stopped = inFolderOf(io, interruptAfter(1));
    expect((await flyball(`train akash ${SMALL} ${STEPS} --from base --out part`, stopped)).code).toBe(130);
    rmSync(join(io.cwd, "base"), { recursive: true });
    await run(io, "resume part");
    expect(checkpointOf(io, "part")).toEqual(checkpointOf(io, "whole"));
  });

  test("a run that was killed in its first iteration goes on from where it began", async () => {
    const io = await withBase();
    let first: Uint8Array | undefined;
    const writeFile: FakeIo["writeFile"] = (path, content) => {
      if (path.endsWith("checkpoint.bin")) first ??= content as Uint8Array;
      io.writeFile(path, content);
    };
    await run({ ...io, writeFile }, `train akash ${SMALL} ${STEPS} --from c.json --out whole`);
    const whole = checkpointOf(io, "whole");
    writeFileSync(join(io.cwd, "whole/checkpoint.bin"), first!);
    await run(io, "resume whole");
    expect(checkpointOf(io, "whole")).toEqual(whole);
    rmSync(join(io.cwd, "whole/checkpoint.bin"));
    expect(await refused(io, "resume whole")).toContain("stopped before its first checkpoint");
  });

  test("--best takes best.bin", async () => {
    const io = await withBase(" --set evalEvery=1 --set evalEpisodes=8");
    const best = decodeCheckpoint(readFileSync(join(io.cwd, "base/best.bin")));
    const first = await firstOf(io, `train akash ${SMALL} ${STEPS} --from base --best --out next`);
    expect(first.tensors["params"]).toEqual(best.tensors["params"]);
    expect(jsonOf(io, "next/config.json").from.path).toBe("../base/best.bin");
  });

  test("--config carries the source, of a run only as long as it is what it was", async () => {
    const io = await withBase();
    await run(io, `train akash ${SMALL} ${STEPS} --from base --out one`);
    await run(io, "train akash --config one/config.json --out two");
    expect(checkpointOf(io, "two").tensors).toEqual(checkpointOf(io, "one").tensors);
    writeFileSync(join(io.cwd, "s.json"), '{"from": "base"}');
    await run(io, `train akash --config s.json ${SMALL} ${STEPS} --out three`);
    expect(checkpointOf(io, "three").tensors).toEqual(checkpointOf(io, "one").tensors);
    await run(io, "resume base --steps 3072");
    const changed = await flyball("train akash --config one/config.json --out four", io);
    expect(changed.code).toBe(2);
    expect(changed.err.trimEnd().split("\n").at(-2)).toMatch(/is not what the run in --config began with/);
    writeFileSync(join(io.cwd, "s.json"), '{"from": 3}');
    expect(await refused(io, "train akash --config s.json --out five")).toContain("from in s.json must be the path");
  });

  // Of a controller, which brings no statistics of the hidden state: what a device must keep apart. Shaders in software take long.
  test.skipIf(!isHere)("on webgpu a run begins and goes on as on wasm", () => sameStart("webgpu", ["c.json"]));
  test("on tensorflow a run begins and goes on as on wasm", () => sameStart("tensorflow", ["base", "c.json"]));

  async function sameStart(device: string, sources: readonly string[]) {
    const io = await withBase();
    for (const source of sources) {
      const words = (where: string) =>
        `train akash ${SMALL} ${STEPS} --from ${source} --device ${where} --out ${where}-${source}`;
      const [here, there] = [await firstOf(io, words("wasm")), await firstOf(io, words(device))];
      for (const name of ["params", "lanes", "firstMoment"]) expect(there.tensors[name], name).toEqual(here.tensors[name]);
      for (const name of ["observation", "hidden", "gain"]) {
        const rounded = (tensors: Checkpoint["tensors"], part: string) => [...tensors[`${name}.${part}`]!].map(Math.fround);
        for (const part of ["count", "mean", "deviations"])
          expect(rounded(there.tensors, part)).toEqual(rounded(here.tensors, part));
      }
      // At the end too.
      const [a, b] = ["wasm", device].map((where) => checkpointOf(io, `${where}-${source}`).tensors);
      for (const name of ["hidden.mean", "observation.mean"]) {
        for (const [i, value] of a![name]!.entries())
          expect(Math.abs(b![name]![i]! - value)).toBeLessThan(2e-3 * (1 + Math.abs(value)));
      }
    }
  }
});

describe("train --from refuses", () => {
  test("what does not fit, with what to do", async () => {
    const io = await withBase();
    const from = (words: string) => refused(io, `train ${words} --out next`);
    expect(await from(`akash ${SMALL} ${STEPS} --set hidden=16 --from base`)).toMatch(
      /base has hidden layers of 8, the new run of 16\n {2}add --set hidden=8/,
    );
    expect(await from(`akash ${SMALL} ${STEPS} --set activation=relu --from c.json`)).toContain("add --set activation=tanh");
    expect(await from(`akash ${SMALL} ${STEPS} --set normalizeObservation=false --from c.json`)).toContain(
      "add --set normalizeObservation=true",
    );
    expect(await from(`render ${SMALL} ${STEPS} --from base`)).toContain("it is for economy akash-v1, not render-v1");
    expect(await from(`akash ${SMALL} ${STEPS} --from nowhere`)).toContain("--from names nowhere, which does not exist");
    expect(await from(`akash ${SMALL} ${STEPS} --from base --best`)).toContain("no best.bin");
    expect(await from(`akash ${SMALL} ${STEPS} --from c.json --best`)).toContain("leave --best out");
    expect(await from(`akash ${SMALL} ${STEPS} --best`)).toContain("add --from RUN");
    writeFileSync(join(io.cwd, "rule.json"), '{"format":"flyball-rule"}');
    expect(await from(`akash ${SMALL} ${STEPS} --from rule.json`)).toContain("neither a run folder nor a controller file");
  });

  test("a unit or a bound of another meaning, naming it", async () => {
    const io = await withBase();
    const { sha256: _sha256, ...content } = jsonOf(io, "c.json");
    const [control, ...others] = content.actions;
    const changed = { ...content, actions: [{ ...control, unit: "1/week" }, ...others], version: 1 };
    const { stepDays: _days, decimals: _decimals, interfaceHash: _hash, structure: _structure, ...old } = changed;
    writeFileSync(join(io.cwd, "c.json"), JSON.stringify({ ...old, sha256: sha256Hex(canonicalJson(old)) }));
    expect(await refused(io, `train akash ${SMALL} ${STEPS} --from c.json --out next`)).toMatch(
      /actions\.\w+\.unit is "1\/week" in the controller, but /,
    );
  });

  test("a run of another algorithm; its controller alone is taken", async () => {
    const io = fakeIo();
    const search =
      "--set algorithm=random-search --set hidden=8 --set numDirections=2 --set topDirections=2 --set episodes=4 --set horizon=20";
    await run(io, `train akash ${search} --steps 960 --threads 1 --out search`);
    expect(await refused(io, `train akash ${SMALL} ${STEPS} --from search --out next`)).toContain(
      "search was trained by random-search, whose state says nothing to ppo",
    );
    const next = await firstOf(io, `train akash ${search} --steps 960 --threads 1 --from search --out again`);
    expect(next.tensors["params"]).toEqual(checkpointOf(io, "search").tensors["params"]);
  });

  test("a base or a memory that the new run does not have; with the same the policy is taken as it is", async () => {
    const io = fakeIo();
    const es = (more: string) =>
      `train akash --set algorithm=es --set hidden= --set base=akash-bme --set memoryRates=0.1 --set population=4 --set episodes=4 --set horizon=20 --steps 960 --threads 1 ${more}`;
    await run(io, es("--out es"));
    await run(io, "export es --out es.json");
    const next = await firstOf(io, es("--seed 2 --from es.json --out next"));
    expect(next.tensors["params"]).toEqual(checkpointOf(io, "es").tensors["params"]);
    expect(next.tensors["cma.sigma"]![0]).toBeCloseTo(0.005, 12);
    const again = await firstOf(io, es("--seed 2 --from es --out again"));
    expect(again.tensors["params"]).toEqual(next.tensors["params"]);
    const refusal = (more: string) => refused(io, es(`--from es.json --out other ${more}`));
    const memory = await refusal("--set memoryRates=0.2");
    expect(memory).toContain("es.json has another memory around its network than the new run");
    expect(memory).toContain("add --set memoryRates=0.1, or start from another run");
    expect(await refusal("--set lastRequest=false")).toContain("add --set lastRequest=true, or start from another run");
    expect(await refusal("--set base=off")).toContain("es.json has another base rule around its network than the new run");
    expect(await refused(io, `train akash ${SMALL} ${STEPS} --from es.json --out other`)).toContain(
      "es.json has hidden layers",
    );
  });

  test("a run whose config.json names another source than it had", async () => {
    const io = await withBase();
    await run(io, `train akash ${SMALL} ${STEPS} --from base --out next`);
    const file = jsonOf(io, "next/config.json");
    writeFileSync(
      join(io.cwd, "next/config.json"),
      JSON.stringify({ ...file, from: { ...file.from, sha256: "0".repeat(64) } }),
    );
    expect(await refused(io, "export next --out d.json")).toContain("next/config.json was edited: from.sha256 is");
  });
});
