import type { Decimal } from "decimal.js";
import { expect, test } from "vitest";
import { uniform4 } from "../../../core/random.js";
import type { Economy } from "../../economy.js";
import { createExactLane } from "../../lane/exact.js";
import { parseEnvOptions } from "../../settings.js";
import type { StateValues, Values } from "../../world.js";
import { render } from "./index.js";
import { ACTIONS } from "./records.js";

/** Actions anywhere in the bands, changed every five days. */
function randomAction(day: number, seed: number): number[] {
  const draws = [0, 1].flatMap((block) => Object.values(uniform4(seed, block, Math.floor(day / 5), 99)));
  return Object.values(ACTIONS).map(({ low, high }, i) => low + (high - low) * draws[i]!);
}

interface Audit {
  readonly days: number;
  readonly minted: number;
  readonly burned: number;
  readonly recycled: number;
}

/** Lives on the ledger, breakers included; the lane stops at the first day on which accounts and journal differ. */
function audit(economy: Economy, days: number, seed: number, params: Values = {}): Audit {
  const lane = createExactLane(economy, parseEnvOptions(economy, { horizon: days, params }));
  const sums = { minted: 0, burned: 0, recycled: 0 };
  lane.reset(seed, 0);
  const issuedAtMost = (params["budgetLeft"] ?? economy.params["budgetLeft"]!.value) + 1e-9;
  for (let day = 0; day < days; day++) {
    lane.step(randomAction(day, seed));
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += Number(lane.read("flows", name));
    for (const name of [...economy.balances, "burnedLeft", "issued"]) {
      const balance = lane.read("state", name) as Decimal;
      if (balance.lt(0) || !balance.times(1e8).isInteger()) throw new Error(`${name} is ${balance} on day ${day}`);
    }
    if (Number(lane.read("state", "issued")) > issuedAtMost) throw new Error(`the budget is overdrawn on day ${day}`);
  }
  return { days, ...sums };
}

test("for 3,650 days of random actions accounts equal the journal to the last base unit, through the end of the budget", () => {
  const { days, minted, burned, recycled } = audit(render, 3650, 1);
  expect(days).toBe(3650);
  expect(minted).toBeGreaterThan(92_341_794);
  expect(recycled).toBeGreaterThan(1e6);
  expect(minted - recycled).toBeLessThanOrEqual(92_341_794 + 1);
  // Sums of 3,650 float64 numbers.
  expect(recycled).toBeLessThanOrEqual(burned * (1 + 1e-12));
});

test("the same holds when the emission follows the burn", () => {
  const { minted, burned } = audit(render, 60, 2, { emissionVariant: 1 });
  expect(minted).toBeGreaterThan(0);
  // The first epoch mints what was set, each later one at most what the one before burned.
  expect(minted).toBeLessThan(burned + 0.25 * 518.6e6 * (14 / 365));
});

test("a pool that loses a hundred-millionth of a token a day is found on the first day", () => {
  const leaky = (s: StateValues, p: Values, a: Values, u: { honest: (...args: unknown[]) => void }) => {
    u.honest(s, p, a, u);
    s["pool"] = s["pool"]! - 0.00000001;
  };
  const mutant = { ...render, uses: { ...render.uses, epochStep: leaky, honest: render.uses["epochStep"]! } };
  expect(() => audit(mutant, 1, 3)).toThrow(/supply|journal|balance/);
});
