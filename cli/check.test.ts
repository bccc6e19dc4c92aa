import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo, flyball } from "../test/fake-io.js";
import { packageRoot } from "./package-root.js";

const toy = readFileSync(new URL("../env/toy-economy.ts", import.meta.url), "utf8")
  .replace(/^import type .*$/gm, "")
  .replace(/^import .*$/gm, "")
  .replace(
    /^/,
    'import { clamp, units, uniform4, normal4 } from "flyball";\nimport type { Economy, DrawKey } from "flyball";\n',
  )
  .replace(
    "\nconst SOURCE",
    "\ntype StateValues = Record<string, number>;\ntype Values = StateValues;\ntype WorldUses = any;\nconst SOURCE",
  );

/** Checks the toy economy with one change. */
async function check(from = "", to = "") {
  const io = fakeIo();
  const text = from === "" ? toy : toy.replace(from, to);
  if (from !== "") expect(text).not.toBe(toy);
  writeFileSync(join(io.cwd, "mine.ts"), text);
  const result = await flyball("check mine.ts", io);
  return { ...result, line: text.slice(0, text.indexOf(to)).split("\n").length };
}

test("a sound economy is fine", async () => {
  const { code, out, err } = await check();
  expect(code, err).toBe(0);
  expect(out).toMatch(/^toy-v1 is fine: \d+ parameters, one step is \d+ bytes of WebAssembly\n$/);
});

test("a free name is pointed at in the user's own file", async () => {
  const { code, err, line } = await check("s.exogenous = s.exogenous! + noise", "s.exogenous = s.exogenous! + Number.EPSILON");
  expect(code).toBe(2);
  expect(err).toMatch(new RegExp(`^error: mine.ts:${line}:\\d+: .*Number.*\n  \\S.*\n$`));
});

test("a syntax error, a failing file, a missing one and one without an economy are two lines", async () => {
  expect((await check("export const toyEconomy", "export cnst toyEconomy")).err).toMatch(
    /^error: mine.ts:\d+:\d+: .*\n {2}.*\n$/,
  );
  expect((await check("export const", 'throw new Error("no");\nexport const')).err).toContain(
    "fails when it is loaded: Error: no",
  );
  expect((await check("export const", "const")).err).toContain("exports no economy");
  expect((await flyball("check nowhere.ts")).err).toMatch(/^error: there is no .*nowhere.ts\n {2}.*\n$/);
});

test("a parameter without a source or out of its range is refused", async () => {
  expect((await check("source: SOURCE", 'source: ""')).err).toMatch(/parameter \w+ of toy-v1 has no source/);
  expect((await check("value: 0.1,", "value: 9,")).err).toContain("is 9, which is not within its range");
});

test.each([
  ["minimal-economy.ts", "minimal-v1 is fine"],
  ["my-economy.ts", "relays-v1 is fine"],
])("the example %s is fine", async (file, message) => {
  const { code, out, err } = await flyball(`check examples/${file}`, { ...fakeIo(), cwd: packageRoot() });
  expect(code, err).toBe(0);
  expect(out).toContain(message);
});
