import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FakeIo, fakeIo, flyball, interruptAfter } from "../test/support/fake-io.js";
import { decodeCheckpoint, encodeCheckpoint } from "../train/checkpoint.js";
import { readMetrics } from "./run/metrics-log.js";

/** Six iterations of 1,024 steps, checkpoints after every second: a second or so. */
const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=1 --set checkpointEvery=2 --steps 6144";

const trainSmall = (io: FakeIo, out: string, more = "") => flyball(`train akash ${SMALL} --out ${out} --threads 1${more}`, io);

function tensorsOf(io: FakeIo, run: string) {
  return decodeCheckpoint(readFileSync(join(io.cwd, run, "checkpoint.bin"))).tensors;
}

describe("train and resume", () => {
  test("a run folder holds configuration, manifest, checkpoint, metrics and events", async () => {
    const io = fakeIo();
    const { code, out, err } = await trainSmall(io, "run", " --json");
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ economy: "akash-v1", out: "run", envSteps: 6144, finished: true });
    const config = JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8"));
    expect(config).toMatchObject({
      format: "flyball-run",
      economy: "akash-v1",
      config: { device: "wasm", threads: 1, hidden: [8] },
    });
    const manifest = JSON.parse(readFileSync(join(io.cwd, "run/manifest.json"), "utf8"));
    expect(manifest).toMatchObject({ economy: "akash-v1", seed: 1, started: "2023-11-14T22:13:20.000Z" });
    expect(readMetrics(join(io.cwd, "run")).lines.map(({ envSteps }) => envSteps)).toEqual([
      1024, 2048, 3072, 4096, 5120, 6144,
    ]);
    const last = readMetrics(join(io.cwd, "run")).lines.at(-1)!;
    const deviations = Object.keys(last.metrics).filter((name) => name.startsWith("std."));
    expect(deviations).toEqual(["std.burnShare", "std.fee", "std.issuance"]);
    const events = readFileSync(join(io.cwd, "run/events.out.tfevents.flyball")).toString("latin1");
    for (const tag of ["train/std/issuance", "train/std/burnShare", "train/std/fee"]) expect(events).toContain(tag);
  });

  test("Ctrl-C saves, says how to go on, and resume ends where an unbroken run does, bit for bit", async () => {
    const whole = fakeIo();
    await trainSmall(whole, "run");
    const io = interruptAfter(3);
    expect((await trainSmall(io, "run")).code).toBe(130);
    expect(decodeCheckpoint(readFileSync(join(io.cwd, "run/checkpoint.bin"))).header["iteration"]).toBe(3);
    const resumed = { ...fakeIo(), cwd: io.cwd };
    const { code, err } = await flyball("resume run", resumed);
    expect(code, err).toBe(0);
    expect(tensorsOf(resumed, "run")).toEqual(tensorsOf(whole, "run"));
    expect(readMetrics(join(io.cwd, "run")).lines.length).toBe(6);
  });

  test("the progress line says nothing of the return before whole episodes have ended", async () => {
    const lines: string[] = [];
    const write = (text: string) => void lines.push(text);
    let clock = 0;
    const io = fakeIo({
      stderr: { isTTY: true, columns: 200, failure: () => undefined, write },
      now: () => (clock += 1000),
    });
    // 64 lanes of 40 days: whole from 2,560 env-steps on.
    await trainSmall(io, "run", " --set horizon=40");
    const shown = lines.flatMap((line) => /return (\S+)/.exec(line)?.slice(1, 2) ?? []);
    expect(shown.slice(0, 2)).toEqual(["-", "-"]);
    expect(shown.length).toBeGreaterThanOrEqual(6);
    for (const value of shown.slice(2)) expect(Number(value)).toBeLessThan(0);
  });

  test("a run goes on with another number of threads, and ends where it would have", async () => {
    const whole = fakeIo();
    await trainSmall(whole, "run");
    const io = interruptAfter(3);
    await trainSmall(io, "run");
    const resumed = { ...fakeIo(), cwd: io.cwd };
    const { code, err } = await flyball("resume run --threads 2", resumed);
    expect(code, err).toBe(0);
    expect(JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8")).config.threads).toBe(2);
    expect(tensorsOf(resumed, "run")).toEqual(tensorsOf(whole, "run"));
  });

  test("a run too short to learn anything is refused before a folder is made", async () => {
    const io = fakeIo();
    const { code, err } = await flyball("train akash --set algorithm=ppo --steps 100000 --set numEnvs=4096 --out short", io);
    expect(code).toBe(2);
    expect(err).toContain("nothing would be learned");
    expect(err).toContain("use --steps 917504 or more");
    expect(existsSync(join(io.cwd, "short"))).toBe(false);
  });

  test("a run that was killed goes on from its checkpoint, with its logs cut back to it", async () => {
    const whole = fakeIo();
    await trainSmall(whole, "run");
    const io = fakeIo();
    await trainSmall(io, "run");
    // What kill -9 after the fifth iteration leaves: the checkpoint of the fourth, later lines, half a line, a lock.
    const four = interruptAfter(4);
    await trainSmall(four, "run");
    writeFileSync(join(io.cwd, "run/checkpoint.bin"), readFileSync(join(four.cwd, "run/checkpoint.bin")));
    appendFileSync(join(io.cwd, "run/metrics.jsonl"), '{"envSteps":71');
    writeFileSync(join(io.cwd, "run/run.lock"), JSON.stringify({ pid: 77, started: "5", host: "test" }));
    const { code, err } = await flyball("resume run", io);
    expect(code, err).toBe(0);
    expect(tensorsOf(io, "run")).toEqual(tensorsOf(whole, "run"));
    expect(readMetrics(join(io.cwd, "run")).lines.map(({ update }) => update)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test("resume refuses lanes that are laid out otherwise; the controller can still be exported", async () => {
    const io = fakeIo();
    await trainSmall(io, "run");
    const path = join(io.cwd, "run/checkpoint.bin");
    const { header, tensors } = decodeCheckpoint(readFileSync(path));
    const { laneMemory, ...older } = header;
    expect(laneMemory).toMatch(/^[0-9a-f]{64}$/);
    writeFileSync(path, encodeCheckpoint({ header: older, tensors }));
    const { code, err } = await flyball("resume run", io);
    expect(code).toBe(2);
    expect(err).toContain("the worlds in run/checkpoint.bin were saved by a flyball that keeps other figures of akash-v1");
    expect((await flyball("export run --out c.json", io)).code).toBe(0);
  });

  test("resume refuses a changed configuration, a damaged checkpoint and a folder that is none", async () => {
    const io = fakeIo();
    await trainSmall(io, "run");
    const config = join(io.cwd, "run/config.json");
    const checkpoint = join(io.cwd, "run/checkpoint.bin");
    const [goodConfig, good] = [readFileSync(config, "utf8"), readFileSync(checkpoint)];

    writeFileSync(config, goodConfig.replace('"gamma": 0.99', '"gamma": 0.98'));
    expect((await flyball("resume run", io)).err).toContain("run/config.json was edited: gamma is 0.985");
    writeFileSync(config, goodConfig);

    writeFileSync(checkpoint, good.subarray(0, good.length - 1));
    expect(await flyball("resume run", io)).toMatchObject({ code: 2, err: expect.stringContaining("is cut off") });
    writeFileSync(checkpoint, Buffer.concat([good.subarray(0, 5000), Buffer.of(good[5000]! ^ 1), good.subarray(5001)]));
    expect(await flyball("resume run", io)).toMatchObject({ code: 2, err: expect.stringContaining("altered or damaged") });
    writeFileSync(checkpoint, "date,price_usd\n".repeat(10));
    expect(await flyball("resume run", io)).toMatchObject({
      code: 2,
      err: expect.stringContaining("not a flyball checkpoint"),
    });

    expect((await flyball("resume nowhere", io)).err).toContain("nowhere is not a run folder");
  });
});

describe("what train refuses before it starts", () => {
  async function refused(line: string, prepare: (io: FakeIo) => void = () => {}): Promise<string> {
    const io = fakeIo();
    prepare(io);
    const { code, out, err } = await flyball(`train ${line} --out run`, io);
    expect(code, err).toBe(2);
    expect(out).toBe("");
    expect(err.trimEnd().split("\n").length).toBe(2);
    // Nothing half-written: the folder was not even made.
    expect(readMetrics(join(io.cwd, "run")).lines).toEqual([]);
    return err;
  }

  test("unknown names", async () => {
    expect(await refused("akahs")).toMatch(/unknown economy "akahs"\n {2}did you mean "?akash/);
    expect(await refused("akash --set gama=0.9")).toMatch(/unknown setting "gama"\n {2}did you mean "?gamma/);
    expect(await refused("akash --set objective=balancd")).toMatch(/objective balancd\n {2}did you mean "?balanced/);
    expect(await refused("akash --preset matur")).toMatch(/preset matur\n {2}did you mean "?mature/);
  });

  test("values out of range, of the wrong type or not fitting together", async () => {
    expect(await refused("akash --set algorithm=ppo --set gamma=1.5")).toContain(
      "gamma must be a number >= 0 and <= 1, got 1.5",
    );
    expect(await refused("akash --set algorithm=ppo --set learningRate=NaN")).toContain('got "NaN"');
    expect(await refused("akash --set algorithm=ppo --set numMinibatches=7")).toContain("must be a multiple of 64");
    expect(await refused("akash --seed -1")).toContain("--seed must be a whole number");
    expect(await refused("akash --listed mnav")).toContain('there is no listed layer of kind "mnav"');
  });

  test("configuration files that are missing, broken or no object", async () => {
    const write = (text: string) => (io: FakeIo) => writeFileSync(join(io.cwd, "c.json"), text);
    expect(await refused("akash --config c.json")).toContain("there is no ");
    expect(await refused("akash --config c.json", write('{"gamma": 0.9'))).toContain("c.json is not JSON");
    expect(await refused("akash --config c.json", write("[1]"))).toContain("must be an object of settings");
    expect(await refused("akash --config c.json", write('{"algorithm": "ppo", "clipcoef": 0.1}'))).toMatch(
      /did you mean "?clipCoef/,
    );
  });

  test("a folder that cannot be made, is in use or holds a run", async () => {
    const taken = (io: FakeIo) => writeFileSync(join(io.cwd, "run"), "");
    expect(await refused("akash --device wasm", taken)).toContain("a part of the path is a file");
    const io = fakeIo();
    await trainSmall(io, "run");
    expect((await trainSmall(io, "run")).err).toContain("run already holds a run");
    writeFileSync(join(io.cwd, "run/run.lock"), JSON.stringify({ pid: 1, started: null, host: "elsewhere" }));
    expect((await flyball("resume run", io)).err).toContain("is in use by process 1 on elsewhere");
  });

  test("a full disk stops a run with two lines and leaves the last checkpoint", async () => {
    let writes = 0;
    const io: FakeIo = fakeIo({
      writeFile: (path, content) => {
        // config, manifest, metrics, events and one checkpoint fit.
        if (++writes > 5) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
        writeFileSync(path, content);
      },
    });
    const { code, err } = await trainSmall(io, "run");
    expect(code).toBe(2);
    expect(err).toContain("the disk is full");
    expect(decodeCheckpoint(readFileSync(join(io.cwd, "run/checkpoint.bin"))).header["iteration"]).toBe(2);
  });
});

describe("evaluations during training", () => {
  const EVALUATED = " --set evalEvery=2 --set evalEpisodes=8";

  test("they are logged, shown in TensorBoard under eval, and the best checkpoint is kept beside the last", async () => {
    const io = fakeIo();
    const { code, err, out } = await trainSmall(io, "run", `${EVALUATED} --json`);
    expect(code, err).toBe(0);
    const evaluated = readMetrics(join(io.cwd, "run")).lines.filter(({ metrics }) => "eval/return" in metrics);
    expect(evaluated.map(({ update, envSteps }) => [update, envSteps])).toEqual([
      [2, 2048],
      [4, 4096],
      [6, 6144],
    ]);
    for (const { metrics } of evaluated) {
      expect(Object.keys(metrics)).toEqual(["eval/high", "eval/low", "eval/return"]);
      expect(metrics["eval/low"]).toBeLessThan(metrics["eval/return"]!);
      expect(metrics["eval/high"]).toBeGreaterThan(metrics["eval/return"]!);
    }
    const best = evaluated.reduce((high, line) => (line.metrics["eval/return"]! > high.metrics["eval/return"]! ? line : high));
    const { header } = decodeCheckpoint(readFileSync(join(io.cwd, "run/best.bin")));
    expect(header["iteration"]).toBe(best.update);
    const score = { iteration: best.update, envSteps: best.envSteps, mean: best.metrics["eval/return"] };
    expect(header["evaluations"]).toMatchObject({ best: score, withoutBetter: 0 });
    expect(JSON.parse(out).best).toMatchObject(score);
    expect(readFileSync(join(io.cwd, "run/events.out.tfevents.flyball")).includes("eval/return")).toBe(true);
  });

  test("export, evaluate and simulate take the last checkpoint, and with --best the best one", async () => {
    const io = fakeIo();
    await trainSmall(io, "run", EVALUATED);
    // So that the two differ whichever evaluation was the best: the best of a run that was stopped after its first.
    const first = interruptAfter(2);
    await trainSmall(first, "run", EVALUATED);
    writeFileSync(join(io.cwd, "run/best.bin"), readFileSync(join(first.cwd, "run/best.bin")));
    const envSteps = async (more: string) => {
      const { code, out, err } = await flyball(`export run --out c.json --json${more}`, io);
      expect(code, err).toBe(0);
      return JSON.parse(out).provenance.envSteps;
    };
    expect([await envSteps(""), await envSteps(" --best")]).toEqual([6144, 2048]);
    const evaluated = async (more: string) => {
      const line = `evaluate run --economy akash --episodes 4 --days 10 --scenarios base --quick --json${more}`;
      return JSON.parse((await flyball(line, io)).out).provenance.controllers.run.envSteps;
    };
    expect([await evaluated(""), await evaluated(" --best")]).toEqual([6144, 2048]);
    const days = async (more: string) => (await flyball(`simulate run --economy akash --days 20${more}`, io)).out;
    expect(await days(" --best")).not.toBe(await days(""));
  });

  test("--best of a run without evaluations is refused with what to do", async () => {
    const io = fakeIo();
    await trainSmall(io, "run");
    const { code, err } = await flyball("export run --best --out c.json", io);
    expect(code).toBe(2);
    expect(err).toContain("run has no best.bin: no evaluation was made during its training");
    expect(err).toContain("leave --best out");
  });

  test("Ctrl-C and resume end where an unbroken run does, best checkpoint and logged evaluations included", async () => {
    const whole = fakeIo();
    await trainSmall(whole, "run", EVALUATED);
    const io = interruptAfter(3);
    expect((await trainSmall(io, "run", EVALUATED)).code).toBe(130);
    const resumed = { ...fakeIo(), cwd: io.cwd };
    expect((await flyball("resume run", resumed)).code).toBe(0);
    for (const file of ["checkpoint.bin", "best.bin"]) {
      expect(readFileSync(join(io.cwd, "run", file)).equals(readFileSync(join(whole.cwd, "run", file))), file).toBe(true);
    }
    const logged = (cwd: string) =>
      readMetrics(join(cwd, "run")).lines.flatMap(({ update, metrics }) =>
        "eval/return" in metrics ? [[update, metrics]] : [],
      );
    expect(logged(io.cwd)).toEqual(logged(whole.cwd));
  });

  test("a run that stops early ends with exit 0, says so, and says it again when it is resumed", async () => {
    const io = fakeIo();
    // Steps far below the resolution of float32 and no normaliser: the policy stays what it is, so no evaluation is better than the first.
    const still = " --set normalizeObservation=false --set learningRate=1e-30 --set earlyStop=1";
    const { code, err, out } = await trainSmall(io, "run", `${EVALUATED}${still} --json`);
    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ finished: true, stoppedEarly: true, envSteps: 4096, totalSteps: 6144 });
    expect(err).toContain("learning stopped early: one evaluation without a new best");
    const again = await flyball("resume run", io);
    expect(again.code).toBe(0);
    expect(again.err).toContain("learning stopped early");
  });
});
