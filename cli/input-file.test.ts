import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo, flyball } from "../test/support/fake-io.js";
import { MAX_INPUT_BYTES, readInputFile, readInputJson, readInputText } from "./input-file.js";

test("a missing file, a folder and broken JSON are refused", () => {
  const io = fakeIo();
  mkdirSync(join(io.cwd, "folder"));
  writeFileSync(join(io.cwd, "broken.json"), '{"a": 1');
  writeFileSync(join(io.cwd, "empty.json"), "");
  expect(() => readInputJson(io, "nowhere.json")).toThrow("there is no");
  expect(() => readInputJson(io, "folder")).toThrow("it is a folder");
  expect(() => readInputJson(io, "broken.json")).toThrow("broken.json is not JSON");
  expect(() => readInputJson(io, "empty.json")).toThrow("it is empty");
});

test("a file is read whole, up to the largest size and not beyond", () => {
  const io = fakeIo();
  writeFileSync(join(io.cwd, "text"), "été");
  expect(readInputText(io, "text")).toBe("été");
  writeFileSync(join(io.cwd, "large"), new Uint8Array(3 * 2 ** 20));
  expect(readInputFile(io, "large", 3 * 2 ** 20).length).toBe(3 * 2 ** 20);
  expect(() => readInputText(io, "large", 2 * 2 ** 20)).toThrow("large has 3 MiB; at most 2 MiB are read");
  writeFileSync(join(io.cwd, "huge.json"), new Uint8Array(MAX_INPUT_BYTES + 1));
  expect(() => readInputJson(io, "huge.json")).toThrow("at most 16 MiB are read");
});

test.skipIf(process.platform === "win32")("a pipe that nobody writes to and a device are refused at once", () => {
  const io = fakeIo();
  execFileSync("mkfifo", [join(io.cwd, "pipe")]);
  expect(() => readInputText(io, "pipe")).toThrow("it is not a regular file but a pipe, socket or device");
  expect(() => readInputText(io, "/dev/zero")).toThrow("it is not a regular file but a pipe, socket or device");
});

test.each([
  ["1e999", '{"format":"flyball-controller","version":1e999}'],
  ["deep nesting", `{"format":"flyball-controller","a":${"[".repeat(20_000)}${"]".repeat(20_000)}}`],
  ["__proto__", '{"format":"flyball-controller","__proto__":{"version":1}}'],
])("%s in a controller, configuration or params file is the user's mistake, in two lines", async (_, text) => {
  const io = fakeIo();
  writeFileSync(join(io.cwd, "x.json"), text);
  for (const line of [
    "simulate x.json --economy akash --days 1",
    "train akash --config x.json",
    "simulate none --economy akash --days 1 --params x.json",
  ]) {
    const { code, err } = await flyball(line, io);
    expect(code, err).toBe(2);
    expect(err.trimEnd().split("\n").length).toBe(2);
  }
});
