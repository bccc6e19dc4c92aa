import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { syntheticReportInput } from "../test/support/synthetic-runs.js";
import { formatEpisodes } from "./episodes-csv.js";

test("episodes.csv has one row per controller, scenario and episode, with every digit", () => {
  const { runs } = syntheticReportInput({ episodes: 5, days: 10, seed: 3 });
  const named = runs.map((run, i) => (i === 0 ? { ...run, id: 'a, "b"' } : run));
  const rows: Record<string, string>[] = parse(formatEpisodes(named), { columns: true });
  const scenarios = Object.keys(runs[0]!.scenarios);
  expect(rows).toHaveLength(runs.length * scenarios.length * 5);
  expect(rows[0]!["controller"]).toBe('a, "b"');
  const { id, scenarios: last } = runs.at(-1)!;
  const metrics = last[scenarios[0]!]!.metrics;
  const found = rows.find((row) => row["controller"] === id && row["scenario"] === scenarios[0] && row["episode"] === "3")!;
  expect(Number(found["return"])).toBe(metrics.return[3]);
  expect(Number(found["maxDrawdown"])).toBe(metrics.maxDrawdown[3]);
  for (const [name, values] of Object.entries(metrics.terms)) expect(Number(found[`term.${name}`])).toBe(values[3]);
});
