import { describe, expect, test } from "vitest";
import { tanks } from "../test/support/tanks.js";
import { groupOf } from "./group.js";
import { findEconomy } from "./registry.js";
import type { World } from "./world.js";

const world = tanks(3);
const fields = world.actions.kind === "continuous" ? world.actions.fields : {};

const withObservation = (name: string, change: object): World => ({
  ...world,
  observations: { ...world.observations, [name]: { ...world.observations[name]!, ...change } },
});
const withAction = (name: string, change: object): World => ({
  ...world,
  actions: { kind: "continuous", fields: { ...fields, [name]: { ...fields[name]!, ...change } } },
});
const without = (name: string): World => {
  const { [name]: _, ...observations } = world.observations;
  return { ...world, observations };
};

test("a group of equal elements is taken, and a world without one has none", () => {
  expect(groupOf(world)).toBe(world.group);
  expect(groupOf(findEconomy("akash"))).toBeUndefined();
  expect(groupOf(findEconomy("bittensor@127"))).toMatchObject({ name: "subnets", size: 127 });
  expect(groupOf(findEconomy("bittensor+traditional"))).toMatchObject({ name: "subnets", size: 8 });
});

describe("a group of unequal elements is refused, with the element and both values", () => {
  test.each([
    ["a missing observation", without("flow2"), "there is no observation flow2"],
    ["another unit", withObservation("level1", { unit: "m" }), "unit of level1 is m, but 1 of level0"],
    ["another bound", withObservation("level2", { high: 9 }), "high of level2 is 9, but 10 of level0"],
    ["another band", withAction("pump1", { low: -1 }), "low of pump1 is -1, but 0 of pump0"],
    ["another move", withAction("pump2", { maxMove: 0.5 }), "maxMove of pump2 is 0.5, but 1 of pump0"],
    ["another start", withAction("pump2", { start: 0.5 }), "start of pump2 is 0.5, but 0.3 of pump0"],
    ["too large a size", { ...world, group: { ...world.group!, size: 4 } }, "there is no observation level3"],
    ["no size", { ...world, group: { ...world.group!, size: 0 } }, "their size is 0"],
    ["nothing to see", { ...world, group: { ...world.group!, observations: [] } }, "nothing of an element is observed"],
  ])("%s", (_, broken, message) => {
    expect(() => groupOf(broken)).toThrow(expect.objectContaining({ code: "E_GROUP_UNEQUAL" }));
    expect(() => groupOf(broken)).toThrow(`the tanks of tanks-v1 are no group of equal elements: ${message}`);
  });
});
