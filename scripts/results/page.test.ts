import { expect, test } from "vitest";
import { buildReport } from "../../eval/report.js";
import { syntheticReportInput } from "../../test/support/synthetic-runs.js";
import { renderResults } from "./page.js";

const report = buildReport(syntheticReportInput({ episodes: 20, days: 30, seed: 3 }));
const page = renderResults({
  economy: "akash-v1",
  report,
  raw: undefined,
  commands: { tune: "flyball tune RULE", train: ["flyball train akash --seed 1"], evaluate: "flyball evaluate", raw: "" },
  machine: "2 cores",
  date: "2026-11-22",
  commit: "abc",
  trainSeconds: [61.4],
});
const rows = (start: string) => page.split("\n").filter((line) => line.startsWith(start));

test("the page has every controller once a horizon, with the report's own figures", () => {
  for (const { id, aggregate } of report.controllers) {
    const found = rows(`| ${id} | `).filter((line) => line.split("|").length === 9);
    expect(found, id).toHaveLength(2);
    expect(found[0]).toContain(aggregate.return.mean.toFixed(3).replace("-", "−"));
  }
});

test("learned controllers are held against every tuned rule, the best rule and the baseline, and against no other", () => {
  const against = new Set(rows("| ppo | ").map((line) => line.split(" | ")[1]));
  for (const { id, kind, tuned, isBaseline } of report.controllers) {
    if (kind === "rule" && (tuned || isBaseline)) expect(against, id).toContain(id);
  }
  expect(against).not.toContain("max-burn");
});

test("every table has as many cells in each row as in its head", () => {
  for (const block of page
    .trim()
    .split("\n\n")
    .filter((text) => text.startsWith("|"))) {
    const widths = new Set(block.split("\n").map((line) => line.split("|").length));
    expect(widths.size, block).toBe(1);
  }
});

test("the levers are there with what freezing each costs, and no raw-price part without such a report", () => {
  for (const { channel, minusFull } of report.ablation) {
    const [row] = rows(`| ppo | ${channel} | `);
    expect(row).toContain(`${Math.abs(minusFull.mean).toFixed(3)} [`);
  }
  expect(page).not.toContain("exogenous path left in");
});
