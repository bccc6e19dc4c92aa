import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { DEFAULT_LIMITS } from "../../env/breakers/limits.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import { structuredController } from "../../test/support/structured-controller.js";
import { startController } from "../controller/start-controller.js";
import { actLearned } from "../learned/act-learned.js";
import { formatControllerFile, parseControllerFile } from "../learned/controller-file.js";
import { describeInterface, hashInterface } from "../learned/interface.js";
import type { LearnedController } from "../learned/learned-controller.js";
import { recordPairs } from "../rollout/record-pairs.js";
import { module } from "./module.js";

const PROVENANCE = { seed: 1, envSteps: 1000, configHash: "c0ffee", flyball: "0.1.0", node: "20", platform: "linux-x64" };
const COMMENTS = /\/\*[\s\S]*?\*\/|\/\/.*$/gm;
/** What a module without imports has not. */
const FOREIGN = /\bimport\b|\brequire\b|\bprocess\b|\beval\b|\bFunction\b/;

const WIDTHS = [3, 16, 2];

/** Any float32, near 1 in size: zeros, signs and long fractions among them. */
const weight = (i: number) => Math.fround(i % 17 === 0 ? 0 : Math.sin(12.9898 * (i + 1)));

function makeController(change: Partial<LearnedController> = {}, activation: "tanh" | "relu" = "tanh"): LearnedController {
  const layers = WIDTHS.slice(1).map((outputs, l) => {
    const inputs = WIDTHS[l]!;
    const weights = Float32Array.from({ length: inputs * outputs }, (_, i) => weight(i + 100 * l));
    return { inputs, outputs, weights, biases: Float32Array.from({ length: outputs }, (_, i) => weight(i + 50)) };
  });
  return {
    economy: "toy-v1",
    paramsHash: "0".repeat(64),
    objective: { name: "balanced", weights: { service: 1 } },
    observations: ["price", "staked", "usage"].map((name) => ({ name, unit: "1", low: -5, high: 5, doc: name, onChain: "" })),
    actions: [
      { name: "issuance", unit: "1/day", low: 0, high: 0.01, maxMove: 0.004, start: 0.002, doc: "" },
      { name: "burnShare", unit: "1", low: 0.1, high: 0.7, maxMove: 0.5, start: 0.5, doc: "" },
    ],
    normalizer: { mean: [1, 0.5, 0.1], scale: [2, 10, 0], clip: 10 },
    network: { activation, layers },
    limits: DEFAULT_LIMITS,
    decisionInterval: 3,
    stepDays: 1,
    decimals: 6,
    delays: { observation: 1, action: 1 },
    ...change,
  };
}

function render(controller: LearnedController): string {
  const selfTest = Array.from({ length: 16 }, (_, i) => {
    const observation = [i / 8, i / 16, i];
    return { observation, action: actLearned(controller, observation) };
  });
  const file = parseControllerFile(formatControllerFile({ controller, provenance: PROVENANCE, selfTest }));
  // Only the code of a base rule depends on the world.
  return module.render(file, findEconomy("akash"));
}

