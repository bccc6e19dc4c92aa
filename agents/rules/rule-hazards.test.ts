import { describe, expect, test } from "vitest";
import { ECONOMIES } from "../../env/economies/index.js";
import { ruleHazards } from "../../test/support/rule-hazards.js";
import { toyEconomy } from "../../test/support/toy-economy.js";
import { defineRule } from "./define-rule.js";
import { rulesFor } from "./registry.js";

describe.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("%s", (_, economy) => {
  test.each(rulesFor(economy).map((rule) => [rule.id, rule] as const))(
    "%s never divides by 0, whatever it sees and however it is tuned",
    (_, rule) => {
      expect(ruleHazards(rule, economy).map(({ origin }) => `${origin.name}: ${origin.text}`)).toEqual([]);
    },
  );
});

/** Sets the burn share by an expression of what it sees, its parameter and its memory. */
function ruleWith(
  act: (c: { sum: number }, o: { stakedShare: number }, p: { goal: number }, a: { burnShare: number }) => void,
) {
  return defineRule(toyEconomy, {
    id: "test",
    doc: "",
    state: { sum: { unit: "1", doc: "" } },
    params: { goal: { value: 0.5, low: 0, high: 1, unit: "1", source: "", doc: "" } },
    tunable: ["goal"],
    uses: {},
    reads: ["stakedShare"],
    writes: ["burnShare"],
    functions: {
      start: (c) => {
        c.sum = 0;
      },
      act,
    },
  });
}

test("a rule that divides by an observation, a parameter or a memory that may be 0 is found", () => {
  const expressions = [
    ruleWith((_c, o, _p, a) => {
      a.burnShare = 0.01 / o.stakedShare;
    }),
    ruleWith((_c, _o, p, a) => {
      a.burnShare = 0.01 / p.goal;
    }),
    ruleWith((c, o, _p, a) => {
      a.burnShare = 0.01 / c.sum;
      c.sum = Math.max(0, c.sum + o.stakedShare);
    }),
    ruleWith((c, o, _p, a) => {
      a.burnShare = 0.01 / (1 + c.sum);
      c.sum = Math.max(0, c.sum + o.stakedShare);
    }),
  ].map((rule) => ruleHazards(rule, toyEconomy).map(({ origin }) => origin.text));
  expect(expressions.map((texts) => texts.length)).toEqual([1, 1, 1, 0]);
});
