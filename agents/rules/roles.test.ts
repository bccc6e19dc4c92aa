import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emitJs } from "../../compiler/js/emit-js.js";
import { layoutRecord, type RecordBinding, type RecordSpec } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { ACTION_ROLES, OBSERVATION_ROLES } from "../../env/roles.js";
import type { ActionSpec, Values, World } from "../../env/world.js";
import { STAND_IN } from "../../test/support/stand-in.js";
import { actionField, actionParam, defineRule } from "./define-rule.js";
import { makeRule, RULES, rulesFor } from "./registry.js";
import { actionFields, findRole } from "./role-fields.js";
import type { Rule } from "./rule.js";
import { ruleValues } from "./rule-values.js";
import { openRoles, seeRoles } from "./through-roles.js";

const action = (unit: string, low: number, high: number, start: number): ActionSpec => ({
  unit,
  low,
  high,
  maxMove: (high - low) / 10,
  start,
  doc: "control",
});

/**
 * The stand-in's market under other names and units: 1e6 tokens a week are 5.2 % of a supply of 1e9 a year, what is kept of fees is what
 * is not burned, the fee is in percent, two controls play no role.
 */
const ELSEWHERE: World = {
  ...STAND_IN,
  id: "elsewhere-v1",
  actions: {
    kind: "continuous",
    fields: {
      tilt0: action("1", 0.5, 2, 1),
      emission: action("TOK/week", 0.2e6, 4e6, 1e6),
      kept: action("1", 0, 1, 0.5),
      percent: action("1", 0, 40, 12),
      tilt1: action("1", 0.5, 2, 1.5),
    },
  },
  observations: {
    ...Object.fromEntries(Object.entries(STAND_IN.observations).filter(([name]) => name !== "bondedRatio")),
    stake: { unit: "percent", low: 0, high: 100, doc: "staked share", onChain: "none" },
  },
  roles: {
    actions: {
      issuance: { field: "emission", scale: 52e-9 },
      burnShare: { field: "kept", scale: -1, offset: 1 },
      fee: { field: "percent", scale: 0.01 },
    },
    observations: { bondedRatio: { field: "stake", scale: 0.01 } },
  },
};

/** The same decision in both worlds: one day of a rule by plain calls. */
function decide(rule: Rule, world: World, observation: Values): Values {
  const memory: Values = Object.fromEntries(Object.keys(rule.state).map((name) => [name, Number.NaN]));
  const set: Values = Object.fromEntries(Object.keys(actionFields(world)).map((name) => [name, Number.NaN]));
  rule.functions.start(memory, ruleValues(rule), rule.uses);
  rule.functions.act(memory, observation, ruleValues(rule), set, rule.uses);
  return set;
}

const market = fc.record(
  Object.fromEntries(
    Object.keys(STAND_IN.observations).map((name) => [name, fc.double({ min: 0, max: 1, noNaN: true })]),
  ) as Record<string, fc.Arbitrary<number>>,
);

const there = ({ bondedRatio, ...seen }: Values): Values => ({ ...seen, stake: 100 * bondedRatio! });

/** Rules whose band is the same in both worlds after translation decide the same. */
const COMPARED = ["seed-utilization", "eip1559-burn", "solana", "ampleforth", "polkadot-old", "pid-buyback", "bnb-auto-burn"];

describe("a rule in an economy where the roles have other names and units", () => {
  const same = {
    ...STAND_IN,
    actions: {
      kind: "continuous",
      fields: {
        ...actionFields(STAND_IN),
        issuance: { ...actionField(ELSEWHERE, "issuance"), unit: "1/year" },
        burnShare: actionField(ELSEWHERE, "burnShare"),
        fee: actionField(ELSEWHERE, "fee"),
      },
    },
  } as const satisfies World;

  it.each(COMPARED)("%s decides what it decides where they have their own", (id) => {
    const [here, elsewhere] = [makeRule(id, same), makeRule(id, ELSEWHERE)];
    fc.assert(
      fc.property(market, (seen) => {
        const expected = decide(here, same, seen);
        const { emission, kept, percent } = decide(elsewhere, ELSEWHERE, there(seen));
        // Products and quotients with the scales round once each.
        expect(emission! * 52e-9).toBeCloseTo(expected["issuance"]!, 14);
        expect(1 - kept!).toBeCloseTo(expected["burnShare"]!, 14);
        expect(percent! * 0.01).toBeCloseTo(expected["fee"]!, 14);
      }),
      { seed: 4, numRuns: 50 },
    );
  });

  it("has the band of the role in the role's unit, upside down where the field runs the other way", () => {
    const { unit, low, high, start } = actionField(ELSEWHERE, "issuance");
    expect(unit).toBe("1/year");
    for (const [value, expected] of [
      [low, 0.0104],
      [high, 0.208],
      [start, 0.052],
    ])
      expect(value).toBeCloseTo(expected!, 15);
    expect(actionField(ELSEWHERE, "burnShare")).toMatchObject({ low: 0, high: 1, start: 0.5 });
    expect(decide(makeRule("max-burn", ELSEWHERE), ELSEWHERE, {})).toMatchObject({ kept: 0, percent: 40, tilt0: 1 });
    expect(decide(makeRule("none", ELSEWHERE), ELSEWHERE, {})).toMatchObject({ kept: 1, percent: 12, emission: 0.2e6 });
    expect(decide(makeRule("max-emission", ELSEWHERE), ELSEWHERE, {})).toMatchObject({ kept: 1, emission: 4e6 });
  });

  it("holds what the rule does not set at tunable parameters, in the order of the actions", () => {
    const rule = makeRule("cosmos-mint", ELSEWHERE);
    expect(rule.tunable).toEqual(["tilt0", "start", "goal", "rateChange", "min", "max", "kept", "percent", "tilt1"]);
    expect(decide(rule, ELSEWHERE, there({ bondedRatio: 0.5 }))).toMatchObject({
      tilt0: 1,
      kept: 0.5,
      percent: 12,
      tilt1: 1.5,
    });
    expect(makeRule("solana", ELSEWHERE).params["kept"]).toMatchObject({ value: 0.5, source: "Solana: half of the base fee" });
    const clash = {
      ...STAND_IN,
      actions: { kind: "continuous", fields: { ...actionFields(STAND_IN), goal: action("1", 0, 1, 1) } },
    };
    expect(Object.keys(makeRule("cosmos-mint", clash as World).params)).toContain("hold.goal");
  });
});

