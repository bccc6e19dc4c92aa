import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo } from "../test/fake-io.js";
import { createRunFolder, readMetrics, reopenRunFolder } from "./run-folder.js";

const line = (update: number) => ({ update, envSteps: update * 100, time: update * 1000, metrics: { return: update / 4 } });

test("two runs in one folder are refused while the first lives", () => {
  const io = fakeIo();
  const folder = createRunFolder(io, "run");
  expect(() => createRunFolder(io, "run")).toThrow("is in use by process 1234 on test");
  folder.close();
  createRunFolder(io, "run").close();
});

test("another living process keeps its folder, a dead one's lock is taken over", () => {
  const first = fakeIo();
  createRunFolder(first, "run");
  const other = { ...first, process: { pid: 99, startedAt: 5 } };
  expect(() => createRunFolder({ ...other, isAlive: () => true }, "run")).toThrow("is in use by process 1234");
  const folder = createRunFolder({ ...other, isAlive: () => false }, "run");
  expect(JSON.parse(readFileSync(folder.file("run.lock"), "utf8"))).toMatchObject({ pid: 99 });
});

test("a lock of an earlier process with our pid is stale, one of another host is not", () => {
  const io = fakeIo({ isAlive: () => true });
  createRunFolder(io, "run");
  createRunFolder({ ...io, process: { pid: 1234, startedAt: 2 } }, "run");
  expect(() => createRunFolder({ ...io, host: "elsewhere" }, "run")).toThrow("on test");
});

test("a folder that holds a run already is refused and left unlocked", () => {
  const io = fakeIo();
  const folder = createRunFolder(io, "run");
  writeFileSync(folder.file("config.json"), "{}");
  folder.close();
  expect(() => createRunFolder(io, "run")).toThrow("run already holds a run (config.json)");
  expect(existsSync(folder.file("run.lock"))).toBe(false);
});

test("a file in the folder's place is refused", () => {
  const io = fakeIo();
  writeFileSync(join(io.cwd, "run"), "");
  expect(() => createRunFolder(io, "run")).toThrow("a part of the path is a file");
});

test("reopening cuts metrics and events back to the checkpoint's step and drops a half-written line", () => {
  const io = fakeIo();
  const folder = createRunFolder(io, "run");
  for (const update of [1, 2, 3]) folder.append(line(update));
  folder.close();
  const eventsAfter3 = readFileSync(folder.file("events.out.tfevents.flyball"));
  appendFileSync(folder.file("metrics.jsonl"), '{"update":4,"envSt');
  const again = reopenRunFolder(io, "run", 200);
  expect(readMetrics(folder.path)).toEqual([line(1), line(2)]);
  again.append(line(3));
  again.close();
  expect(readMetrics(folder.path)).toEqual([line(1), line(2), line(3)]);
  expect(readFileSync(folder.file("events.out.tfevents.flyball")).equals(eventsAfter3)).toBe(true);
});

test("a folder that cannot be filled is unlocked again", () => {
  const full = () => {
    throw Object.assign(new Error("no space"), { code: "ENOSPC" });
  };
  const io = fakeIo({ writeFile: full });
  expect(() => createRunFolder(io, "run")).toThrow("the disk is full");
  expect(existsSync(join(io.cwd, "run", "run.lock"))).toBe(false);
});
