import { describe, expect, test } from "vitest";
import { canonicalJson, sha256Hex } from "../../core/digest.js";
import { UserError } from "../../core/errors.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { structuredController } from "../../test/support/structured-controller.js";
import { tanks } from "../../test/support/tanks.js";
import { recordPairs } from "../rollout/record-pairs.js";
import { formatControllerFile, parseControllerFile } from "./controller-file.js";
import { whyUnfit } from "./fitness.js";
import { describeNeeds, hashInterface } from "./interface.js";
import { resizeController } from "./resize-controller.js";

const world = tanks(3);
const { lane } = parseEnvOptions(world, {});
const structure = { base: null, memoryRates: [0.2], lastRequest: true, group: world.group };
const controller = structuredController(world, structure, { scale: 1 });
const provenance = { seed: 1, envSteps: 0, configHash: "0", flyball: "0", node: "20", platform: "linux-x64" };

const makeFile = async () => ({ controller, provenance, selfTest: await recordPairs({ world, lane, controller }, []) });

describe("the file of a controller with one network for every element of a group", () => {
  test("reads back as it was written, and repeats its recorded decisions", async () => {
    const file = await makeFile();
    const back = parseControllerFile(formatControllerFile(file));
    expect(back).toEqual(file);
    expect(formatControllerFile(back)).toBe(formatControllerFile(file));
  });

  type Content = { normalizer: { mean: number[] }; structure: { group: { size: number; observations: string[] } } } & {
    observations: { name: string; high: number }[];
  };
  test.each([
    [
      "another scale for one element",
      ({ normalizer }: Content) => {
        normalizer.mean[2] = 0.5;
      },
      "normalizer.mean of level1 is 0.5, but 5 of level0",
    ],
    [
      "a bound of one element",
      ({ observations }: Content) => {
        observations[2]!.high = 9;
      },
      "high of level1 is 9, but 10 of level0",
    ],
    [
      "another size",
      ({ structure: { group } }: Content) => {
        group.size = 4;
      },
      "there is no observation level3",
    ],
    [
      "an observation less",
      ({ structure: { group } }: Content) => {
        group.observations.pop();
      },
      "network.layers.0.inputs has size",
    ],
  ])("is refused with %s", async (_, change, message) => {
    const { sha256: _sha256, ...content } = JSON.parse(formatControllerFile(await makeFile()));
    change(content);
    const forged = { ...content, interfaceHash: hashInterface(describeNeeds(content)) };
    const text = JSON.stringify({ ...forged, sha256: sha256Hex(canonicalJson(forged)) });
    expect(() => parseControllerFile(text)).toThrow(UserError);
    expect(() => parseControllerFile(text)).toThrow(message);
  });
});

describe("a controller with one network for every element of a group", () => {
  const fits = (other: World) => whyUnfit(controller, other, parseEnvOptions(other, {}).lane);

  test("fits a world with any number of them", () => {
    for (const size of [1, 3, 16]) expect(fits(tanks(size))).toBeUndefined();
    const { observations, actions, normalizer, structure: resized } = resizeController(controller, tanks(16));
    expect([observations.length, (actions as readonly object[]).length]).toEqual([33, 17]);
    expect(normalizer.mean).toHaveLength(33);
    expect(resized?.group?.size).toBe(16);
    expect(resizeController(controller, world)).toBe(controller);
  });

  test("does not fit one whose elements differ in anything else", () => {
    const large = tanks(16);
    const fields = large.actions.kind === "continuous" ? large.actions.fields : {};
    const withBand = (high: number): World => ({
      ...large,
      actions: {
        kind: "continuous",
        fields: Object.fromEntries(
          Object.entries(fields).map(([name, field]) => [name, name.startsWith("pump") ? { ...field, high } : field]),
        ),
      },
    });
    expect(fits(withBand(2))).toBe("actions.pump*.high is 1 in the controller, but 2 in the economy");
    const { group: _, ...ungrouped } = large;
    expect(fits(ungrouped)).toMatch(/^it is for economy tanks-v1, not tanks-v1@16/);
    expect(fits({ ...large, observationDelay: 1 })).toContain("delays.observation is 0 in the controller, but 1");
    expect(fits(findEconomy("bittensor@16"))).toContain("it is for economy tanks-v1");
    const renamed = { ...large, group: { ...large.group!, observations: ["level"] } };
    expect(fits(renamed)).toContain("it observes basin, level*, flow*, but the economy has basin, level*, flow0, flow1");
  });
});

test("a controller of a network alone stays with the number that it was trained with", () => {
  const alone = structuredController(world, { ...structure, group: undefined });
  const large = tanks(16);
  expect(whyUnfit(alone, world, lane)).toBeUndefined();
  expect(whyUnfit(alone, large, parseEnvOptions(large, {}).lane)).toBe("it is for economy tanks-v1, not tanks-v1@16");
});
