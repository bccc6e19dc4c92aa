import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, sha256Hex } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import { DEFAULT_LIMITS } from "../../env/breakers/limits.js";
import { actLearned } from "./act-learned.js";
import { type ControllerFile, formatControllerFile, parseControllerFile } from "./controller-file.js";
import { decodeFloats, encodeFloats } from "./float-text.js";
import type { LearnedController, NamedAction } from "./learned-controller.js";
import { networkInputs } from "./places.js";
import { controllerShape, startPolicy } from "./start-policy.js";
import { type PolicyStructure, policyPlaces } from "./structure.js";

/** 2 observations -> 3 tanh units -> 2 actions, with numbers to check by hand. */
const CONTROLLER: LearnedController = {
  economy: "toy-v1",
  paramsHash: "0".repeat(64),
  objective: { name: "balanced", weights: { service: 1, stability: 0.5 } },
  observations: [
    { name: "logPrice", unit: "1", low: -5, high: 5, doc: "log price", onChain: "price feed" },
    { name: "stakedShare", unit: "1", low: 0, high: 1, doc: "staked share", onChain: "x/staking pool" },
  ],
  actions: [
    { name: "issuance", unit: "1", low: 0, high: 0.01, maxMove: 0.004, start: 0.002, doc: "minted share" },
    { name: "burnShare", unit: "1", low: 0, high: 1, maxMove: 0.5, start: 0.5, doc: "burned share" },
  ],
  normalizer: { mean: [1, 0.5], scale: [2, 10], clip: 10 },
  network: {
    activation: "tanh",
    layers: [
      { inputs: 2, outputs: 3, weights: Float32Array.of(1, 0, 0.5, 0, 1, -0.5), biases: Float32Array.of(0, 0.25, 0) },
      { inputs: 3, outputs: 2, weights: Float32Array.of(1, 0, 0, 1, 0, 4), biases: Float32Array.of(0, 0) },
    ],
  },
  limits: DEFAULT_LIMITS,
  decisionInterval: 7,
  stepDays: null,
  decimals: null,
  delays: { observation: 1, action: 1 },
};

const ACTIONS = CONTROLLER.actions as readonly NamedAction[];

function makeFile(controller = CONTROLLER): ControllerFile {
  const selfTest = Array.from({ length: 16 }, (_, i) => {
    const observation = [i / 8 - 0.5, i / 16];
    return { observation, action: actLearned(controller, observation) };
  });
  const provenance = {
    seed: 1,
    envSteps: 2_000_000,
    configHash: "c0ffee",
    flyball: "0.1.0",
    node: "20.19.0",
    platform: "linux-x64",
  };
  return { controller, provenance, selfTest };
}

