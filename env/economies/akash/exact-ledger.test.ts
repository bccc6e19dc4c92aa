import type { Decimal } from "decimal.js";
import { expect, test } from "vitest";
import { type DecimalValue, emitDecimal } from "../../../compiler/decimal/emit-decimal.js";
import { layoutRecord, type RecordBinding, type Uses } from "../../../compiler/schema.js";
import { buildProgram } from "../../../compiler/trace/build-program.js";
import { uniform4 } from "../../../core/random.js";
import { scenarioParams } from "../../../validation/akash/paths.js";
import { laneRecords } from "../../lane/records.js";
import type { Values } from "../../world.js";
import { akash } from "./index.js";

/** The economy on the ledger: every token flow is a whole number of uakt. Shocks and actions come from the host. */
function ledger(uses: Uses, params: Values) {
  const records = laneRecords(akash, params);
  const { state: s, applied: a, flows: f } = records;
  const p: RecordBinding = { ...records.params, constants: constantParams(params) };
  const z: RecordBinding = { ...records.shocks, kind: "lane" };
  const build = (name: string, step: (...args: never[]) => unknown, bindings: RecordBinding[]) =>
    emitDecimal(
      buildProgram({
        name,
        step: step as never,
        uses: { ...uses, ...akash.functions },
        useUnits: akash.useUnits,
        records: bindings,
      }),
      { decimals: akash.token.decimals },
    );
  const reset = build(
    "reset",
    (s: Values, p: Values, u: { reset: (s: Values, p: Values, d: Values, u: Uses) => void }) => {
      const d = { seed: 0, episode: 0, day: 0, stream: 0 };
      u.reset(s, p, d, u as unknown as Uses);
    },
    [s, p],
  );
  const step = build("step", akash.functions.step as never, [s, p, a, z, f]);
  const views = [s, p, a, z, f].map((record): DecimalValue[] =>
    new Array(layoutRecord(record).size).fill(0).map(() => new step.Decimal(0)),
  );
  const at = (record: RecordBinding, view: number, name: string) =>
    views[view]![layoutRecord(record).slots.get(name)!] as Decimal;
  const put = (record: RecordBinding, view: number, values: Values) => {
    for (const [name, slot] of layoutRecord(record).slots) views[view]![slot] = new step.Decimal(values[name]!);
  };
  return {
    reset: () => reset.run([views[0]!, views[1]!]),
    step: (action: Values, shocks: Values) => {
      put(a, 2, action);
      put(z, 3, shocks);
      step.run(views);
    },
    state: (name: string) => at(s, 0, name),
    flow: (name: string) => at(f, 4, name),
  };
}

const constantParams = (params: Values) =>
  Object.fromEntries(Object.entries(akash.params).map(([name, { unit }]) => [name, { value: params[name]!, unit }]));

function randomAction(day: number, seed: number): Values {
  const w = uniform4(seed, 1, Math.floor(day / 5), 99);
  const limits = uniform4(seed, 2, day, 99);
  // On one day in ten a breaker leaves almost no room.
  const limit = limits.a < 0.1 ? 1000 * limits.b + 0.1234567891 : 1e12;
  return { issuance: 0.01 + 0.19 * w.a, burnShare: w.b, fee: 0.4 * w.c, mintLimit: limit, burnLimit: limit };
}

interface Audit {
  readonly days: number;
  /** First day on which accounts and journal differ, or a balance is negative, fractional, or above the cap; -1 for none. */
  readonly firstFault: number;
}

function audit(uses: Uses, days: number, seed: number, overrides: Values = {}): Audit {
  const book = ledger(uses, scenarioParams("base", overrides));
  book.reset();
  let journal = book.state("supply");
  const shocks: Values = {};
  for (let day = 0; day < days; day++) {
    akash.functions.draw(shocks, { seed, episode: 0, day, stream: 0 }, akash.uses);
    book.step(randomAction(day, seed), shocks);
    journal = journal.plus(book.flow("minted")).minus(book.flow("burned"));
    const balances = akash.balances.map(book.state);
    const sum = balances.reduce((total, balance) => total.plus(balance));
    const whole = balances.every((balance) => balance.gte(0) && balance.times(1e6).isInteger());
    const sound = whole && sum.eq(book.state("supply")) && sum.eq(journal) && sum.lte(akash.params["supplyCap"]!.value);
    if (!sound) return { days: day + 1, firstFault: day };
  }
  return { days, firstFault: -1 };
}

test("for 3,650 days of random actions and limits the accounts equal the journal to the last uakt, below the cap", () => {
  expect(audit(akash.uses, 3650, 1)).toEqual({ days: 3650, firstFault: -1 });
});

test("the same holds with the take module", () => {
  expect(audit(akash.uses, 365, 2, { feeVariant: 1 })).toEqual({ days: 365, firstFault: -1 });
});

type Moves = (s: Values, p: Values, conditions: object, u: Uses) => Values;

test("a ledger whose vault loses one uakt a day is found on the first day", () => {
  const leaky: Moves = (s, p, conditions, u) => {
    s["vault"] = s["vault"]! - 0.000001;
    return (u["honestMoves"] as Moves)(s, p, conditions, u);
  };
  const mutant = { ...akash.uses, stakingMoves: leaky, honestMoves: akash.uses["stakingMoves"]! };
  expect(audit(mutant, 10, 3)).toEqual({ days: 1, firstFault: 0 });
});
