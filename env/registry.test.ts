import { describe, expect, test } from "vitest";
import { checkEnv } from "./check-env.js";
import { makeEnv } from "./environment.js";
import { baseName, ECONOMIES, findEconomy, findScenarios } from "./registry.js";
import { toyEconomy } from "./toy-economy.js";

test("a plain name means the newest version, an id exactly that one", () => {
  const versions = [1, 10, 2].map((version) => ({ ...toyEconomy, id: `toy-v${version}` }));
  expect(findEconomy("toy", versions).id).toBe("toy-v10");
  expect(findEconomy("toy-v2", versions).id).toBe("toy-v2");
});

test("an unknown economy is refused with the nearest name", () => {
  expect(() => findEconomy("akahs")).toThrow('unknown economy "akahs"');
  expect(() => findEconomy("akash-v99")).toThrow('unknown economy "akash-v99"');
});

test("scenarios are found by name, and all of them by `all`", () => {
  expect(findScenarios(toyEconomy, "all")).toEqual(Object.keys(toyEconomy.scenarios));
  expect(findScenarios(toyEconomy, "base, base")).toEqual(["base"]);
  expect(() => findScenarios(toyEconomy, "base,cras")).toThrow('unknown scenario "cras" of toy-v1');
});

describe.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("%s", (_, economy) => {
  test("keeps every promise of an environment", () => {
    expect(checkEnv(makeEnv(economy))).toEqual([]);
  });

  test("has a version, a base scenario and only valid overrides", () => {
    expect(baseName(economy.id)).not.toBe(economy.id);
    expect(Object.keys(economy.scenarios)).toContain("base");
    const groups = [...Object.values(economy.scenarios), ...Object.values(economy.presets)];
    for (const { overrides } of groups) {
      for (const [name, value] of Object.entries(overrides)) {
        expect(value, name).toBeGreaterThanOrEqual(economy.params[name]!.low);
        expect(value, name).toBeLessThanOrEqual(economy.params[name]!.high);
      }
    }
  });
});