function refusal(text: string): UserError {
  try {
    parseControllerFile(text);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("the file was accepted");
}

interface Content {
  readonly network: { readonly layers: object[] };
  readonly selfTest: Record<"observation" | "action" | "base", number[]>[];
  readonly structure: object;
}

/** The file with a change in its content and the hash made right again: what a forger would write. */
function forge(change: (content: Content) => void, file = makeFile()): string {
  const { sha256: _, ...content } = JSON.parse(formatControllerFile(file));
  change(content);
  return JSON.stringify({ ...content, sha256: sha256Hex(canonicalJson(content)) });
}

describe("actLearned", () => {
  test("normalises, runs the network, squashes and scales, as computed by hand", () => {
    // x = ((1.1 - 1) 2, (0.5 - 0.5) 10) = (0.2, 0); hidden tanh(0.2), tanh(0.25), tanh(0.1);
    // outputs tanh(0.2) and tanh(0.25) + 4 tanh(0.1).
    const [issuance, burnShare] = actLearned(CONTROLLER, [1.1, 0.5]);
    expect(issuance).toBeCloseTo(0.005 * (1 + Math.tanh(0.2)), 12);
    expect(burnShare).toBeCloseTo(0.5 * (1 + Math.tanh(0.25) + 4 * Math.tanh(0.1)), 12);
  });

  test("stays in the bands whatever it sees, and takes a NaN for the mean", () => {
    const far = fc.double({ min: -1e300, max: 1e300 });
    fc.assert(
      fc.property(fc.tuple(fc.oneof(far, fc.constant(Number.NaN)), far), (observation) => {
        const [issuance, burnShare] = actLearned(CONTROLLER, observation);
        return issuance! >= 0 && issuance! <= 0.01 && burnShare! >= 0 && burnShare! <= 1;
      }),
    );
    expect(actLearned(CONTROLLER, [Number.NaN, 0.5])).toEqual(actLearned(CONTROLLER, [1, 0.5]));
  });

  test("a choice is the first of the largest outputs", () => {
    const choice = { ...CONTROLLER, actions: { count: 2 } };
    expect(actLearned(choice, [0, 0.5])).toEqual([0]);
    expect(actLearned(choice, [1.1, 0.5])).toEqual([1]);
  });
});

describe("the controller file", () => {
  test("reads back as it was written, weights bit for bit", () => {
    const file = makeFile();
    const back = parseControllerFile(formatControllerFile(file));
    expect(back).toEqual(file);
    expect(formatControllerFile(back)).toBe(formatControllerFile(file));
  });

  test("floats survive their text bit for bit", () => {
    fc.assert(
      fc.property(fc.float32Array(), (floats) => {
        expect(decodeFloats(encodeFloats(floats))).toEqual(floats);
      }),
    );
  });

  test("any changed character is refused", () => {
    const text = formatControllerFile(makeFile()).trimEnd();
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom(..."0A }"), (at, character) => {
        fc.pre(text[at] !== character);
        const changed = text.slice(0, at) + character + text.slice(at + 1);
        // White space between tokens means nothing in JSON; a file that differs in nothing else is the same file.
        fc.pre(!isSameJson(changed, text));
        expect(refusal(changed).code).toMatch(/^E_CONTROLLER_/);
      }),
      { numRuns: 400 },
    );
  });

  test("every truncation is refused", () => {
    const text = formatControllerFile(makeFile()).trimEnd();
    fc.assert(
      fc.property(fc.nat(text.length - 1), (length) => refusal(text.slice(0, length)).code.startsWith("E_CONTROLLER_")),
    );
    expect(refusal(text.slice(0, text.length / 2)).code).toBe("E_CONTROLLER_TRUNCATED");
  });

  test("foreign files and other versions are named as such", () => {
    expect(refusal("date,price_usd\n2020-01-01,1").code).toBe("E_CONTROLLER_FOREIGN");
    expect(refusal("[]").code).toBe("E_CONTROLLER_FOREIGN");
    expect(refusal('{"format":"onnx"}').code).toBe("E_CONTROLLER_FOREIGN");
    expect(refusal(forge((content) => Object.assign(content, { version: 5 }))).code).toBe("E_CONTROLLER_VERSION");
  });

  test("a forged weight is found by replaying the recorded decisions", () => {
    const text = forge(({ network }) => {
      const weights = encodeFloats(Float32Array.of(1, 0, 0.5, 0, 1.001, -0.5));
      Object.assign(network.layers[0]!, { weights });
    });
    expect(refusal(text).code).toBe("E_CONTROLLER_SELF_TEST");
  });

  test("a file of version 1, which has no interface hash, reads back with what it says", () => {
    const text = forge((content) => {
      for (const key of ["stepDays", "decimals", "interfaceHash", "structure"]) Reflect.deleteProperty(content, key);
      Object.assign(content, { version: 1 });
    });
    expect(parseControllerFile(text).controller).toEqual({ ...CONTROLLER, stepDays: null, decimals: null });
  });

  test("a file of version 2, which has no structure, reads back as a network alone", () => {
    const text = forge((content) => {
      Reflect.deleteProperty(content, "structure");
      Object.assign(content, { version: 2 });
    });
    expect(parseControllerFile(text)).toEqual(makeFile());
  });

  test("its interface hash covers observations, actions, delays and limits", () => {
    const change = (part: object) => forge((content) => Object.assign(content, part));
    for (const part of [
      { delays: { observation: 2, action: 1 } },
      { stepDays: 7 },
      { decimals: 18 },
      { limits: { ...DEFAULT_LIMITS, dailySupplyCap: 0.5 } },
      { actions: [{ ...ACTIONS[0], unit: "1/year" }, ACTIONS[1]] },
    ]) {
      expect(refusal(change(part)).message).toContain("interfaceHash is not that of");
    }
  });

  const actionOf = (change: object) => ({ actions: [{ ...ACTIONS[0], ...change }, ACTIONS[1]] });

  test.each([
    [
      "a band of negative width",
      actionOf({ low: 0.01, high: 0, start: 0.005 }),
      "actions.issuance.low is 0.01, which is not below its high of 0",
    ],
    [
      "a band of no width",
      actionOf({ low: 0.01, high: 0.01, start: 0.01 }),
      "actions.issuance.low is 0.01, which is not below its high of 0.01",
    ],
    ["a start outside of its band", actionOf({ start: 0.02 }), "actions.issuance.start is 0.02, allowed is 0 .. 0.01"],
    ["an action that may not move", actionOf({ maxMove: 0 }), "actions"],
    ["an action that moves backwards", actionOf({ maxMove: -1 }), "actions"],
    ["two actions of one name", { actions: [ACTIONS[0], ACTIONS[0]] }, "actions.issuance is there twice"],
    ["a negative scale", { normalizer: { ...CONTROLLER.normalizer, scale: [2, -1] } }, "normalizer.scale.1 is wrong"],
    ["a clip of 0", { normalizer: { ...CONTROLLER.normalizer, clip: 0 } }, "normalizer.clip is wrong"],
    ["a re-arm level above the trip level", { limits: { ...DEFAULT_LIMITS, rearmDrawdown: 0.9 } }, "limits are wrong"],
    ["a supply cap above 1", { limits: { ...DEFAULT_LIMITS, windowSupplyCap: 3 } }, "limits.windowSupplyCap is wrong"],
    ["a delay of a year", { delays: { observation: 365, action: 1 } }, "delays.observation is wrong"],
  ])("%s is refused, naming the field", (_, part, message) => {
    const error = refusal(forge((content) => Object.assign(content, part)));
    expect(error.code).toBe("E_CONTROLLER_FIELD");
    expect(error.message).toContain(message);
  });

  test("sizes that do not fit together are refused before arrays are made", () => {
    const layer = (change: object) => forge(({ network }) => Object.assign(network.layers[0]!, change));
    expect(refusal(layer({ inputs: 512, outputs: 512 })).message).toContain("network.layers.0.inputs has size 512, but 2 fits");
    expect(refusal(layer({ weights: "" })).message).toContain("network.layers.0.weights has size 0, but 32 fits");
    expect(refusal(layer({ outputs: 1e9 })).code).toBe("E_CONTROLLER_FIELD");
    expect(refusal(layer({ biases: encodeFloats(Float32Array.of(0, Number.NaN, 0)) })).message).toContain("not finite");
    expect(refusal(forge((content) => Object.assign(content, { selfTest: [] }))).message).toContain("selfTest is wrong");
    expect(refusal(forge((content) => Object.assign(content, { script: "alert(1)" }))).code).toBe("E_CONTROLLER_FIELD");
  });
});

