import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import { CALM, player, RULES_OF_ONE, STAND_IN } from "../../test/support/stand-in.js";
import { affine } from "./affine.js";
import { akashBme } from "./akash-bme.js";
import { cosmosMint } from "./cosmos-mint.js";
import { defineRule } from "./define-rule.js";
import { eip1559BaseFee, eip1559Burn } from "./eip1559-burn.js";
import { halving } from "./halving.js";
import { pid, pidStep } from "./pid.js";
import { nextWord, random } from "./random.js";
import { makeRule, RULES, rulesFor } from "./registry.js";
import { withParams } from "./rule-values.js";
import { seedUtilization } from "./seed-utilization.js";

const u = { clamp };

describe("every rule of the registry", () => {
  for (const [id, make] of Object.entries(RULES).filter(([id]) => !RULES_OF_ONE.includes(id))) {
    const rule = make(STAND_IN);

    it(`${id}: carries its own id and complete parameters within their ranges`, () => {
      expect(rule.id).toBe(id);
      for (const [name, spec] of Object.entries(rule.params)) {
        expect(spec.value, name).toBeGreaterThanOrEqual(spec.low);
        expect(spec.value, name).toBeLessThanOrEqual(spec.high);
        expect(spec.unit && spec.source && spec.doc, name).toBeTruthy();
      }
      for (const name of rule.tunable) expect(rule.params).toHaveProperty([name]);
    });

    it(`${id}: requests actions within the band whatever it sees, NaN and infinities included, and goes on after them`, () => {
      const value = fc.oneof(
        fc.double({ min: -10, max: 10, noNaN: true }),
        fc.constantFrom(Number.NaN, Infinity, -Infinity, 0, 1e300),
      );
      const days = fc.array(fc.record(Object.fromEntries(Object.keys(CALM).map((name) => [name, value]))), {
        minLength: 1,
        maxLength: 30,
      });
      fc.assert(
        fc.property(days, (observations) => {
          const play = player(rule);
          for (const observation of [...observations, CALM]) {
            const action = play.act(observation);
            expect(action.issuance).toBeGreaterThanOrEqual(0.01);
            expect(action.issuance).toBeLessThanOrEqual(0.2);
            expect(action.burnShare).toBeGreaterThanOrEqual(0);
            expect(action.burnShare).toBeLessThanOrEqual(1);
            expect(action.fee).toBeGreaterThanOrEqual(0);
            expect(action.fee).toBeLessThanOrEqual(0.4);
          }
          for (const [name, remembered] of Object.entries(play.memory)) expect(remembered, name).toSatisfy(Number.isFinite);
        }),
        { seed: 5, numRuns: 60 },
      );
    });

    it(`${id}: does the same again from a fresh start`, () => {
      const [one, two] = [player(rule), player(rule)];
      for (let day = 0; day < 20; day++) {
        const observation = {
          utilization: 0.4 + 0.03 * day,
          utilizationSlow: 0.5 + 0.02 * day,
          bondedRatio: 0.3,
          collateralRatio: 1.2 - 0.02 * day,
        };
        expect(one.act(observation)).toEqual(two.act(observation));
      }
    });
  }

  it("is found by id, and a typo names the nearest", () => {
    expect(makeRule("pid", STAND_IN).id).toBe("pid");
    expect(() => makeRule("cosmos-mnit", STAND_IN)).toThrow(
      expect.objectContaining({ code: "E_RULE_UNKNOWN", hint: "did you mean cosmos-mint?" }),
    );
    expect(() => makeRule("toString", STAND_IN)).toThrow(expect.objectContaining({ code: "E_RULE_UNKNOWN" }));
  });

  it("is left out where the world lacks what it reads, sets, or is made for", () => {
    expect(rulesFor(STAND_IN)).toHaveLength(Object.keys(RULES).length - RULES_OF_ONE.length);
    for (const id of RULES_OF_ONE) {
      expect(() => makeRule(id, STAND_IN), id).toThrow(expect.objectContaining({ code: "E_RULE_WORLD" }));
    }
    const { utilization, ...observations } = STAND_IN.observations;
    expect(utilization).toBeDefined();
    const blind = { ...STAND_IN, observations };
    expect(() => makeRule("eip1559-burn", blind)).toThrow(
      "rule eip1559-burn does not fit akash-v0: no observation utilization",
    );
    expect(rulesFor(blind).map(({ id }) => id)).not.toContain("eip1559-burn");
    const bare = {
      ...STAND_IN,
      observations: {},
      roles: { actions: { issuance: false, burnShare: false, fee: false } },
    } as const;
    expect(rulesFor(bare).map(({ id }) => id)).toEqual(["constant", "none", "affine", "random"]);
    const discrete = { ...STAND_IN, actions: { kind: "discrete", count: 2, doc: "left or right" } } as const;
    expect(rulesFor(discrete)).toEqual([]);
  });

  it("holds the actions that it does not set, at parameters of their names", () => {
    const half = {
      id: "half",
      doc: "",
      state: {},
      params: {},
      tunable: [],
      uses: {},
      reads: [],
      writes: ["fee"],
    } as const;
    const functions = {
      start() {},
      act(_c: object, _o: object, _p: object, a: { fee: number }) {
        a.fee = 0.3;
      },
    };
    const rule = defineRule(STAND_IN, { ...half, functions });
    expect(player(rule).act({})).toEqual({ issuance: 0.08, burnShare: 0.5, fee: 0.3 });
    expect(player(withParams(rule, { burnShare: 0.1 })).act({}).burnShare).toBe(0.1);
  });
});

