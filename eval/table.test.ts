import { expect, test } from "vitest";
import { syntheticReportInput } from "../test/support/synthetic-runs.js";
import { buildReport } from "./report.js";
import { renderTable, TABLE_WIDTH } from "./table.js";

const input = syntheticReportInput({ episodes: 60, days: 40, seed: 3 });
const report = buildReport(input);
const table = renderTable(report);

test("no line is wider than 100 columns, and none ends in a blank", () => {
  for (const line of table.split("\n")) {
    expect(line.length).toBeLessThanOrEqual(TABLE_WIDTH);
    expect(line).toBe(line.trimEnd());
  }
});

test("every controller has one line, best first, with its verdict", () => {
  const lines = table.split("\n");
  const at = report.controllers.map(({ id }) => lines.findIndex((line) => line.startsWith(id)));
  expect(at.every((index) => index > 0)).toBe(true);
  expect(at).toEqual([...at].sort((a, b) => a - b));
  report.controllers.forEach(({ isBaseline, aggregate }, i) => {
    expect(lines[at[i]!]).toContain(isBaseline ? "baseline" : aggregate.verdict);
  });
});

test("it is plain text and ends with what the learned controller has shown", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looks for terminal colours
  expect(table).not.toMatch(/\u001b|undefined|NaN/);
  expect(table.replaceAll("\n", " ")).toContain("ppo beats the best rule, affine (tuned), on average: ");
});

test("reasons of a violation are written out", () => {
  expect(table).toMatch(/max-burn violates: more breaker trips per episode than the baseline/);
});

test("long names are cut and rules alone make no claim", () => {
  const [first, ...rest] = input.runs.filter(({ kind }) => kind === "rule");
  const runs = [{ ...first!, id: "a rule whose name is longer than its column" }, ...rest];
  const text = renderTable(buildReport({ ...input, runs, frozen: [], otherHorizons: [] }));
  expect(text).toMatch(/^a rule whose name…? /m);
  expect(text).toContain("No learned controller was compared with a rule.");
});

test("the table looks as it did", async () => {
  await expect(`${table}\n`).toMatchFileSnapshot("golden/table.txt");
});