const STRUCTURE: PolicyStructure = {
  base: { rule: "akash-bme", values: { share: 0.5 } },
  memoryRates: [0.2, 0.04],
  lastRequest: true,
};

/** The controller with a structure, its first layer as wide as that asks for. */
function withStructure(structure: PolicyStructure): LearnedController {
  const inputs = networkInputs(policyPlaces(controllerShape(CONTROLLER), structure));
  const [, last] = CONTROLLER.network.layers;
  const weights = Float32Array.from({ length: inputs * 3 }, (_, i) => 0.4 * Math.sin(12.9898 * (i + 1)));
  const layers = [{ inputs, outputs: 3, weights, biases: Float32Array.of(0, 0.25, 0) }, last!];
  return { ...CONTROLLER, decisionInterval: 2, structure, network: { activation: "tanh", layers } };
}

/** Recorded control steps of one episode, the base asking for something else in each. */
function structuredFile(structure = STRUCTURE): ControllerFile {
  const controller = withStructure(structure);
  const act = startPolicy(controller, structure);
  const selfTest = Array.from({ length: 20 }, (_, i) => {
    const observation = [1 + 0.2 * Math.sin(i), 0.5 + 0.05 * Math.cos(2 * i)];
    const base = structure.base ? [0.004 + 0.0001 * i, 0.3] : undefined;
    return { observation, action: act(observation, base), ...(base ? { base } : {}) };
  });
  return { ...makeFile(), controller, selfTest };
}

