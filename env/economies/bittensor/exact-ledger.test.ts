import type { Decimal } from "decimal.js";
import { expect, test } from "vitest";
import { type DecimalValue, emitDecimal } from "../../../compiler/decimal/emit-decimal.js";
import { layoutRecord, type RecordBinding, type Uses } from "../../../compiler/schema.js";
import { buildProgram } from "../../../compiler/trace/build-program.js";
import { uniform4 } from "../../../core/random.js";
import type { Economy } from "../../economy.js";
import { laneRecords } from "../../lane/records.js";
import { resolveParams } from "../../params.js";
import type { Values } from "../../world.js";
import { makeBittensor } from "./index.js";

/** The economy on the ledger: every token flow is a whole number of rao. Shocks and actions come from the host. */
function ledger(economy: Economy) {
  const params = resolveParams(economy);
  const records = laneRecords(economy, params);
  const { state: s, applied: a, flows: f } = records;
  const constants = Object.fromEntries(
    Object.entries(economy.params).map(([name, { unit }]) => [name, { value: params[name]!, unit }]),
  );
  const p: RecordBinding = { ...records.params, constants };
  const z: RecordBinding = { ...records.shocks, kind: "lane" };
  const compile = (name: string, step: (...args: never[]) => unknown, bindings: RecordBinding[]) => {
    const uses = { ...economy.uses, ...economy.functions };
    const program = buildProgram({ name, step: step as never, uses, useUnits: economy.useUnits, records: bindings } as never);
    return emitDecimal(program, { decimals: economy.token.decimals });
  };
  const reset = compile(
    "reset",
    (s: Values, p: Values, u: { reset: (s: Values, p: Values, d: Values, u: Uses) => void }) => {
      u.reset(s, p, { seed: 0, episode: 0, day: 0, stream: 0 }, u as unknown as Uses);
    },
    [s, p],
  );
  const step = compile("step", economy.functions.step as never, [s, p, a, z, f]);
  const views = [s, p, a, z, f].map((record): DecimalValue[] =>
    Array.from({ length: layoutRecord(record).size }, () => new step.Decimal(0)),
  );
  const slot = (record: RecordBinding, name: string) => layoutRecord(record).slots.get(name)!;
  const put = (record: RecordBinding, view: number, values: Values) => {
    for (const [name, at] of layoutRecord(record).slots) views[view]![at] = new step.Decimal(values[name]!);
  };
  return {
    reset: () => reset.run([views[0]!, views[1]!]),
    step: (action: Values, shocks: Values) => {
      put(a, 2, action);
      put(z, 3, shocks);
      step.run(views);
    },
    state: (name: string, element = 0) => views[0]![slot(s, name) + element] as Decimal,
    flow: (name: string) => views[4]![slot(f, name)] as Decimal,
  };
}

function randomAction(economy: Economy, day: number, seed: number): Values {
  const limits = uniform4(seed, 2, day, 99);
  // On one day in ten a breaker leaves almost no room.
  const limit = limits.a < 0.1 ? 1000 * limits.b + 0.1234567891234 : 1e9;
  const a: Values = { mintLimit: limit, burnLimit: limits.c < 0.1 ? 100 * limits.d : 1e9 };
  if (economy.actions.kind !== "continuous") return a;
  for (const [i, [name, { low, high }]] of Object.entries(economy.actions.fields).entries()) {
    a[name] = low + (high - low) * uniform4(seed, 1, Math.floor(day / 5), i).a;
  }
  return a;
}

/** First day on which the books are wrong, and why; -1 if none. */
function audit(economy: Economy, subnets: number, days: number, seed: number) {
  const book = ledger(economy);
  book.reset();
  let journal = book.state("supply");
  const shocks: Values = {};
  for (let day = 0; day < days; day++) {
    economy.functions.draw(shocks, { seed, episode: 0, day, stream: 0 }, economy.uses);
    const action = randomAction(economy, day, seed);
    const [before, issuedBefore] = [book.state("supply"), book.state("issued")];
    book.step(action, shocks);
    const [minted, burned] = [book.flow("minted"), book.flow("burned")];
    journal = journal.plus(minted).minus(burned);
    const balances = economy.balances.map((name) => book.state(name));
    const pools = Array.from({ length: subnets }, (_, i) => book.state("tao", i));
    const sum = (values: readonly Decimal[]) => values.reduce((total, value) => total.plus(value));
    const faults = {
      whole: balances.concat(pools).every((balance) => balance.gte(0) && balance.times(1e9).isInteger()),
      accounts: sum(balances).eq(book.state("supply")) && sum(balances).eq(journal),
      pools: sum(pools).eq(book.state("pooled")),
      flows: book.state("supply").minus(before).eq(minted.minus(burned)),
      // Recycled tokens leave the issuance, burned ones do not.
      issuance: book
        .state("issued")
        .minus(issuedBefore)
        .eq(minted.minus(book.flow("recycled"))),
      limits: minted.lte(action["mintLimit"]!) && burned.lte(action["burnLimit"]!),
    };
    const wrong = Object.entries(faults).filter(([, sound]) => !sound);
    if (wrong.length > 0) return { day, wrong: wrong.map(([name]) => name) };
  }
  return { day: -1, wrong: [] };
}

test("for 3,650 days of random actions and limits accounts, pools and journal agree to the last rao", () => {
  expect(audit(makeBittensor(2), 2, 3650, 1)).toEqual({ day: -1, wrong: [] });
});

test("with eight subnets too", () => {
  expect(audit(makeBittensor(8), 8, 120, 2)).toEqual({ day: -1, wrong: [] });
});

type Helper = (...args: unknown[]) => Values;

// The compiler reads the mutant's own text, so each is written out.
const MUTANTS: Record<string, Helper> = {
  spendSurplus: (s, p, plan, spending, u) => {
    const r = (u as { honest: Helper }).honest(s, p, plan, spending, u);
    return { paid: r["paid"]!, recycled: r["recycled"]!, burned: r["burned"]!, buys: r["buys"]! - 0.000000001 };
  },
  tradeAlpha: (s, p, plan, offer, u) => {
    const r = (u as { honest: Helper }).honest(s, p, plan, offer, u);
    return { invested: r["invested"]!, proceeds: r["proceeds"]! - 0.000000001, rootPaid: r["rootPaid"]! };
  },
};

test.each([
  ["a rao of the chain's buys never reaches a pool", "spendSurplus", "accounts"],
  ["participants get one rao less than left the pool", "tradeAlpha", "pools"],
] as const)("a mutant is found on the first day: %s", (_name, helper, wrong) => {
  const economy = makeBittensor(2);
  const uses = { ...economy.uses, [helper]: MUTANTS[helper]!, honest: economy.uses[helper]! };
  const found = audit({ ...economy, uses }, 2, 5, 3);
  expect(found.day).toBe(0);
  expect(found.wrong).toContain(wrong);
});
