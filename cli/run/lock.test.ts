import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { fakeIo } from "../../test/support/fake-io.js";
import { identifyProcess, isRunning } from "../process-id.js";
import { takeLock } from "./lock.js";

const BUILT = fileURLToPath(new URL("../../dist/cli", import.meta.url));
const DEAD = JSON.stringify({ pid: 2 ** 22 + 1, started: "long ago", host: "test" });

test("a lock is a whole file from the moment that it is there, and goes when it is released", () => {
  const io = fakeIo();
  const lock = takeLock(io, join(io.cwd, "run.lock"), "run");
  expect(JSON.parse(readFileSync(join(io.cwd, "run.lock"), "utf8"))).toEqual({ ...io.process, host: "test" });
  expect(readdirSync(io.cwd)).toEqual(["run.lock"]);
  lock.release();
  expect(readdirSync(io.cwd)).toEqual([]);
});

test("a lock that is a folder, or lies in a folder that is gone, is a mistake that can be fixed", () => {
  const io = fakeIo();
  mkdirSync(join(io.cwd, "run.lock"));
  expect(() => takeLock(io, join(io.cwd, "run.lock"), "run")).toThrow("run.lock: it is a folder");
  expect(() => takeLock(io, join(io.cwd, "gone/run.lock"), "gone")).toThrow("its folder is missing");
});

test("a lock that no process wrote whole is taken over, as is one that a takeover left when it died", () => {
  const io = fakeIo();
  const path = join(io.cwd, "run.lock");
  for (const text of ["", "null", '{"pid":', DEAD]) {
    writeFileSync(path, text);
    writeFileSync(`${path}.takeover`, DEAD);
    takeLock(io, path, "run").release();
    expect(readdirSync(io.cwd)).toEqual([]);
  }
});

test("a process that got the pid of a dead one does not keep its lock", () => {
  const me = identifyProcess(process.pid);
  expect(isRunning(me)).toBe(true);
  expect(me.started).not.toBeNull();
  expect(isRunning({ ...me, started: "another boot 123" })).toBe(false);
  const io = fakeIo({ isRunning });
  const path = join(io.cwd, "run.lock");
  writeFileSync(path, JSON.stringify({ ...me, host: "test" }));
  expect(() => takeLock(io, path, "run")).toThrow(`in use by process ${process.pid} on test`);
  writeFileSync(path, JSON.stringify({ ...me, started: "another boot 123", host: "test" }));
  takeLock(io, path, "run").release();
});

/** Takes the lock of one folder after another when it is told to, says whether it got it, and keeps what it got. */
const RIVAL = `
const { takeLock } = await import(process.argv[2] + "/run/lock.js");
const { identifyProcess, isRunning } = await import(process.argv[2] + "/process-id.js");
const io = { host: "test", process: identifyProcess(process.pid), isRunning };
process.on("message", ({ path, at }) => {
  while (Date.now() < at);
  let got = true;
  try { takeLock(io, path, "run"); } catch (error) { got = error.code === "E_RUN_LOCKED" ? false : String(error.stack); }
  process.send(got);
});
process.send("ready");
`;

test.skipIf(!existsSync(BUILT))(
  "of many processes that find the same dead process's lock exactly one takes it over, in every round (needs npm run build)",
  async () => {
    const io = fakeIo();
    const script = join(io.cwd, "rival.mjs");
    writeFileSync(script, RIVAL);
    const rivals = Array.from({ length: 6 }, () => fork(script, [pathToFileURL(BUILT).href]));
    onTestFinished(() => rivals.forEach((rival) => void rival.kill("SIGKILL")));
    const answers = () => Promise.all(rivals.map(nextMessage));
    expect(await answers()).toEqual(rivals.map(() => "ready"));
    for (let round = 0; round < 150; round++) {
      const path = join(io.cwd, `run${round}.lock`);
      writeFileSync(path, DEAD);
      const at = Date.now() + 3;
      for (const rival of rivals) rival.send({ path, at });
      const owners = (await answers()).filter((got) => got !== false);
      expect(owners, `round ${round}`).toEqual([true]);
    }
    expect(readdirSync(io.cwd).filter((name) => name.includes("takeover") || name.includes("tmp"))).toEqual([]);
  },
);

const nextMessage = (child: ChildProcess) => new Promise<unknown>((resolve) => child.once("message", resolve));