describe("the file of a controller with structure", () => {
  test.each([
    ["base and memory", STRUCTURE],
    ["a base alone", { ...STRUCTURE, memoryRates: [], lastRequest: false }],
    ["memory alone", { ...STRUCTURE, base: null }],
  ])("reads back as it was written, %s", (_, structure) => {
    const file = structuredFile(structure);
    const back = parseControllerFile(formatControllerFile(file));
    expect(back).toEqual(file);
    expect(formatControllerFile(back)).toBe(formatControllerFile(file));
  });

  test("of version 3, which knows no groups, reads back as one without", () => {
    const file = structuredFile();
    const old = forge((content) => {
      const { group, ...structure } = content.structure as { readonly group: null };
      expect(group).toBeNull();
      Object.assign(content, { version: 3, structure });
    }, file);
    expect(parseControllerFile(old)).toEqual(file);
  });

  test("no single decision is taken out of its episode", () => {
    expect(() => actLearned(withStructure(STRUCTURE), [1, 0.5])).toThrow("a controller with structure has no single decisions");
  });

  const forgeStructured = (change: (content: Content) => void) => forge(change, structuredFile());

  test("its recorded decisions are one episode: left in another order or with one missing, they are not repeated", () => {
    const swapped = forgeStructured(({ selfTest }) => selfTest.splice(8, 2, selfTest[9]!, selfTest[8]!));
    expect(refusal(swapped).code).toBe("E_CONTROLLER_SELF_TEST");
    const missing = forgeStructured(({ selfTest }) => selfTest.splice(0, 2));
    expect(refusal(missing).code).toBe("E_CONTROLLER_SELF_TEST");
  });

  test("an altered pair in the middle of the episode is found, whichever number was altered", () => {
    const alter = (key: "observation" | "action" | "base") =>
      forgeStructured(({ selfTest }) => Object.assign(selfTest[10]!, { [key]: selfTest[10]![key].map((x) => x * 1.02) }));
    for (const key of ["action", "base", "observation"] as const)
      expect(refusal(alter(key)).message).toContain("does not repeat recorded decision 10");
  });

  test.each([
    ["a rate of 0", { memoryRates: [0.2, 0] }, "structure.memoryRates.1 is wrong"],
    ["a rate above 1", { memoryRates: [1.5, 0.1] }, "structure.memoryRates.0 is wrong"],
    ["nine rates", { memoryRates: Array(9).fill(0.1) }, "structure.memoryRates is wrong"],
    ["rates that the network has no inputs for", { memoryRates: [0.2] }, "network.layers.0.inputs has size 8, but 6 fits"],
    ["a last request that it has no inputs for", { lastRequest: false }, "network.layers.0.inputs has size 8, but 6 fits"],
    ["a base whose requests were not recorded", { base: null }, "selfTest.0.base has size 2, but 0 fits"],
    ["a base without a rule", { base: { values: {} } }, "structure.base.rule is wrong"],
    ["a value that is no number", { base: { rule: "none", values: { share: "1" } } }, "structure.base.values.share is wrong"],
    ["a key that does not exist", { cell: 8 }, "structure is wrong"],
  ])("%s is refused, naming the field", (_, part, message) => {
    const error = refusal(forgeStructured(({ structure }) => Object.assign(structure, part)));
    expect(error.code).toBe("E_CONTROLLER_FIELD");
    expect(error.message).toContain(message);
  });

  test("a structure over a choice is refused, and so are recorded requests of a base that is not there", () => {
    const choice = forgeStructured((content) => Object.assign(content, { actions: { count: 2 } }));
    expect(refusal(choice).code).toBe("E_CONTROLLER_FIELD");
    const stray = forge(({ selfTest }) => Object.assign(selfTest[0]!, { base: [0, 0] }));
    expect(refusal(stray).message).toContain("selfTest.0.base has size 2, but 0 fits");
  });
});

function isSameJson(left: string, right: string): boolean {
  try {
    return canonicalJson(JSON.parse(left)) === canonicalJson(JSON.parse(right));
  } catch {
    return false;
  }
}
