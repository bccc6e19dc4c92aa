import { describe, expect, it } from "vitest";
import { STAND_IN } from "../../test/support/stand-in.js";
import { makeTunedRule, parseRuleFile, type RuleFile, serialiseRuleFile } from "./rule-file.js";

const FILE: RuleFile = {
  format: "flyball-rule",
  version: 1,
  rule: "cosmos-mint",
  economy: STAND_IN.id,
  paramsHash: "0123456789abcdef".repeat(4),
  values: { goal: 0.5, fee: 0.2 },
  budget: { envSteps: 2_000_000, used: 1_950_000 },
  seed: 7,
  choice: { chosen: "average", episodes: 512, objectives: { last: -0.7, average: -0.69, best: -0.71, start: -0.97 } },
};

/** The file with some keys changed, as text; undefined leaves a key out. */
const changed = (change: object) => JSON.stringify({ ...FILE, ...change });

describe("rule file", () => {
  it("comes back as it was written, and makes the tuned rule", () => {
    const file = parseRuleFile(serialiseRuleFile(FILE));
    expect(file).toEqual(FILE);
    const rule = makeTunedRule(file, STAND_IN);
    expect(rule.id).toBe("cosmos-mint");
    expect(rule.params["goal"]!.value).toBe(0.5);
    expect(rule.params["max"]!.value).toBe(0.2);
  });

  it("keeps what each tuning seed scored", () => {
    const objectives = [1, 2, 3].map((seed) => ({ seed, mean: -0.5 - seed / 100, low: -0.6, high: -0.4 }));
    const file = { ...FILE, seeds: { episodes: 900, objectives } };
    expect(parseRuleFile(serialiseRuleFile(file))).toEqual(file);
    expect(() => parseRuleFile(changed({ seeds: { episodes: 900, objectives: [{ seed: 1 }] } }))).toThrow(/^seeds\.objectives/);
  });

  it("of an earlier version, with a history and without a digest, still loads", () => {
    const history = [{ used: 100_000, best: -0.8, median: null, sigma: 0.1 }];
    expect(parseRuleFile(changed({ history }))).toEqual(FILE);
  });

  it("is refused when a value was changed after it was written, and loads again without its digest", () => {
    const written = JSON.parse(serialiseRuleFile(FILE));
    const edited = { ...written, values: { ...written.values, goal: 0.6 } };
    expect(() => parseRuleFile(JSON.stringify(edited))).toThrow(/^the rule file was changed after it was written/);
    const { digest: _, ...plain } = edited;
    expect(parseRuleFile(JSON.stringify(plain)).values).toEqual({ goal: 0.6, fee: 0.2 });
  });

  it("keeps its digest when its keys are written in another order", () => {
    const reversed = Object.fromEntries(Object.entries(JSON.parse(serialiseRuleFile(FILE))).reverse());
    expect(parseRuleFile(JSON.stringify(reversed))).toEqual(FILE);
  });

  it.each([
    ["", /^the rule file is not JSON/],
    [changed({}).slice(0, 200), /^the rule file is not JSON/],
    ["[]", "the rule file holds no object"],
    [changed({ format: "flyball-controller" }), /^format of the rule file/],
    [changed({ version: 2 }), /^version of the rule file/],
    [changed({ rule: undefined }), /^rule of the rule file/],
    [changed({ values: { goal: "0.5" } }), /^values\.goal of the rule file/],
    [changed({ values: { goal: Number.NaN } }), /^values\.goal of the rule file/],
    [changed({ paramsHash: "none" }), /^paramsHash of the rule file is wrong: must be 64 hexadecimal digits/],
    [changed({ choice: { ...FILE.choice, chosen: "luck" } }), /^choice\.chosen of the rule file/],
  ])("refuses %.40j", (text, message) => {
    expect(() => parseRuleFile(text)).toThrow(message);
    expect(() => parseRuleFile(text)).toThrow(expect.objectContaining({ code: "E_RULE_FILE" }));
  });

  it("names the key that a typo was meant to be", () => {
    expect(() => parseRuleFile(changed({ valeus: {} }))).toThrow(
      expect.objectContaining({ message: "unknown key valeus of a rule file", hint: "did you mean values?" }),
    );
  });

  it("refuses another economy, an unknown rule, and a value that the rule does not allow", () => {
    expect(() => makeTunedRule({ ...FILE, economy: "render-v1" }, STAND_IN)).toThrow(
      "the rule file is for economy render-v1, not akash-v0",
    );
    expect(() => makeTunedRule({ ...FILE, rule: "cosmos" }, STAND_IN)).toThrow("unknown rule cosmos");
    expect(() => makeTunedRule({ ...FILE, values: { gaol: 0.5 } }, STAND_IN)).toThrow("unknown parameter gaol");
    expect(() => makeTunedRule({ ...FILE, values: { goal: 5 } }, STAND_IN)).toThrow("parameter goal of rule cosmos-mint is 5");
  });
});
