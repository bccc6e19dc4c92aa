import { describe, expect, test } from "vitest";
import { hashOf } from "../../core/digest.js";
import { ECONOMIES } from "../../env/economies/index.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import { structuredController } from "../../test/support/structured-controller.js";
import { startController } from "../controller/start-controller.js";
import { formatControllerFile, parseControllerFile, SELF_TEST_TOLERANCE } from "../learned/controller-file.js";
import { MIN_PAIRS } from "../learned/controller-schema.js";
import { actionWidths, type LearnedController } from "../learned/learned-controller.js";
import { makeRule, ruleInForce } from "../rules/registry.js";
import { recordPairs } from "./record-pairs.js";

const PROVENANCE = { seed: 1, envSteps: 0, configHash: hashOf({}), flyball: "0", node: "20", platform: "linux-x64" };
const MEMORY = { memoryRates: [0.2, 0.04], lastRequest: true };

const record = async (controller: LearnedController) => {
  const world = findEconomy(controller.economy);
  return recordPairs({ world, lane: parseEnvOptions(world, {}).lane, controller }, []);
};

describe("recorded decisions of a policy with structure, from the device in float32, are repeated in float64", () => {
  const cases = ECONOMIES.flatMap((world) => [
    [world.id, "base and memory", { base: { rule: ruleInForce(world), values: {} }, ...MEMORY }, 1, world] as const,
    [world.id, "memory alone, a decision in seven steps", { base: null, ...MEMORY }, 7, world] as const,
  ]);
  test.each(cases)("%s, %s", async (_id, _name, structure, decisionInterval, world) => {
    const controller = structuredController(world, structure, { decisionInterval, scale: 2 });
    const selfTest = await record(controller);
    expect(selfTest.length).toBeGreaterThanOrEqual(MIN_PAIRS * decisionInterval);
    const file = { controller, provenance: PROVENANCE, selfTest };
    expect(parseControllerFile(formatControllerFile(file))).toEqual(file);
    // Nor is it the first day again and again.
    expect(new Set(selfTest.map(({ action }) => action.join())).size).toBeGreaterThan(MIN_PAIRS / 2);
  });
});

test("the recorded request of the base is the rule's own, and the recorded action that of the whole controller", async () => {
  const world = findEconomy("akash");
  const controller = structuredController(world, { base: { rule: "akash-bme", values: {} }, ...MEMORY });
  const whole = startController(controller, world);
  const rule = startController(makeRule("akash-bme", world), world);
  const widths = actionWidths(controller);
  const close = (got: readonly number[], want: readonly number[]) => {
    for (const [i, value] of got.entries()) expect(Math.abs(value - want[i]!) / widths[i]!).toBeLessThan(1e-5);
  };
  for (const { observation, base, action } of await record(controller)) {
    close(base!, rule(observation));
    close(action, whole(observation));
  }
});

test("a policy that amplifies its own last request is repeated too: every step starts from the recorded one", async () => {
  const controller = structuredController(findEconomy("akash"), { base: null, ...MEMORY }, { scale: 20 });
  const file = { controller, provenance: PROVENANCE, selfTest: await record(controller) };
  // Left to itself it drifts from what the device did by more than the file allows.
  const act = startController(controller, findEconomy("akash"));
  const widths = actionWidths(controller);
  const drifts = file.selfTest.flatMap(({ observation, action }) =>
    act(observation).map((value, i) => Math.abs(value - action[i]!) / widths[i]!),
  );
  expect(Math.max(...drifts)).toBeGreaterThan(SELF_TEST_TOLERANCE);
  expect(parseControllerFile(formatControllerFile(file))).toEqual(file);
});

test("a checkpoint that keeps too few observations for a network alone is refused", async () => {
  const { structure: _, ...plain } = structuredController(findEconomy("akash"), { base: null, ...MEMORY });
  await expect(record(plain)).rejects.toMatchObject({ code: "E_EXPORT_PAIRS" });
});
