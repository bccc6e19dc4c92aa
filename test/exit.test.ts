import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { decodeCheckpoint } from "../train/checkpoint.js";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
/** Iterations of 4,096 steps that take a few milliseconds each. */
const SMALL =
  "--set algorithm=ppo --set numEnvs=256 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=1";

function place(): string {
  const cwd = mkdtempSync(join(tmpdir(), "flyball-exit-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  return cwd;
}

function flyball(cwd: string, line: string, stdio: ("pipe" | "ignore" | number)[] = ["ignore", "pipe", "pipe"]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...line.split(" ")], { cwd, stdio });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

const ended = (child: ChildProcess) =>
  new Promise<number | string | null>((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = "";
  for await (const part of stream!) text += part;
  return text;
}

const iterationOf = (cwd: string) =>
  Number(decodeCheckpoint(readFileSync(join(cwd, "run/checkpoint.bin"))).header["iteration"]);

describe.skipIf(!existsSync(MAIN))("how a process ends (needs npm run build)", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("%s saves a training run and ends it with %d", async (signal, code) => {
    const cwd = place();
    const child = flyball(cwd, `train akash --device wasm --threads 1 --steps 400000000 ${SMALL} --out run --json`);
    const out = textOf(child.stdout);
    const end = ended(child);
    const watch = setInterval(() => {
      const log = join(cwd, "run/metrics.jsonl");
      if (!existsSync(log) || statSync(log).size < 500) return;
      // Asked twice, it would leave at once.
      clearInterval(watch);
      child.kill(signal);
    }, 10);
    onTestFinished(() => clearInterval(watch));
    expect(await end).toBe(code);
    expect(JSON.parse(await out)).toMatchObject({ finished: false, interruptedBy: signal });
    expect(iterationOf(cwd)).toBeGreaterThan(0);
    expect(existsSync(join(cwd, "run/run.lock"))).toBe(false);
  });

  test("a run whose standard error nobody reads any more goes on to its end", async () => {
    const cwd = place();
    const child = flyball(cwd, `train akash --device wasm --threads 1 --steps 409600 ${SMALL} --out run`);
    child.stderr!.once("data", () => child.stderr!.destroy());
    expect(await ended(child)).toBe(0);
    expect(iterationOf(cwd)).toBe(100);
    expect(existsSync(join(cwd, "run/run.lock"))).toBe(false);
  });

  test("an evaluation whose output nobody reads writes its report", async () => {
    const cwd = place();
    const child = flyball(cwd, "evaluate affine none --economy akash --episodes 5 --days 10 --quick --out rep");
    child.stdout!.destroy();
    child.stderr!.destroy();
    expect(await ended(child)).toBe(0);
    expect(JSON.parse(readFileSync(join(cwd, "rep/report.json"), "utf8"))).toMatchObject({ economy: "akash-v1" });
  });

  test("results that do not fit on the disk are an error of two lines; a log that does not is none", async () => {
    const child = flyball(place(), "rules", ["ignore", openSync("/dev/full", "w"), "pipe"]);
    const [code, err] = await Promise.all([ended(child), textOf(child.stderr)]);
    expect(err).toMatch(/^error: cannot write standard output: the disk is full\n {2}\S.*\n$/);
    expect(code).toBe(2);
    const cwd = place();
    const fit = flyball(cwd, "simulate affine --economy akash --days 3 --out a.csv", [
      "ignore",
      "pipe",
      openSync("/dev/full", "w"),
    ]);
    expect(await ended(fit)).toBe(0);
    expect(readFileSync(join(cwd, "a.csv"), "utf8").split("\n").length).toBe(5);
  });

  test.each(["/dev/null", "/dev/stdout", "pipe", "/", "x".repeat(300)])(
    "--out %s is refused and stays what it is",
    async (out) => {
      const cwd = place();
      if (out === "pipe") await ended(spawn("mkfifo", [join(cwd, "pipe")]));
      for (const line of ["simulate affine --economy akash --days 3", "tune affine --economy akash --budget 200000"]) {
        const child = flyball(cwd, `${line} --out ${out}`);
        const [code, err] = await Promise.all([ended(child), textOf(child.stderr)]);
        expect(err).toMatch(/^error: cannot write .*\n {2}\S.*\n$/);
        expect(code).toBe(2);
      }
      expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
    },
  );

  test("a file too large for the limits of the system is an error of two lines", async () => {
    const cwd = place();
    const line = `ulimit -f 1; exec "${process.execPath}" "${MAIN}" simulate affine --economy akash --out a.csv`;
    const child = spawn("bash", ["-c", line], { cwd });
    const [code, err] = await Promise.all([ended(child), textOf(child.stderr)]);
    expect(err).toMatch(/^error: cannot write .*larger than the system allows\n {2}\S.*\n$/);
    expect(code).toBe(2);
    expect(existsSync(join(cwd, "a.csv"))).toBe(false);
  });

  test("a folder that is deleted while a run writes to it ends the run and is not made again", async () => {
    const cwd = place();
    const child = flyball(cwd, `train akash --device wasm --threads 1 --steps 400000000 ${SMALL} --out run`);
    const err = textOf(child.stderr);
    const end = ended(child);
    const watch = setInterval(() => {
      const log = join(cwd, "run/metrics.jsonl");
      if (existsSync(log) && statSync(log).size > 500) rmSync(join(cwd, "run"), { recursive: true, force: true });
    }, 10);
    onTestFinished(() => clearInterval(watch));
    expect(await end).toBe(2);
    expect((await err).trimEnd().split("\n").slice(-2).join("\n")).toMatch(
      /^error: .*(removed or taken over|cannot write).*\n {2}\S/,
    );
    expect(existsSync(join(cwd, "run"))).toBe(false);
  });

  test("a resume finds the lock in the way, or none to write, and says so in two lines", async () => {
    const cwd = place();
    expect(await ended(flyball(cwd, `train akash --device wasm --threads 1 --steps 16384 ${SMALL} --out run`))).toBe(0);
    writeFileSync(join(cwd, "run/run.lock"), "{}");
    rmSync(join(cwd, "run/run.lock"));
    await ended(spawn("mkdir", [join(cwd, "run/run.lock")]));
    const child = flyball(cwd, "resume run");
    const [code, err] = await Promise.all([ended(child), textOf(child.stderr)]);
    expect(err).toMatch(/^error: cannot read .*run.lock: it is a folder\n {2}\S.*\n$/);
    expect(code).toBe(2);
  });
});