describe("every rule compiles where roles are translated, and does what the plain function does, bit for bit", () => {
  const lane = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
  const store = (binding: RecordBinding, values: Readonly<Values>) => {
    const { slots, size } = layoutRecord(binding);
    const view = new Float64Array(size);
    for (const [name, slot] of slots) view[slot] = values[name] ?? Number.NaN;
    return view;
  };

  it.each(rulesFor(ELSEWHERE).map((rule) => [rule.id, rule] as const))("%s", (_, rule) => {
    const p = lane("p", rule.params);
    const [c, o, a] = [lane("c", rule.state), lane("o", ELSEWHERE.observations), lane("a", actionFields(ELSEWHERE))];
    const compile = (step: (...args: never[]) => void, records: RecordBinding[]) =>
      emitJs(buildProgram({ name: rule.id, uses: rule.uses, step, records }), { capacity: 1 });
    const [start, act] = [compile(rule.functions.start, [c, p]), compile(rule.functions.act, [c, o, p, a])];
    const values = ruleValues(rule);
    const views = { c: store(c, {}), p: store(p, values), a: store(a, {}) };
    fc.assert(
      fc.property(market, (seen) => {
        start.run(0, 1, [views.c, views.p]);
        act.run(0, 1, [views.c, store(o, there(seen)), views.p, views.a]);
        expect([...views.a]).toEqual(Object.values(decide(rule, ELSEWHERE, there(seen))));
      }),
      { seed: 6, numRuns: 20 },
    );
  });
});

describe("roles", () => {
  it("are the same in the table and in the code that the compiler reads", () => {
    expect(Object.keys(openRoles())).toEqual(Object.keys(ACTION_ROLES));
    expect(Object.keys(seeRoles({}, {}, { seen: {}, seenScaled: {} }))).toEqual(Object.keys(OBSERVATION_ROLES));
  });

  it("are the fields of their name and unit unless the economy says otherwise", () => {
    expect(Object.keys(actionFields(ELSEWHERE)).map((field) => findRole(ELSEWHERE, field))).toEqual([
      undefined,
      "issuance",
      "burnShare",
      "fee",
      undefined,
    ]);
    expect(findRole(STAND_IN, "fee")).toBe("fee");
    // A fee in tokens is not a share of the price: without a word from the economy no rule touches it.
    const fields = { ...actionFields(STAND_IN), fee: action("TOK", 0, 1, 0.5) };
    const other: World = { ...STAND_IN, actions: { kind: "continuous", fields } };
    expect(() => makeRule("pid", other)).toThrow(expect.objectContaining({ code: "E_RULE_WORLD" }));
    expect(decide(makeRule("solana", other), other, {})).toMatchObject({ fee: 0.5 });
    const none: World = { ...STAND_IN, roles: { actions: { fee: false }, observations: { priceChange: false } } };
    expect(() => makeRule("eip1559-burn", none)).toThrow("akash-v0 has no action fee");
    expect(() => makeRule("ampleforth", none)).toThrow("rule ampleforth does not fit akash-v0: no observation priceChange");
  });

  it.each([
    [
      { issuance: { field: "emmission" } },
      "elsewhere-v1 gives the action role issuance to emmission, which is no action of it",
    ],
    [{ issuance: { field: "emission", scale: 0 } }, "gives the action role issuance to emission at scale 0"],
    [{ issuance: { field: "emission", offset: Number.NaN } }, "to emission at offset NaN"],
    [{ issuance: { field: "kept" }, fee: { field: "kept" } }, "to kept, which plays fee already"],
  ])("%j are refused", (actions, message) => {
    const wrong = { ...ELSEWHERE, roles: { actions } } as World;
    expect(() => rulesFor(wrong)).toThrow(expect.objectContaining({ code: "E_WORLD_ROLES" }));
    expect(() => rulesFor(wrong)).toThrow(message);
  });

  it("cannot be mixed with fields that are no roles, where they have other names", () => {
    const definition = {
      id: "mixed",
      doc: "",
      state: {},
      params: { fee: actionParam(ELSEWHERE, "fee", { doc: "" }) },
      tunable: [],
      uses: {},
      reads: [],
      writes: ["fee", "tilt0"],
      functions: { start() {}, act() {} },
    } as const;
    expect(() => defineRule(ELSEWHERE, definition)).toThrow("a rule mixes the field tilt0 with roles that have other names");
    expect(Object.keys(RULES)).not.toContain("mixed");
  });
});
