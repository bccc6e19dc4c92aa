import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type WriteSome, writeAtomic } from "./write-atomic.js";

const folder = () => mkdtempSync(join(tmpdir(), "flyball-write-"));
const OLD = "the old content";
const NEW = new TextEncoder().encode("the new content, longer than before");

test("a disk that takes a few bytes at a time gets all of them", () => {
  const path = join(folder(), "a.bin");
  const few: WriteSome = (file, bytes, from) => writeSync(file, bytes, from, Math.min(7, bytes.length - from));
  writeAtomic(path, NEW, "1", few);
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
  expect(() => writeAtomic(path, NEW, "1", full)).toThrow("no space");
  expect(readFileSync(path, "utf8")).toBe(OLD);
  expect(readdirSync(place)).toEqual(["a.bin"]);
});

test("text is written as UTF-8, and a link keeps pointing at what it pointed at", () => {
  const place = folder();
  const [path, link] = [join(place, "a.txt"), join(place, "link.txt")];
  writeFileSync(path, OLD);
  symlinkSync(path, link);
  writeAtomic(link, "größer", "1");
  expect(readFileSync(path, "utf8")).toBe("größer");
  expect(readdirSync(place).sort()).toEqual(["a.txt", "link.txt"]);
});

test("a place that cannot be written is the system's own error", () => {
  expect(() => writeAtomic(join(folder(), "missing", "a.txt"), OLD, "1")).toThrow("ENOENT");
});
