import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ppoSettings } from "../agents/ppo/settings.js";
import { UserError } from "../core/errors.js";
import { akash } from "../env/economies/akash/index.js";
import { listSettings, parseConfig, parseSetting } from "./config.js";
import { checkWork, workOf } from "./train.js";

function refusal(action: () => unknown): UserError {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("parseConfig", () => {
  test("an empty object gives the defaults, and they pass their own checks", () => {
    const config = ppoSettings(parseConfig({ algorithm: "ppo" }));
    expect(config.hidden).toEqual([64, 64]);
    expect(((config.numEnvs * config.numSteps) / config.numMinibatches) % 64).toBe(0);
    expect(parseConfig(config)).toEqual(config);
  });

  test("a typo is refused and the nearest setting named", () => {
    const error = refusal(() => parseConfig({ algorithm: "ppo", learningrate: 1e-3 }));
    expect(error.code).toBe("E_CONFIG_KEY");
    expect(error.message).toBe('unknown setting "learningrate"');
    expect(error.hint).toMatch(/did you mean "?learningRate"?\?/);
  });

  test("a wrong type is refused with the allowed range and the value", () => {
    expect(refusal(() => parseConfig({ algorithm: "ppo", gamma: "high" })).message).toBe(
      'gamma must be a number >= 0 and <= 1, got "high"',
    );
    expect(refusal(() => parseConfig({ algorithm: "ppo", numEnvs: 100.5 })).message).toContain(
      "a whole number >= 64 and <= 262144, got 100.5",
    );
    expect(refusal(() => parseConfig({ algorithm: "ppo", hidden: [64, 600] })).message).toContain("got [64,600]");
    expect(refusal(() => parseConfig({ algorithm: "ppo", hidden: [] })).message).toContain(
      "1 to 8 of a whole number >= 1 and <= 512",
    );
    expect(refusal(() => parseConfig({ algorithm: "ppo", activation: "gelu" })).message).toBe(
      'activation must be tanh or relu, got "gelu"',
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%s is never a value", (value) => {
    for (const key of ["gamma", "learningRate", "seed", "targetKl", "logStdInit"]) {
      expect(refusal(() => parseConfig({ algorithm: "ppo", [key]: value })).code).toBe("E_CONFIG_VALUE");
    }
  });

  test("something that is no object is refused", () => {
    for (const loose of [null, [], "config", 3]) expect(refusal(() => parseConfig(loose)).code).toBe("E_CONFIG_VALUE");
  });

  test("minibatches that do not divide are refused with the numbers and one that does", () => {
    const error = refusal(() => parseConfig({ algorithm: "ppo", numEnvs: 2048, numSteps: 32, numMinibatches: 7 }));
    expect(error.code).toBe("E_CONFIG_CROSS");
    expect(error.message).toContain("2048 * 32 / 7");
    expect(error.hint).toBe("use numMinibatches 8");
  });

  test("lanes that are no multiple of 64 are refused with the two nearest", () => {
    expect(refusal(() => parseConfig({ algorithm: "ppo", numEnvs: 100 })).hint).toBe("use 64 or 128");
  });

  test("every hint for minibatches is one that passes", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 500 }),
        (e, s, m) => {
          const loose = { algorithm: "ppo", numEnvs: e * 64, numSteps: s, numMinibatches: m };
          try {
            parseConfig(loose);
          } catch (error) {
            const numMinibatches = Number((error as UserError).hint.split(" ").at(-1));
            expect(ppoSettings(parseConfig({ ...loose, numMinibatches })).numMinibatches).toBe(numMinibatches);
          }
        },
      ),
    );
  });
});

describe("a short run", () => {
  test("takes fewer lanes, so that it makes at least 16 rollouts", () => {
    for (const totalSteps of [150_000, 500_000, 3_000_000]) {
      const config = parseConfig({ algorithm: "ppo", totalSteps });
      expect(workOf(config, akash).iterations, String(totalSteps)).toBeGreaterThanOrEqual(16);
      expect(parseConfig(config)).toEqual(config);
    }
    expect(ppoSettings(parseConfig({ algorithm: "ppo", totalSteps: 500_000 })).numEnvs).toBe(256);
    expect(ppoSettings(parseConfig({ algorithm: "ppo", totalSteps: 50_000_000 })).numEnvs).toBe(4096);
    expect(ppoSettings(parseConfig({ algorithm: "ppo", totalSteps: 1000 })).numEnvs).toBe(64);
  });

  test("keeps the lanes that the user set, and is refused where it would learn nothing, with the steps that do", () => {
    const config = parseConfig({ algorithm: "ppo", totalSteps: 100_000, numEnvs: 4096 });
    const error = refusal(() => checkWork(config, akash));
    expect(error.message).toBe(
      "totalSteps=100000 is one iteration of 458752 env-steps, which only measures the observations: nothing would be learned",
    );
    expect(error.hint).toBe("use --steps 917504 or more, or a lower numEnvs or numSteps");
    expect(() => checkWork(parseConfig({ algorithm: "ppo", totalSteps: 917_504, numEnvs: 4096 }), akash)).not.toThrow();
  });
});

describe("parseSetting", () => {
  test("values are typed by the schema", () => {
    expect(parseSetting("learningRate=1e-3")).toEqual({ key: "learningRate", value: 1e-3 });
    expect(parseSetting("totalSteps=1_000_000")).toEqual({ key: "totalSteps", value: 1_000_000 });
    expect(parseSetting("hidden=128,64")).toEqual({ key: "hidden", value: [128, 64] });
    expect(parseSetting("hidden=[32]")).toEqual({ key: "hidden", value: [32] });
    expect(parseSetting("targetKl=off")).toEqual({ key: "targetKl", value: null });
    expect(parseSetting("targetKl=0.02")).toEqual({ key: "targetKl", value: 0.02 });
    expect(parseSetting("relaxed=true")).toEqual({ key: "relaxed", value: true });
    expect(parseSetting("objective=holders")).toEqual({ key: "objective", value: "holders" });
  });

  test("text without = and unknown keys are refused", () => {
    expect(refusal(() => parseSetting("learningRate")).code).toBe("E_CONFIG_SET");
    expect(refusal(() => parseSetting("gama=0.9")).hint).toMatch(/did you mean "?gamma"?\?/);
  });

  test("a value of the wrong type passes through, for parseConfig to refuse", () => {
    const { key, value } = parseSetting("gamma=high");
    expect(refusal(() => parseConfig({ algorithm: "ppo", [key]: value })).message).toContain('got "high"');
  });
});

test("every setting has a default, a range and one line of meaning", () => {
  for (const setting of listSettings()) {
    expect(setting.fallback, setting.key).not.toBeUndefined();
    expect(setting.allowed, setting.key).not.toContain("undefined");
    expect(setting.doc.length, setting.key).toBeGreaterThan(10);
  }
});
