import { describe, expect, it } from "vitest";
import type { RecordBinding, RecordSpec } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { ECONOMIES } from "../../env/economies/index.js";
import { makeRule, ruleInForce, rulesFor } from "./registry.js";
import { actionFields } from "./role-fields.js";

/** Rules that need no more than a token with issuance, burns and a price. */
const EVERYWHERE = [
  "bitcoin-halving",
  "tao-emission",
  "solana",
  "polkadot-fixed",
  "polkadot-capped",
  "bnb-auto-burn",
  "ampleforth",
  "frax-cr",
  "rai-pi",
  "filecoin-simple",
  "burn-guidance",
  "wld-grants",
  "wld-mint-cap",
  "aave-risk-steward",
];

describe.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("%s", (_, economy) => {
  const rules = rulesFor(economy);

  it("declares a rule in force, which fits it", () => {
    expect(ruleInForce(economy)).toBe(economy.ruleInForce);
    expect(makeRule(ruleInForce(economy), economy).id).toBe(economy.ruleInForce);
  });

  it("has every rule that its levers and observations allow", () => {
    const ids = rules.map(({ id }) => id);
    expect(EVERYWHERE.filter((id) => !ids.includes(id))).toEqual([]);
    if ("usage" in economy.observations) {
      for (const id of ["filecoin-baseline", "pid-buyback"]) expect(ids).toContain(id);
    }
    if ("bondedRatio" in economy.observations) {
      for (const id of ["cosmos-mint", "ethereum-issuance", "polkadot-old", "akash-decay"]) expect(ids).toContain(id);
    }
  });

  it("has them with parameters in their ranges, and with room to tune", () => {
    for (const { id, params, tunable } of rules) {
      for (const [name, { value, low, high }] of Object.entries(params)) {
        expect(value >= low && value <= high, `${id} ${name} is ${value}, allowed ${low} to ${high}`).toBe(true);
      }
      for (const name of tunable) expect(params[name]!.high, `${id} ${name}`).toBeGreaterThan(params[name]!.low);
    }
  });

  it("compiles them, units checked", () => {
    const lane = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
    for (const { id, uses, state, params, functions } of rules) {
      const records = [lane("c", state), lane("o", economy.observations), lane("p", params), lane("a", actionFields(economy))];
      expect(() => buildProgram({ name: id, uses, step: functions.start, records: [records[0]!, records[2]!] })).not.toThrow();
      expect(() => buildProgram({ name: id, uses, step: functions.act, records })).not.toThrow();
    }
  });
});
