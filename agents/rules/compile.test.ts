import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitJs } from "../../compiler/js/emit-js.js";
import { layoutRecord, type RecordBinding, type RecordSpec } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { akash } from "../../env/economies/akash/index.js";
import { RULES_OF_ONE } from "../../test/support/stand-in.js";
import { RULES } from "./registry.js";
import { actionFields } from "./role-fields.js";
import type { Rule } from "./rule.js";

const ACTIONS = Object.keys(actionFields(akash));
const OBSERVED = Object.entries(akash.observations);

/** One record in each kind of storage, as a rule's compiled functions see it. */
function bind(rule: Rule, folded: boolean) {
  const lane = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
  const params = Object.fromEntries(
    Object.entries(rule.params).map(([name, { unit, doc, value }]) => [name, { unit, doc, value }]),
  );
  const p: RecordBinding = folded ? { name: "p", kind: "uniform", fields: params, constants: params } : lane("p", params);
  const c = lane("c", rule.state);
  const o = lane("o", akash.observations);
  const a = lane("a", actionFields(akash));
  const make = (step: (...args: never[]) => void, records: RecordBinding[]) => {
    const binding = { name: rule.id, uses: rule.uses, step, records };
    return emitJs(buildProgram(binding), { capacity: 1 });
  };
  return { c, p, o, a, start: make(rule.functions.start, [c, p]), act: make(rule.functions.act, [c, o, p, a]) };
}

const store = (binding: RecordBinding, values: Readonly<Record<string, number>>): Float64Array => {
  const { slots, size } = layoutRecord(binding);
  const view = new Float64Array(size);
  for (const [name, slot] of slots) view[slot] = values[name] ?? Number.NaN;
  return view;
};

const read = (binding: RecordBinding, view: Float64Array) =>
  Object.fromEntries([...layoutRecord(binding).slots].map(([name, slot]) => [name, view[slot]!]));

it("every observation of akash has measured statistics", () => {
  expect(Object.keys(akash.observationStatistics!)).toEqual(Object.keys(akash.observations));
});

describe("every rule compiles for akash, and the compiled rule does what the plain function does, bit for bit", () => {
  for (const [id, make] of Object.entries(RULES).filter(([id]) => !RULES_OF_ONE.includes(id))) {
    const rule = make(akash);
    const values = Object.fromEntries(Object.entries(rule.params).map(([name, { value }]) => [name, value]));
    const wild = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(Number.NaN, Infinity, 0, -1));
    const observations = fc.array(fc.record(Object.fromEntries(OBSERVED.map(([name]) => [name, wild]))), {
      minLength: 1,
      maxLength: 8,
    });
    const gains = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: rule.tunable.length,
      maxLength: rule.tunable.length,
    });

    it.each([
      ["parameters folded into the code", true],
      ["parameters in memory", false],
    ])(`${id}, %s`, (_, folded) => {
      const { c, p, o, a, start, act } = bind(rule, folded);
      fc.assert(
        fc.property(observations, gains, (days, shares) => {
          const tuned = { ...values };
          // Folded parameters are what they were when the rule was compiled.
          if (!folded)
            rule.tunable.forEach((name, i) => {
              tuned[name] = rule.params[name]!.low + shares[i]! * (rule.params[name]!.high - rule.params[name]!.low);
            });
          const memory: Record<string, number> = {};
          rule.functions.start(memory, tuned, rule.uses);
          const views = { c: store(c, {}), p: store(p, tuned), a: store(a, {}) };
          start.run(0, 1, [views.c, views.p]);
          for (const day of days) {
            const action = Object.fromEntries(ACTIONS.map((name) => [name, Number.NaN]));
            rule.functions.act(memory, day, tuned, action, rule.uses);
            act.run(0, 1, [views.c, store(o, day), views.p, views.a]);
            expect(read(a, views.a)).toEqual(action);
            expect(read(c, views.c)).toEqual(memory);
          }
        }),
        { seed: 11, numRuns: 40 },
      );
    });
  }
});