describe("the rules that hold", () => {
  it.each([
    ["constant", { issuance: 0.08, burnShare: 0.5, fee: 0.12 }],
    ["none", { issuance: 0.01, burnShare: 0, fee: 0.12 }],
    ["max-burn", { issuance: 0.01, burnShare: 1, fee: 0.4 }],
    ["max-emission", { issuance: 0.2, burnShare: 0, fee: 0.12 }],
  ])("%s requests its values every day", (id, expected) => {
    const play = player(makeRule(id, STAND_IN));
    expect(play.act({})).toEqual(expected);
    expect(play.act({ utilization: 0.1, collateralRatio: 0.2 })).toEqual(expected);
  });

  it("constant takes tuned values, the degenerate rules have none", () => {
    expect(player(withParams(makeRule("constant", STAND_IN), { issuance: 0.03 })).act({}).issuance).toBe(0.03);
    expect(makeRule("constant", STAND_IN).tunable).toEqual(["issuance", "burnShare", "fee"]);
    for (const id of ["none", "max-burn", "max-emission"]) expect(makeRule(id, STAND_IN).tunable).toEqual([]);
  });
});

describe("cosmos-mint", () => {
  it("moves by (1 - .55/.67) * .13 / 365 a day from its start and holds still at the goal", () => {
    const play = player(cosmosMint(STAND_IN));
    expect(play.act({ bondedRatio: 0.55 })).toEqual({
      issuance: 0.08 + (1 - 0.55 / 0.67) * 0.13 * (1 / 365),
      burnShare: 0.5,
      fee: 0.12,
    });
    const before = play.memory["rate"];
    expect(play.act({ bondedRatio: 0.67 }).issuance).toBe(before);
  });

  it("keeps its rate when the bonded share is unreadable", () => {
    const play = player(cosmosMint(STAND_IN));
    expect(play.act({ bondedRatio: Number.NaN }).issuance).toBe(0.08);
  });
});

describe("seed-utilization", () => {
  it("cuts below 50 %, raises above 80 %, holds between and when blind, and stops at its band", () => {
    const play = player(seedUtilization(STAND_IN));
    expect(play.act({ utilization: 0.49 }).issuance).toBeCloseTo(0.08 * 0.98, 15);
    expect(play.act({ utilization: 0.81 }).issuance).toBeCloseTo(0.08 * 0.98 * 1.02, 15);
    expect(play.act({ utilization: 0.5 }).issuance).toBeCloseTo(0.08 * 0.98 * 1.02, 15);
    expect(play.act({ utilization: Number.NaN }).issuance).toBeCloseTo(0.08 * 0.98 * 1.02, 15);
    for (let day = 0; day < 100; day++) play.act({ utilization: 0.1 });
    expect(play.act({ utilization: 0.1 }).issuance).toBe(0.04);
  });
});

describe("akash-bme", () => {
  it("mints by the Cosmos rule within 4-8 %", () => {
    const play = player(akashBme(STAND_IN));
    expect(play.act({ bondedRatio: 0.2 }).issuance).toBe(0.08);
    expect(play.act({ bondedRatio: 0.804 }).issuance).toBeCloseTo(0.08 - 0.2 * 0.13 * (1 / 365), 15);
  });

  it.each([
    [1.4, 0.5, 0.12],
    [0.951, 0.5, 0.12],
    [0.95, 0.25, 0.15],
    [0.901, 0.25, 0.15],
    [0.9, 0, 0.18],
    [Number.NaN, 0, 0.18],
  ])("at collateral ratio %d burns %d of the fee and charges %d", (collateralRatio, burnShare, fee) => {
    const action = player(akashBme(STAND_IN)).act({ collateralRatio });
    expect(action.burnShare).toBe(burnShare);
    expect(action.fee).toBeCloseTo(fee, 15);
  });
});

