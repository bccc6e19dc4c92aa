import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo, flyball } from "../test/support/fake-io.js";

test("simulate --plot draws several controllers on the same market into one SVG, for both colour schemes", async () => {
  const io = fakeIo();
  const line = "simulate akash-bme max-burn --economy akash --scenario crash --days 120 --plot crash.svg";
  const { code, out, err } = await flyball(line, io);
  expect(code, err).toBe(0);
  expect(out).toBe("");
  expect(err).toContain("crash.svg");
  const svg = readFileSync(join(io.cwd, "crash.svg"), "utf8");
  for (const text of ["akash-bme", "max-burn", "prefers-color-scheme", "a breaker trips", "fee: network fee"]) {
    expect(svg).toContain(text);
  }
});

test("simulate --plot of one controller writes its table too, where --out asks for it", async () => {
  const io = fakeIo();
  const { code, out } = await flyball("simulate none --economy render --days 10 --plot a.svg --out a.csv --json", io);
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ controller: "none", days: 10, file: "a.csv" });
  expect(readFileSync(join(io.cwd, "a.csv"), "utf8").trimEnd().split("\n")).toHaveLength(11);
  expect(readFileSync(join(io.cwd, "a.svg"), "utf8")).toContain("</svg>");
});

test.each([
  ["none max-burn", "simulate without --plot takes one controller, got 2"],
  ["none max-burn --plot a.svg --out a.csv", "--out takes one controller, got 2"],
  ["none max-burn --plot a.svg --json", "--json takes one controller, got 2"],
])("simulate %s is refused", async (words, message) => {
  const { code, err } = await flyball(`simulate ${words} --economy akash --days 5`, fakeIo());
  expect(code).toBe(2);
  expect(err).toContain(message);
});
