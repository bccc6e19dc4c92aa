import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { decodeCheckpoint } from "../train/checkpoint.js";

const MAIN = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const ITERATIONS = 12;
const SETTINGS = ["algorithm=ppo", "numEnvs=256", "numSteps=16", "numMinibatches=8", "decisionInterval=1", "checkpointEvery=3"];

function flyball(cwd: string, ...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** How a process ended: its exit code, or the signal that killed it. */
const ended = (child: ChildProcess) =>
  new Promise<number | string | null>((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));

function train(cwd: string, out: string, threads: number): ChildProcess {
  const steps = String(256 * 16 * ITERATIONS);
  const set = SETTINGS.flatMap((setting) => ["--set", setting]);
  return flyball(cwd, "train", "akash", "--out", out, "--steps", steps, "--threads", String(threads), ...set);
}

const checkpointOf = (cwd: string, run: string) => decodeCheckpoint(readFileSync(join(cwd, run, "checkpoint.bin")));

function linesOf(cwd: string, run: string): number {
  const path = join(cwd, run, "metrics.jsonl");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
}

/** Kills the process the hard way when half of its iterations are done. */
async function killHalfway(child: ChildProcess, cwd: string, run: string): Promise<number | string | null> {
  const end = ended(child);
  const watch = setInterval(() => {
    if (linesOf(cwd, run) >= ITERATIONS / 2) child.kill("SIGKILL");
  }, 5);
  const how = await end;
  clearInterval(watch);
  return how;
}

async function killAndResume(cwd: string, run: string, threads: number): Promise<void> {
  expect(await killHalfway(train(cwd, run, threads), cwd, run)).toBe("SIGKILL");
  const left = Number(checkpointOf(cwd, run).header["iteration"]);
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(ITERATIONS);
  expect(await ended(flyball(cwd, "resume", run))).toBe(0);
}

test.skipIf(!existsSync(MAIN))(
  "a run that was killed with kill -9 and resumed ends like an unbroken one, bit for bit, on 1 and 2 threads (needs npm run build)",
  async () => {
    const cwd = mkdtempSync(join(tmpdir(), "flyball-kill-"));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const [how] = await Promise.all([
      ended(train(cwd, "whole", 1)),
      killAndResume(cwd, "killed1", 1),
      killAndResume(cwd, "killed2", 2),
    ]);
    expect(how).toBe(0);
    const whole = checkpointOf(cwd, "whole");
    expect(whole.header["iteration"]).toBe(ITERATIONS);
    for (const run of ["killed1", "killed2"]) {
      const resumed = checkpointOf(cwd, run);
      expect(resumed.header["iteration"]).toBe(ITERATIONS);
      for (const [name, tensor] of Object.entries(whole.tensors)) {
        const bytes = ({ buffer, byteOffset, byteLength }: typeof tensor) => Buffer.from(buffer, byteOffset, byteLength);
        expect(Buffer.compare(bytes(resumed.tensors[name]!), bytes(tensor)), `${name} of ${run}`).toBe(0);
      }
      // The log was cut back to the checkpoint and goes on from there: no line is missing and none is there twice.
      const logged = readFileSync(join(cwd, run, "metrics.jsonl"), "utf8")
        .trimEnd()
        .split("\n");
      expect(logged.map((line) => JSON.parse(line).update)).toEqual(Array.from({ length: ITERATIONS }, (_, i) => i + 1));
    }
  },
);