describe("halving", () => {
  it("halves on day 180 and on day 360 and stops at the floor", () => {
    const play = player(halving(STAND_IN));
    const issuance = Array.from({ length: 1000 }, () => play.act({}).issuance);
    expect([issuance[0], issuance[179], issuance[180], issuance[359], issuance[360]]).toEqual([0.08, 0.08, 0.04, 0.04, 0.02]);
    expect(issuance[999]).toBe(0.01);
  });
});

describe("eip1559-burn", () => {
  // go-ethereum consensus/misc/eip1559: target 10M of a 20M limit, base fee 1 gwei.
  it.each([
    [10, 1],
    [9, 0.9875],
    [11, 1.0125],
    [20, 1.125],
    [0, 0.875],
  ])("moves the base fee of 1 with %dM gas used of 20M to %d", (used, next) => {
    expect(eip1559BaseFee(1, used / 20, 0.5, 8, u)).toBeCloseTo(next, 15);
  });

  it("burns the base fee, not the tip", () => {
    const action = player(eip1559Burn(STAND_IN)).act({ utilization: 0.6 });
    const base = 0.06 * (1 + 0.2 / 8);
    expect(action.fee).toBeCloseTo(base + 0.06, 15);
    expect(action.burnShare).toBeCloseTo(base / (base + 0.06), 15);
    expect(action.issuance).toBe(0.08);
  });

  it("leaves the base fee alone when utilisation is unreadable", () => {
    expect(player(eip1559Burn(STAND_IN)).act({ utilization: Number.NaN }).fee).toBeCloseTo(0.12, 15);
  });
});

describe("pidStep", () => {
  it("adds up bias, proportional, integral and derivative part", () => {
    const gains = { bias: 0.3, kp: 0.5, ki: 0.1, kd: 2, low: 0, high: 1 };
    const { out, error, integral } = pidStep({ error: 0.2, previous: 0.1, integral: 0.05 }, gains, u);
    expect(out).toBeCloseTo(0.3 + 0.5 * 0.2 + (0.05 + 0.1 * 0.2) + 2 * 0.1, 15);
    expect(error).toBe(0.2);
    expect(integral).toBeCloseTo(0.07, 15);
  });

  const gains = { bias: 0.5, kp: 1, ki: 0.1, kd: 0, low: 0, high: 1 };

  it("stops integrating at the limit and leaves it at once when the error turns", () => {
    let integral = 0;
    for (let day = 0; day < 1000; day++) integral = pidStep({ error: 0.5, previous: 0.5, integral }, gains, u).integral;
    // 0.5 + 1 * 0.5 is already the limit: a loop without anti-windup would have gathered 50.
    expect(integral).toBe(0);
    expect(pidStep({ error: -0.5, previous: 0.5, integral }, gains, u).out).toBeCloseTo(0, 15);
  });

  it("still integrates at the limit when that leads back inside", () => {
    expect(pidStep({ error: -0.1, previous: -0.1, integral: 0.9 }, gains, u).integral).toBeCloseTo(0.89, 15);
  });

  it("works with a negative integral gain, and keeps what it has when the error is NaN", () => {
    const reverse = { ...gains, bias: 0.1, kp: -1, ki: -0.1 };
    expect(pidStep({ error: 0.5, previous: 0.5, integral: -0.2 }, reverse, u).integral).toBe(-0.2);
    const blind = pidStep({ error: Number.NaN, previous: 0, integral: 0.05 }, { ...gains, bias: 0.3, kp: 0.5 }, u);
    expect(blind).toEqual({ out: 0.35, error: 0, integral: 0.05 });
  });
});

describe("pid", () => {
  it("rests at its bias when there is no error, and has no derivative kick on the first day", () => {
    const rule = withParams(pid(STAND_IN), { "fee.kd": 0.8 });
    const play = player(rule);
    expect(play.act({ utilizationSlow: 0.7, drawdown: 0.3 })).toEqual({ issuance: 0.08, burnShare: 0.5, fee: 0.12 });
    const kicked = player(rule).act({ utilizationSlow: 0.8, drawdown: 0.3 });
    expect(kicked.fee).toBeCloseTo(0.12 + 0.1 * 0.1 + 0.0002 * 0.1, 15);
  });

  it("uses the change of the error from the second day on", () => {
    const play = player(withParams(pid(STAND_IN), { "fee.kd": 0.8, "fee.ki": 0 }));
    play.act({ utilizationSlow: 0.7 });
    expect(play.act({ utilizationSlow: 0.75 }).fee).toBeCloseTo(0.12 + 0.1 * 0.05 + 0.8 * 0.05, 15);
  });

  it("removes a lasting error that the proportional part alone leaves", () => {
    // A plant whose utilisation falls by 1 for each unit of fee above 0.2.
    const play = player(withParams(pid(STAND_IN), { "fee.ki": 0.008 }));
    let used = 0.75;
    for (let day = 0; day < 3000; day++) used = 0.75 - (play.act({ utilizationSlow: used }).fee! - 0.2);
    expect(used).toBeCloseTo(0.7, 6);
  });
});

