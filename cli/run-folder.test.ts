import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo } from "../test/support/fake-io.js";
import { readMetrics } from "./run/metrics-log.js";
import { createRunFolder, reopenRunFolder } from "./run-folder.js";

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
  const other = { ...first, process: { pid: 99, started: "5" } };
  expect(() => createRunFolder({ ...other, isRunning: () => true }, "run")).toThrow("is in use by process 1234");
  const folder = createRunFolder({ ...other, isRunning: () => false }, "run");
  expect(JSON.parse(readFileSync(folder.file("run.lock"), "utf8"))).toMatchObject({ pid: 99 });
});

test("a lock of an earlier process with our pid is stale, one of another host is not", () => {
  const io = fakeIo({ isRunning: () => true });
  createRunFolder(io, "run");
  createRunFolder({ ...io, process: { pid: 1234, started: "2" } }, "run");
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
  expect(readMetrics(folder.path).lines).toEqual([line(1), line(2)]);
  again.append(line(3));
  again.close();
  expect(readMetrics(folder.path)).toEqual({ lines: [line(1), line(2), line(3)], damaged: [] });
  expect(readFileSync(folder.file("events.out.tfevents.flyball")).equals(eventsAfter3)).toBe(true);
});

test("a folder that cannot be filled is unlocked again", () => {
  const full = () => {
    throw Object.assign(new Error("no space"), { code: "ENOSPC" });
  };
  const io = fakeIo({ writeFile: full });
  expect(() => createRunFolder(io, "run")).toThrow("the disk is full");
  expect(existsSync(join(io.cwd, "run"))).toBe(false);
});

test("damaged lines of metrics.jsonl are left out, said and kept in a copy; all good ones stay", () => {
  const io = fakeIo();
  const folder = createRunFolder(io, "run");
  for (const update of [1, 2, 3, 4]) folder.append(line(update));
  folder.close();
  const path = folder.file("metrics.jsonl");
  const texts = readFileSync(path, "utf8").split("\n");
  const damaged = [texts[0], "null", texts[1]!.slice(0, 9), ...texts.slice(2)].join("\n");
  writeFileSync(path, damaged);
  reopenRunFolder(io, "run", 300).close();
  expect(readMetrics(folder.path)).toEqual({ lines: [line(1), line(3)], damaged: [] });
  expect(readFileSync(folder.file("metrics.damaged.jsonl"), "utf8")).toBe(damaged);
  expect(io.err()).toContain("metrics.jsonl has lines that cannot be read (2, 3)");
});

test("a folder that was deleted, or taken by another process, gets nothing more", () => {
  const io = fakeIo();
  const deleted = createRunFolder(io, "deleted");
  rmSync(deleted.path, { recursive: true });
  expect(() => deleted.append(line(1))).toThrow("was removed or taken over");
  expect(() => deleted.write("checkpoint.bin", "state")).toThrow("was removed or taken over");
  expect(existsSync(deleted.path)).toBe(false);

  const taken = createRunFolder(io, "taken");
  const other = createRunFolder({ ...io, process: { pid: 99, started: "5" } }, "taken");
  expect(() => taken.write("checkpoint.bin", "state")).toThrow("was removed or taken over");
  taken.close();
  other.write("checkpoint.bin", "of the other");
});

test("a log that was deleted is not begun again in the middle", () => {
  const folder = createRunFolder(fakeIo(), "run");
  rmSync(folder.file("metrics.jsonl"));
  expect(() => folder.append(line(7))).toThrow("cannot write");
  expect(existsSync(folder.file("metrics.jsonl"))).toBe(false);
});

test("a run that cannot begin leaves nothing; what was there before stays", () => {
  const io = fakeIo();
  createRunFolder(io, "a/b/run").discard();
  expect(readdirSync(io.cwd)).toEqual([]);
  mkdirSync(join(io.cwd, "mine"));
  writeFileSync(join(io.cwd, "mine/notes.txt"), "kept");
  createRunFolder(io, "mine").discard();
  expect(readdirSync(join(io.cwd, "mine"))).toEqual(["notes.txt"]);
});

test("closing a run on a disk that has become read-only is no error", () => {
  const folder = createRunFolder(fakeIo(), "run");
  rmSync(folder.file("run.lock"));
  mkdirSync(folder.file("run.lock"));
  expect(() => folder.close()).not.toThrow();
});
