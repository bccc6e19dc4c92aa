import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo } from "../test/support/fake-io.js";
import { checkWritable, writeWhole } from "./files.js";
import { readInputText } from "./input-file.js";
import { nodeIo } from "./node-io.js";

const fail = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

test("a file is written with the folders above it", () => {
  const io = fakeIo();
  writeWhole(io, "a/b/file.txt", "text");
  expect(readInputText(io, "a/b/file.txt")).toBe("text");
});

test("the real writer leaves no temporary file, whether it succeeds or not", () => {
  const io = fakeIo({ writeFile: nodeIo(() => undefined).writeFile });
  writeWhole(io, "file.bin", Uint8Array.of(1, 2, 3).subarray(1));
  expect([...readFileSync(join(io.cwd, "file.bin"))]).toEqual([2, 3]);
  mkdirSync(join(io.cwd, "taken"));
  expect(() => writeWhole(io, "taken", "text")).toThrow("it is a folder");
  expect(readdirSync(io.cwd).sort()).toEqual(["file.bin", "taken"]);
});

test.each([
  ["ENOSPC", "the disk is full"],
  ["EDQUOT", "the disk is full"],
  ["EACCES", "permission denied"],
  ["EROFS", "the disk is read-only"],
  ["EFBIG", "larger than the system allows"],
  ["ENAMETOOLONG", "its name is too long"],
  ["EIO", "the disk reports an error"],
])("%s is explained as the user's to fix", (code, text) => {
  const io = fakeIo({ writeFile: fail(code) });
  expect(() => writeWhole(io, "file", "")).toThrow(text);
});

test("a file where a folder should be is named", () => {
  const io = fakeIo();
  writeFileSync(join(io.cwd, "plain"), "");
  expect(() => writeWhole(io, "plain/file", "")).toThrow("a part of the path is a file, not a folder");
});

test("asking whether a file can be written changes nothing", () => {
  const io = fakeIo();
  checkWritable(io, "new/report.json");
  expect(readdirSync(join(io.cwd, "new"))).toEqual([]);
  writeWhole(io, "old.json", "kept");
  checkWritable(io, "old.json");
  expect(readInputText(io, "old.json")).toBe("kept");
  expect(() => checkWritable(io, "new")).toThrow("it is a folder");
  expect(() => checkWritable(io, "old.json/report.json")).toThrow("a part of the path is a file");
});

test("an error that is not the user's passes through unchanged", () => {
  const io = fakeIo({ writeFile: fail("EBADF") });
  expect(() => writeWhole(io, "file", "")).toThrow(/^EBADF$/);
});