describe("random", () => {
  it("goes through all 8,192 words, and no step on the way needs more than float32's 24 bits", () => {
    const seen = new Set<number>();
    for (let word = 1; !seen.has(word); word = nextWord(word)) {
      seen.add(word);
      expect(Math.fround(1021 * word + 2531)).toBe(1021 * word + 2531);
    }
    expect(seen.size).toBe(8192);
  });

  it("holds its targets for 20 days, then picks others, and reaches most of the band over the years", () => {
    const play = player(random(STAND_IN));
    const fees = Array.from({ length: 4000 }, () => play.act({}).fee!);
    expect(new Set(fees.slice(0, 20)).size).toBe(1);
    expect(fees[20]).not.toBe(fees[19]);
    expect(new Set(fees).size).toBe(200);
    expect(Math.min(...fees)).toBeLessThan(0.02);
    expect(Math.max(...fees)).toBeGreaterThan(0.38);
  });
});

describe("affine", () => {
  const statistics = { collateralRatio: { center: 1.4, spread: 0.2 }, utilizationSlow: { center: 0.7, spread: 0.1 } };

  it("holds the values in force until it has gains", () => {
    const action = player(affine(STAND_IN, statistics)).act({ collateralRatio: 0.9 });
    expect(action.issuance).toBeCloseTo(0.08, 15);
    expect(action.burnShare).toBeCloseTo(0.5, 15);
    expect(action.fee).toBeCloseTo(0.12, 15);
  });

  it("has a gain for every action and observation, and a bias for every action", () => {
    const { tunable } = affine(STAND_IN);
    expect(tunable).toHaveLength(3 * 9 + 3);
    expect(tunable).toContain("issuance.bondedRatio");
    expect(tunable).toContain("bias.fee");
  });

  it("moves the action by gain times spreads times half the band", () => {
    const rule = withParams(affine(STAND_IN, statistics), { "fee.collateralRatio": -0.3, "fee.utilizationSlow": 0.1 });
    const { fee } = player(rule).act({ collateralRatio: 1.2, utilizationSlow: 0.75 });
    expect(fee).toBeCloseTo(0.12 + 0.2 * (0.3 * 1 + 0.1 * 0.5), 14);
  });

  it("counts an observation for at most `clip` spreads, NaN for its centre, and stops at the band", () => {
    const rule = withParams(affine(STAND_IN, statistics), { "fee.collateralRatio": -0.1 });
    expect(player(rule).act({ collateralRatio: -100 }).fee).toBeCloseTo(0.12 + 0.2 * 0.4, 14);
    expect(player(rule).act({ collateralRatio: Number.NaN }).fee).toBeCloseTo(0.12, 14);
    const strong = withParams(rule, { "fee.collateralRatio": -1 });
    expect(player(strong).act({ collateralRatio: 0 }).fee).toBeCloseTo(0.4, 14);
  });
});

describe("withParams", () => {
  const rule = cosmosMint(STAND_IN);

  it("changes the named values and leaves the rule itself alone", () => {
    expect(withParams(rule, { goal: 0.5 }).params["goal"]!.value).toBe(0.5);
    expect(rule.params["goal"]!.value).toBe(0.67);
  });

  it.each([
    [{ gaol: 0.5 }, "unknown parameter gaol of rule cosmos-mint", "did you mean goal?"],
    [
      { goal: Number.NaN },
      "parameter goal of rule cosmos-mint is NaN, allowed is 0.3 to 0.9 (1)",
      "give a number within the range",
    ],
    [{ goal: 2 }, "parameter goal of rule cosmos-mint is 2, allowed is 0.3 to 0.9 (1)", "give a number within the range"],
  ])("refuses %j", (values, message, hint) => {
    expect(() => withParams(rule, values)).toThrow(expect.objectContaining({ code: "E_RULE_PARAM", message, hint }));
  });
});
