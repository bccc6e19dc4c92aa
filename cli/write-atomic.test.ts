import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFile, type WriteSome, writeAtomic } from "./write-atomic.js";

const folder = () => mkdtempSync(join(tmpdir(), "flyball-write-"));
const OLD = "the old content";
const WRITING = { host: "test", pid: 1, isAlive: () => false };
const NEW = new TextEncoder().encode("the new content, longer than before");

test("a disk that takes a few bytes at a time gets all of them", () => {
  const path = join(folder(), "a.bin");
  const few: WriteSome = (file, bytes, from) => writeSync(file, bytes, from, Math.min(7, bytes.length - from));
  writeAtomic(path, NEW, WRITING, few);
  expect(new Uint8Array(readFileSync(path))).toEqual(NEW);
});

test("a disk that is full after some bytes leaves the old file whole and nothing beside it", () => {
  const place = folder();
  const path = join(place, "a.bin");
  writeFileSync(path, OLD);
  const full: WriteSome = (file, bytes, from) => {
    if (from > 0) throw Object.assign(new Error("no space"), { code: "ENOSPC" });
    return writeSync(file, bytes, 0, 10);
  };
  expect(() => writeAtomic(path, NEW, WRITING, full)).toThrow("no space");
  expect(readFileSync(path, "utf8")).toBe(OLD);
  expect(readdirSync(place)).toEqual(["a.bin"]);
});

test("text is written as UTF-8, and a link keeps pointing at what it pointed at", () => {
  const place = folder();
  const [path, link] = [join(place, "a.txt"), join(place, "link.txt")];
  writeFileSync(path, OLD);
  symlinkSync(path, link);
  writeAtomic(link, "größer", WRITING);
  expect(readFileSync(path, "utf8")).toBe("größer");
  expect(readdirSync(place).sort()).toEqual(["a.txt", "link.txt"]);
});

test("a place that cannot be written is the system's own error", () => {
  expect(() => writeAtomic(join(folder(), "missing", "a.txt"), OLD, WRITING)).toThrow("ENOENT");
});

test("devices and pipes are refused and stay what they are", () => {
  expect(() => writeAtomic("/dev/null", OLD, WRITING)).toThrow("cannot write /dev/null: it is not a regular file");
  expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
  const pipe = join(folder(), "pipe");
  execFileSync("mkfifo", [pipe]);
  expect(() => writeAtomic(pipe, OLD, WRITING)).toThrow("it is not a regular file");
  expect(statSync(pipe).isFIFO()).toBe(true);
  const link = join(folder(), "link");
  symlinkSync("/dev/null", link);
  expect(() => writeAtomic(link, OLD, WRITING)).toThrow("it is not a regular file");
});

test("temporary files of this host's dead processes go at the next write, all others stay", () => {
  const place = folder();
  const leave = (host: string, pid: number) => writeFileSync(temporaryFile(place, { host, pid }), OLD);
  leave("test", 7);
  leave("test", 8);
  leave("elsewhere", 7);
  writeFileSync(join(place, ".flyball-notes.tmp"), OLD);
  writeAtomic(join(place, "a.txt"), OLD, { ...WRITING, isAlive: (pid) => pid === 8 });
  expect(readdirSync(place).sort()).toEqual([".flyball-elsewhere-7.tmp", ".flyball-notes.tmp", ".flyball-test-8.tmp", "a.txt"]);
});

test("a name as long as the disk allows can be written", () => {
  const place = folder();
  writeAtomic(join(place, "x".repeat(255)), OLD, { ...WRITING, host: "h".repeat(300) });
  expect(readdirSync(place)).toEqual(["x".repeat(255)]);
});
