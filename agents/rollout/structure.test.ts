import { describe, expect, test } from "vitest";
import { makeEnv } from "../../env/environment.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import { structuredController } from "../../test/support/structured-controller.js";
import { startController } from "../controller/start-controller.js";
import type { PolicyStructure } from "../learned/structure.js";
import { createSimulator } from "./episodes.js";

const world = findEconomy("akash");
const { lane } = parseEnvOptions(world, {});
const HORIZON = 12;

const makeController = (structure: PolicyStructure, decisionInterval = 1, scale = 0.3) =>
  structuredController(world, structure, { decisionInterval, scale });

const MEMORY = { memoryRates: [0.2, 0.04], lastRequest: true };
const RULE = { rule: "akash-bme", values: {} };

describe.each([
  ["base and memory", { base: RULE, ...MEMORY }, 1],
  ["a base alone", { base: RULE, memoryRates: [], lastRequest: false }, 1],
  ["memory alone, a decision in three steps", { base: null, ...MEMORY }, 3],
  ["base and memory, a decision in three steps", { base: RULE, ...MEMORY }, 3],
] as [string, PolicyStructure, number][])("a policy with %s", (_name, structure, interval) => {
  const controller = makeController(structure, interval);

  test("requests on the device what it does in float64", async () => {
    const simulator = await createSimulator({
      ...{ world, lane, controllers: { learned: controller } },
      ...{ maxLanes: 4, maxHorizon: HORIZON, series: true, numThreads: 1 },
    });
    const batches = [{ overrides: {}, episodes: 1, first: 0 }];
    const request = { batches, horizon: HORIZON, seed: 1, split: "test", block: 0, series: true } as const;
    const [result] = simulator.run("learned", request);
    await simulator.dispose();
    const env = makeEnv(world, { split: "test", horizon: HORIZON });
    const act = startController(controller, world);
    let { observation } = env.reset({ seed: 1 });
    for (let day = 0; day < HORIZON; day++) {
      const stepped = env.step(act(observation));
      observation = stepped.observation;
      for (const [name, value] of Object.entries(stepped.info.applied)) {
        const field = world.actions.kind === "continuous" ? world.actions.fields[name]! : undefined;
        const onDevice = result!.series!.actions[name]![day]!;
        // Float32 against float64: the closed loop adds rounding over the days.
        expect(Math.abs(onDevice - value) / (field!.high - field!.low), `${name} on day ${day}`).toBeLessThan(1e-4);
      }
    }
  });

  test("starts anew with every episode", () => {
    const observation = Object.values(world.observations).map(({ low, high }) => (low + high) / 2);
    const first = startController(controller, world);
    const decisions = [first(observation), first(observation)];
    const again = startController(controller, world);
    expect([again(observation), again(observation)]).toEqual(decisions);
  });
});

test("an untrained last layer is the base itself", () => {
  const structure = { base: RULE, ...MEMORY };
  const act = startController(makeController(structure, 1, 0), world);
  const rule = startController(makeController({ base: RULE, memoryRates: [], lastRequest: false }, 1, 0), world);
  const env = makeEnv(world, { split: "test", horizon: HORIZON });
  const { observation } = env.reset({ seed: 1 });
  expect(act(observation)).toEqual(rule(observation));
});
