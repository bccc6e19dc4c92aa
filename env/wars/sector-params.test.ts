import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ParamSpec } from "../world.js";
import { resolveSector, SECTOR_PARAMS } from "./sector-params.js";

const SPECS: Readonly<Record<string, ParamSpec>> = SECTOR_PARAMS;
const PAGE = readFileSync(join(import.meta.dirname, "../../docs/reference/economies/wars.md"), "utf8");

test("every parameter has a value within its range, a unit, a source and a purpose", () => {
  for (const [name, { value, low, high, unit, source, doc }] of Object.entries(SPECS)) {
    expect(low <= value && value <= high, name).toBe(true);
    expect(
      [unit, source, doc].every((text) => text.length > 0),
      name,
    ).toBe(true);
  }
  expect(resolveSector({}, 2)).toEqual(Object.fromEntries(Object.entries(SPECS).map(([name, { value }]) => [name, value])));
});

test("the page lists them as they are", () => {
  const rows = Object.entries(SPECS).map(
    ([name, { value, low, high, unit, source, doc }]) =>
      `| \`${name}\` | ${value} | ${low} … ${high} | ${unit} | ${source} | ${doc} |`,
  );
  const listed = PAGE.split("\n").filter((line) => /^\| `\w+` \| [-\d]/.test(line));
  expect(listed).toEqual(rows);
});
