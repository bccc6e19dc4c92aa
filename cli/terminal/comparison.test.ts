import { expect, test } from "vitest";
import { buildReport } from "../../eval/report.js";
import { syntheticReportInput } from "../../test/support/synthetic-runs.js";
import { renderComparison } from "./comparison.js";

const input = syntheticReportInput({ episodes: 60, days: 40, seed: 3 });
const report = buildReport(input);
const table = renderComparison(report, undefined);

const widest = (text: string) => Math.max(...text.split("\n").map((line) => line.length));
const NAME = "runs/a-run-with-a-name_that-is-longer-than-its-column/and-in-a-folder";

test("no line is wider than the terminal, from 80 to 200 columns, and none ends in a blank; no part of a long name is lost", () => {
  const runs = input.runs.map((run) => (run.id === "max-burn" ? { ...run, id: NAME } : run));
  const long = buildReport({ ...input, runs });
  for (let width = 80; width <= 200; width += 5) {
    const text = renderComparison(long, width);
    expect(widest(text)).toBeLessThanOrEqual(width);
    expect(text).not.toMatch(/ $/m);
    const names = text
      .split("\n")
      .slice(0, text.split("\n").indexOf("", 5))
      .map((line) => /^\S+/.exec(line)?.[0] ?? "");
    expect(names.join("")).toContain(NAME);
    expect(text).toContain("[−0.836, −0.813]");
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

test("rules alone make no claim", () => {
  const runs = input.runs.filter(({ kind }) => kind === "rule");
  const text = renderComparison(buildReport({ ...input, runs, frozen: [], otherHorizons: [] }), undefined);
  expect(text).toContain("No learned controller was compared with a rule.");
});

test("the table looks as it did", async () => {
  await expect(`${renderComparison(report, 80)}\n`).toMatchFileSnapshot("golden/comparison-80.txt");
  await expect(`${table}\n`).toMatchFileSnapshot("golden/comparison.txt");
});
