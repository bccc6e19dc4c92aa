import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo, flyball } from "../test/support/fake-io.js";
import { packageRoot } from "./package-root.js";

const toy = readFileSync(new URL("../test/support/toy-economy.ts", import.meta.url), "utf8")
  .replace(/^import type .*$/gm, "")
  .replace(/^import .*$/gm, "")
  .replace(
    /^/,
    'import { clamp, defineEconomy, units, uniform4, normal4 } from "flyball";\nimport type { Economy, DrawKey } from "flyball";\n',
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

/** Changes that break an economy of one file, with what is said about them. */
test.each([
  [
    "unsupported syntax",
    "  const supply = s.circulating! + s.staked!;",
    "  let supply = 0;\n  while (supply < 1) supply = s.circulating! + s.staked!;",
    /^error: mine.ts:\d+:3: a while statement is not part of the step language/,
  ],
  [
    "a number that is not one",
    "f.service = 1 -",
    "f.service = Math.log(-supply / supply) -",
    /service is NaN\n {2}likely cause: /,
  ],
  [
    "a flow that is not counted",
    "(minted - rewards) - burned;",
    "(minted - rewards);",
    /^error: toy-v1: on day 1 supply is [\d.]+ after .*; the difference is as much as the flow burned\n {2}likely cause: a flow/,
  ],
  [
    "a flow that is lost in fractions of a base unit",
    "const rewards = u.units(0.5 * minted);",
    "const rewards = 0.5 * minted;",
    /^error: the books of toy-v1 do not balance on day \d+: .*\n {2}count each flow once .* through units\(\)/,
  ],
  [
    "a step that asks for too little to meet the breakers, and would not heed them",
    "u.units(Math.min(a.issuance! * supply, a.mintLimit!))",
    "u.units(0.05 * a.issuance! * supply)",
    /^error: toy-v1 minted [\d.]+ TOY on day 1, the breakers allow [\d.]+\n {2}take Math.min of the flow and a.mintLimit/,
  ],
  [
    "a range that breaks the step",
    "startSupply: { value: 100, low: 1",
    "startSupply: { value: 100, low: 0",
    /^error: toy-v1: with startSupply 0 .* is NaN on day \d+\n/,
  ],
  [
    "a term without a weight",
    "{ service: 1, dilution: 10 }",
    "{ service: 1 }",
    /objective balanced of toy-v1 has no weight of dilution\n/,
  ],
  [
    "a weight without a term",
    "{ service: 1, dilution: 10 }",
    "{ service: 1, dilution: 10, servise: 1 }",
    /weighs servise, which is no term\n {2}did you mean service/,
  ],
  [
    "a member that is missing",
    '  shocks: { price: { unit: "1", doc: "standard normal" } },',
    "",
    /^error: toy-v1 has no shocks \(an object\)\n/,
  ],
  [
    "a function that is missing",
    "observe, objective, costs,",
    "observe, objective,",
    /^error: toy-v1 has no function costs\n {2}it needs drawParams, /,
  ],
  [
    "an account that is no field",
    'balances: ["circulating", "staked"]',
    'balances: ["circulating", "stake"]',
    /balances of toy-v1 names stake, which does not exist\n {2}did you mean staked/,
  ],
  [
    "a scenario of a parameter that is none",
    "{ growth: -0.05, volatility: 0.2 }",
    "{ grow: -0.05 }",
    /scenario crash of toy-v1 names grow, which does not exist\n {2}did you mean growth/,
  ],
  [
    "a scenario out of range",
    "{ growth: -0.05, volatility: 0.2 }",
    "{ growth: -0.06 }",
    /scenario crash of toy-v1 sets growth to -0.06, allowed is -0.05 .. 0.05 \(1\)\n/,
  ],
  [
    "a scenario of a parameter that does not vary",
    "{ growth: -0.05, volatility: 0.2 }",
    "{ fees: 0.02 }",
    /scenario crash of toy-v1 names fees, which is not among the varying parameters\n {2}add fees to varying/,
  ],
  ["an economy without a base scenario", "base: { doc", "bass: { doc", /toy-v1 has no scenario base\n/],
])("%s is pointed at", async (_, from, to, message) => {
  const { code, out, err } = await check(from, to);
  expect(err).toMatch(message);
  expect(err.trimEnd().split("\n").length).toBe(2);
  expect(out).toBe("");
  expect(code).toBe(2);
});

test("a divisor that can be 0 is a warning with its place, expression and bounds", async () => {
  const changed = "f.service = 1 - Math.exp(-s.price! / p.startPrice!) + Math.min(0, 1 / (p.impact! - 6.1));";
  const { code, out, err, line, io } = await check("f.service = 1 - Math.exp(-s.price! / p.startPrice!);", changed);
  expect(code, err).toBe(0);
  expect(err).toBe(`warning: mine.ts:${line}:${changed.indexOf("1 / (") + 3}: 1 / (p.impact - 6.1) divides by -6.1 .. 13.9\n`);
  expect(out).toContain("toy-v1 is fine");
  const json = JSON.parse((await flyball("check mine.ts --json", io)).out);
  expect(json.economies[0].warnings).toEqual([err.slice("warning: ".length, -1)]);
});

test("a logarithm of what can be negative is a warning too, though a clamp makes a number of it again", async () => {
  const changed = "f.service = 1 - Math.exp(-s.price! / p.startPrice!) + u.clamp(Math.exp(Math.log(p.impact! - 1)), 0, 1, 0);";
  const { code, err, line } = await check("f.service = 1 - Math.exp(-s.price! / p.startPrice!);", changed);
  expect(code, err).toBe(0);
  const column = changed.indexOf("Math.log") + 3;
  expect(err).toBe(`warning: mine.ts:${line}:${column}: Math.log(p.impact - 1) takes the logarithm of -1 .. 19\n`);
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
