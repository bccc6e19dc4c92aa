import { describe, expect, it } from "vitest";
import { makeRule } from "../agents/rules/registry.js";
import { akash } from "../env/economies/akash/index.js";
import { ECONOMIES } from "../env/economies/index.js";
import { resolveParams } from "../env/params.js";
import { type Read, recordPaths, STREAMS, type Way } from "./lanes.js";
import { plainPath, playRule, readPlain } from "./plain-path.js";
import { SPECS } from "./specs.js";

const count = { paths: 5, days: 40, seed: 3 };
const rule = makeRule("constant", akash);
const fee = { fee: ({ a }: { a: (name: string) => number }) => a("fee") };
const fees = (way: Partial<Way>) => Array.from(recordPaths(akash, { rule, ...way }, count, fee)[0]!["fee"]!.subarray(0, 4));

describe("recordPaths", () => {
  it.each(SPECS.map((spec) => [spec.economy.id, spec] as const))("lives %s like plain calls of its functions", (_, spec) => {
    const { economy, figures } = spec;
    const hold = makeRule("constant", economy);
    const compiled = recordPaths(economy, { rule: hold }, count, figures);
    let worst = 0;
    const { paths, days, seed } = count;
    const common = { params: resolveParams(economy), steps: days, controller: playRule(hold), seed, streams: STREAMS };
    for (let path = 0; path < paths; path++) {
      for (const { step, ...records } of plainPath(economy, { ...common, episode: path })) {
        const read = readPlain(records);
        for (const [name, figure] of Object.entries({ ...figures, price: ({ f }: Read) => f("price") })) {
          const [a, b] = [compiled[path]![name]![step]!, figure(read)];
          worst = Math.max(worst, Math.abs(a - b) / Math.max(Math.abs(b), 0.01));
        }
      }
    }
    // float32 against float64 for 40 days; figures below a hundredth are compared on that scale.
    expect(worst).toBeLessThan(2e-3);
  });

  it("gives the same paths whatever their number", () => {
    const few = recordPaths(akash, { rule }, { ...count, paths: 1 })[0]!["price"]!;
    expect(Array.from(recordPaths(akash, { rule }, count)[0]!["price"]!)).toEqual(Array.from(few));
  });

  it("holds an action in place of the rule's, within the largest move of a day", () => {
    expect(fees({ hold: { fee: 0.17 } })).toEqual([0.14, 0.16, 0.17, 0.17].map((value) => expect.closeTo(value, 6)));
  });

  it("lets a late decision take effect for the rest of the day only", () => {
    // Asked for is 0.13 instead of 0.12: a quarter of a day late, three quarters of it on the first day.
    expect(fees({ hold: { fee: 0.13 }, late: 0.25 })).toEqual([0.1275, 0.13, 0.13, 0.13].map((v) => expect.closeTo(v, 6)));
    expect(fees({ hold: { fee: 0.13 }, late: 1 })).toEqual([0.12, 0.13, 0.13, 0.13].map((v) => expect.closeTo(v, 6)));
  });

  it("changes the state on the day of an intervention and not before", () => {
    const intervene: Way["intervene"] = (day, state) => {
      if (day === 10) state("trust").fill(0.1);
    };
    const trust = { trust: ({ s }: { s: (name: string) => number }) => s("trust") };
    const [plain, hit] = [{}, { intervene }].map((way) => recordPaths(akash, { rule, ...way }, count, trust)[2]!["trust"]!);
    expect(hit![9]).toBe(plain![9]);
    expect(hit![10]).toBeLessThan(0.2);
  });

  it("names a field or an action that does not exist", () => {
    expect(() => recordPaths(akash, { rule }, count, { x: ({ s }) => s("stake") })).toThrow("akash-v1 has no state.stake");
    expect(() => recordPaths(akash, { rule, hold: { tax: 1 } }, count)).toThrow("akash-v1 has no action tax");
  });
});

it("is asked of every economy that ships", () => {
  expect(SPECS.map(({ economy }) => economy)).toEqual(ECONOMIES);
});

describe.each(SPECS.map((spec) => [spec.economy.id, spec] as const))("the spec of %s", (_, { economy, experiments }) => {
  it("names only scenarios, parameters, rules and actions that exist", () => {
    for (const { from, to } of experiments) {
      for (const { scenario, params, rule: other, hold = {} } of [from, to]) {
        resolveParams(economy, { scenario, params });
        if (other) makeRule(other, economy);
        const { actions } = economy;
        expect(Object.keys(actions.kind === "continuous" ? actions.fields : {})).toEqual(
          expect.arrayContaining(Object.keys(hold)),
        );
      }
    }
  });
});
