import { expect, test } from "vitest";
import { makeRule } from "../agents/rules/registry.js";
import type { Rule } from "../agents/rules/rule.js";
import { findEconomy } from "../env/registry.js";
import { exactTrajectory, floatTrajectory } from "./trajectory.js";

const akash = findEconomy("akash");

/** Asks for ten times what the band allows, every day. */
const greedy: Rule = {
  ...makeRule("none", akash),
  functions: {
    start: () => {},
    act: (_c, _o, _p, a) => {
      a["issuance"] = 10;
      a["burnShare"] = 0.3;
      a["fee"] = 0.15;
    },
  },
};

test.each([
  ["plain functions", floatTrajectory],
  ["ledger", exactTrajectory],
])("what a controller requests beyond its band is shown as requested, held in the band and counted, on the %s", (_, run) => {
  const { rows } = run({ economy: akash, controller: greedy, options: { horizon: 8 }, seed: 1 });
  const { high } = (akash.actions as { fields: Record<string, { high: number }> }).fields["issuance"]!;
  for (const row of rows) {
    expect(row["requested.issuance"]).toBe(10);
    expect(Number(row["applied.issuance"])).toBeLessThanOrEqual(high);
  }
  // Actions of akash take effect at once.
  expect(akash.actionDelay).toBe(0);
  expect(rows.map((row) => row["breaker.intervened"])).toEqual(new Array(8).fill(1));
});