/** What `script` prints as JSON, in a fresh process in a folder that holds the module and nothing else. */
function runWithModule(text: string, script: string): unknown {
  const folder = mkdtempSync(join(tmpdir(), "flyball-module-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "controller.mjs"), text);
  writeFileSync(join(folder, "main.mjs"), `import * as it from "./controller.mjs";\n${script}`);
  return JSON.parse(execFileSync(process.execPath, ["main.mjs"], { cwd: folder, encoding: "utf8" }));
}

const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
const observations = fc.sample(fc.array(number, { minLength: WIDTHS[0]!, maxLength: WIDTHS[0]! }), { numRuns: 200, seed: 1 });

describe("a module in a fresh process", () => {
  test.each(["tanh", "relu"] as const)("decides as actLearned does, bit for bit (%s)", (activation) => {
    const controller = makeController({}, activation);
    const script = `console.log(JSON.stringify(${JSON.stringify(observations)}.map((o) => it.decide(o))));`;
    const decisions = runWithModule(render(controller), script);
    // JSON prints the shortest decimal that reads back as the same float64, so equal means the same bits.
    expect(decisions).toEqual(observations.map((observation) => actLearned(controller, observation)));
  });

  test("keeps a decision for as many steps as in training, its state passed along", () => {
    const controller = makeController();
    const script = `
      let state = it.start();
      const actions = ${JSON.stringify(observations.slice(0, 10))}.map((o) => {
        const before = JSON.stringify(state);
        const decision = it.act(state, o);
        if (JSON.stringify(state) !== before) throw new Error("the state was changed in place");
        state = JSON.parse(JSON.stringify(decision.state));
        return decision.action;
      });
      console.log(JSON.stringify(actions));`;
    // Only rules look at the world.
    const act = startController(controller, findEconomy("akash"));
    expect(runWithModule(render(controller), script)).toEqual(observations.slice(0, 10).map((o) => act(o)));
  });

  test("takes a NaN for the mean, and refuses another number of observations", () => {
    const controller = makeController();
    const script = `
      let message = "";
      try { it.decide([1]); } catch (error) { message = error.message; }
      console.log(JSON.stringify([it.decide([NaN, 0.5, 2]), message]));`;
    const expected = [actLearned(controller, [Number.NaN, 0.5, 2]), "1 observations, 3 are needed"];
    expect(runWithModule(render(controller), script)).toEqual(expected);
  });

  test("a choice is the first of the largest outputs", () => {
    const controller = makeController({ actions: { count: 2 } });
    const script = `console.log(JSON.stringify(${JSON.stringify(observations)}.map((o) => it.decide(o))));`;
    expect(runWithModule(render(controller), script)).toEqual(observations.map((o) => actLearned(controller, o)));
  });

  test("checks itself, and finds an altered weight", () => {
    const text = render(makeController());
    const script = `
      let caught = "";
      try { it.selfCheck(); } catch (error) { caught = error.message; }
      console.log(JSON.stringify(caught));`;
    expect(runWithModule(text, script)).toBe("");
    const altered = text.replace(/(weights: new Float32Array\(\[[^,]*,)[^,]*/, "$10.5");
    expect(altered).not.toBe(text);
    expect(runWithModule(altered, script)).toContain("does not repeat its recorded decisions");
  });

  test("says what it is for: interface with its hash, breakers, where it comes from", () => {
    const controller = makeController();
    const about = runWithModule(render(controller), "console.log(JSON.stringify(it.controller));");
    const description = describeInterface(controller);
    expect(about).toMatchObject({ ...description, interfaceHash: hashInterface(description), decisionInterval: 3 });
    expect(about).toMatchObject({ provenance: { seed: 1, envSteps: 1000 } });
  });
});

describe("a module of a controller with structure", () => {
  const MEMORY = { memoryRates: [0.2, 0.04], lastRequest: true };
  const rules = [
    ["akash", "akash-bme"],
    ["akash", "affine"],
    ["akash", "random"],
    ["bittensor", "subnet-quality"],
    ["render", "render-rnp-020"],
    ["worldcoin", "wld-table"],
    ["akash", null],
    ["bittensor@3", "subnet-quality"],
  ] as const;

  /** The module, the controller and what it saw in an episode, with some observations from anywhere in their bounds. */
  async function prepare(economy: string, rule: string | null) {
    const world = findEconomy(economy);
    const { group } = world;
    const structure = { base: rule === null ? null : { rule, values: {} }, ...MEMORY, group };
    const controller = structuredController(world, structure, { decisionInterval: 2, scale: 2 });
    const selfTest = await recordPairs({ world, lane: parseEnvOptions(world, {}).lane, controller }, []);
    const bounds = Object.values(world.observations);
    const anywhere = fc.tuple(...bounds.map(({ low, high }) => fc.double({ min: low, max: high, noNaN: true })));
    const seen = [...selfTest.map(({ observation }) => observation), ...fc.sample(anywhere, { numRuns: 40, seed: 1 })];
    const file = parseControllerFile(formatControllerFile({ controller, provenance: PROVENANCE, selfTest }));
    return { controller, world, seen, text: module.render(file, world) };
  }

  test.each(rules)(
    "in a fresh process decides as startController does, bit for bit: %s with base %s",
    async (economy, rule) => {
      const { controller, world, seen, text } = await prepare(economy, rule);
      const script = `
      it.selfCheck();
      let state = it.start();
      const actions = ${JSON.stringify(seen)}.map((o) => {
        const before = JSON.stringify(state);
        const decision = it.act(state, o);
        if (JSON.stringify(state) !== before) throw new Error("the state was changed in place");
        state = JSON.parse(JSON.stringify(decision.state));
        return decision.action;
      });
      console.log(JSON.stringify(actions));`;
      const act = startController(controller, world);
      expect(runWithModule(text, script)).toEqual(seen.map((observation) => act(observation)));
      expect(text.replaceAll(COMMENTS, "")).not.toMatch(FOREIGN);
    },
  );

  test("finds an altered rate of its memory, says its structure and has no single decision", async () => {
    const { controller, text } = await prepare("akash", "akash-bme");
    const altered = text.replace('"memoryRates": [\n      0.2', '"memoryRates": [\n      0.3');
    expect(altered).not.toBe(text);
    const script = `
      let caught = "";
      try { it.selfCheck(); } catch (error) { caught = error.message; }
      console.log(JSON.stringify([caught, it.controller.structure, "decide" in it]));`;
    const [caught] = runWithModule(altered, script) as [string];
    expect(caught).toContain("does not repeat its recorded decisions");
    expect(runWithModule(text, script)).toEqual(["", controller.structure, false]);
  });
});

test("a module has neither imports nor requires", () => {
  expect(render(makeController()).replaceAll(COMMENTS, "")).not.toMatch(FOREIGN);
});
