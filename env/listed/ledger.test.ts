import type { Decimal } from "decimal.js";
import { expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import type { Economy } from "../economy.js";
import { createExactLane } from "../lane/exact.js";
import { findEconomy } from "../registry.js";
import { parseEnvOptions } from "../settings.js";
import type { Values } from "../world.js";
import { listed } from "./listed.js";
import { LISTED_KINDS, type ListedKind } from "./params.js";

const akash = findEconomy("akash");

/** Lives days of random actions on the decimal ledger; the lane itself checks accounts against the journal after each. */
function live(economy: Economy, days: number, options: Parameters<typeof parseEnvOptions>[1] = {}) {
  const lane = createExactLane(economy, parseEnvOptions(economy, { ...options, horizon: days }));
  const fields = economy.actions.kind === "continuous" ? Object.values(economy.actions.fields) : [];
  lane.reset(4, 0);
  for (let day = 0; day < days; day++) {
    const draws = Object.values(uniform4(7, 0, Math.floor(day / 5), 1));
    lane.step(fields.map(({ low, high }, i) => low + (high - low) * draws[i % 4]!));
  }
  return (name: string) => lane.read("state", name) as Decimal;
}

const busy = {
  shareHolderShare: 0.42,
  shareLeverage: 0.3,
  shareInflow: 1.5e10,
  shareListingDay: 3,
  shareLockup: 10,
  shareHolderSelling: 0.01,
};

test.each(LISTED_KINDS)(
  "accounts and journal agree to the last uakt for 60 days, %s",
  (kind) => {
    const economy = listed(akash, kind);
    const read = live(economy, 60, { params: busy });
    const sum = economy.balances.map(read).reduce((total, balance) => total.plus(balance));
    expect(sum.eq(read("supply"))).toBe(true);
    for (const name of ["shareTreasury", "shareHolder", "shareMargin"]) expect(read(name).gt(0), name).toBe(true);
    // The rungs say how the margin is made up, to the last uakt too.
    const rungs = ["X20", "X10", "X5", "X3", "X2"]
      .map((rung) => read(`shareRung${rung}`))
      .reduce((total, rung) => total.plus(rung));
    expect(rungs.eq(read("shareMargin"))).toBe(true);
  },
  60_000,
);

test.each([
  ["render", "spac"],
  ["worldcoin", "compute-backed"],
  ["bittensor", "traditional"],
] as const)(
  "the same holds on %s, %s, to its own base unit",
  (name, kind) => {
    const economy = findEconomy(`${name}+${kind}`);
    const read = live(economy, 12, { params: { ...busy, shareListingDay: 1, shareLockup: 1 } });
    const sum = economy.balances.map(read).reduce((total, balance) => total.plus(balance));
    expect(sum.eq(read("supply"))).toBe(true);
    expect(read("shareTreasury").decimalPlaces()).toBeLessThanOrEqual(economy.token.decimals);
  },
  60_000,
);

test("the same holds through a cascade", () => {
  const margin = (eventPrice: number) =>
    live(listed(akash, "traditional"), 8, { params: { shareLeverage: 0.3, eventDay: 4, eventPrice } })("shareMargin");
  expect(margin(-0.3).lt(margin(0).times(0.7))).toBe(true);
});

/** The `u` of a function that leaks: the one it replaces, by another name. */
interface Honest<Rest extends readonly number[]> {
  readonly honest: (s: Values, p: Values, ...rest: [...Rest, u: Honest<Rest>]) => number;
}

/** The economy with one function of the layer replaced by one that loses a uakt whenever the honest one moves tokens. */
function leaking(kind: ListedKind, name: string, leak: (...args: never[]) => unknown): Economy {
  const economy = listed(akash, kind);
  return { ...economy, uses: { ...economy.uses, honest: economy.uses[name]!, [name]: leak } };
}

test.each([
  [
    "traditional",
    "buyTokens",
    (s: Values, p: Values, days: number, u: Honest<[days: number]>) => {
      const bought = u.honest(s, p, days, u);
      s["shareTreasury"] = s["shareTreasury"]! - (bought > 0 ? 0.000001 : 0);
      return bought;
    },
  ],
  [
    "compute-backed",
    "payDividend",
    (s: Values, p: Values, paying: number, years: number, u: Honest<[paying: number, years: number]>) => {
      const paid = u.honest(s, p, paying, years, u);
      s["liquid"] = s["liquid"]! + (paid > 0 ? 0.000001 : 0);
      return paid;
    },
  ],
  [
    "spac",
    "leverageStep",
    (s: Values, p: Values, days: number, u: Honest<[days: number]>) => {
      const opened = u.honest(s, p, days, u);
      s["shareMargin"] = s["shareMargin"]! - (opened !== 0 ? 0.000001 : 0);
      return opened;
    },
  ],
] as const)("a %s company whose %s loses a uakt is found", (kind, name, leak) => {
  const economy = leaking(kind, name, leak as never);
  expect(() => live(economy, 10, { params: { shareListingDay: 1 } })).toThrow(/do not balance on day \d+: .*(0\.000001|1e-6)/);
});
