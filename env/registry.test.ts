import { describe, expect, test } from "vitest";
import { toyEconomy } from "../test/support/toy-economy.js";
import { checkEnv } from "./check-env.js";
import { ECONOMIES } from "./economies/index.js";
import type { Economy } from "./economy.js";
import { baseName, shortName } from "./economy-id.js";
import { makeEnv } from "./environment.js";
import { findEconomy, findScenarios, REGISTRY, type Registry } from "./registry.js";

const named = (id: string): Economy => ({ ...toyEconomy, id });

const net: Economy = {
  ...named("net-v1"),
  subnets: { least: 2, most: 64, make: (subnets) => named(`net-v1@${subnets}`) },
};

/** Three versions of a toy, and a toy that can be sized. */
const toys: Registry = {
  economies: [named("toy-v1"), named("toy-v10"), named("toy-v2"), net],
  listing: {
    kinds: ["traditional", "spac", "compute-backed"],
    over: (economy, kind) => named(`${economy.id}+${kind}`),
  },
};

/** The error that finding an economy of this id ends in: message, newline, hint. */
function refusal(id: string): string {
  try {
    findEconomy(id, toys);
  } catch (error) {
    const { message, hint } = error as { message: string; hint: string };
    return `${message}\n${hint}`;
  }
  throw new Error(`${id} was found`);
}

test("a plain name means the newest version, an id exactly that one", () => {
  expect(findEconomy("toy", toys).id).toBe("toy-v10");
  expect(findEconomy("toy-v2", toys).id).toBe("toy-v2");
});

test("subnets and the listed layer are part of the id, and one id is one object", () => {
  expect(findEconomy("net@16", toys).id).toBe("net-v1@16");
  expect(findEconomy("toy+spac", toys).id).toBe("toy-v10+spac");
  const both = findEconomy("net-v1@2+compute-backed", toys);
  expect(both.id).toBe("net-v1@2+compute-backed");
  expect(findEconomy(both.id, toys)).toBe(both);
  expect(findEconomy("net@16", toys)).not.toBe(findEconomy("net@17", toys));
});

test("an unknown economy is refused with the nearest name", () => {
  expect(refusal("toi")).toBe('unknown economy "toi"\ndid you mean toy?');
  expect(refusal("toy-v3+spac")).toBe('unknown economy "toy-v3+spac"\ndid you mean toy-v1?');
  expect(refusal("@3")).toContain('"@3" is not the id of an economy');
  expect(refusal("net@2@3")).toContain('"net@2@3" is not the id of an economy');
  expect(() => findEconomy("akahs")).toThrow('unknown economy "akahs"');
  expect(() => findEconomy("akash-v99")).toThrow('unknown economy "akash-v99"');
});

test.each(["1", "65", "0", "-3", "2.5", "many", ""])("%j subnets are refused with what is allowed", (count) => {
  expect(refusal(`net@${count}`)).toMatch(/subnets, allowed are 2 to 64\nfor example net@2$/);
});

test("an economy without subnets and an unknown kind of listing are refused", () => {
  expect(refusal("toy@8")).toBe('toy-v10 has no subnets, "toy@8" asks for 8\nonly net can be sized; leave @8 out');
  expect(refusal("toy+spak")).toBe('there is no listed layer of kind "spak"\ndid you mean spac?');
  expect(refusal("toy+")).toContain('there is no listed layer of kind ""');
  expect(() => findEconomy("akash@8")).toThrow("akash-v1 has no subnets");
  expect(() => findEconomy("akash+spak")).toThrow('no listed layer of kind "spak"');
});

test("bittensor can be had with 2 to 128 subnets, and with 8 it is itself", () => {
  expect(findEconomy("bittensor@2+spac").id).toBe("bittensor-v1@2+spac");
  expect(findEconomy("bittensor-v1@128").actions).not.toEqual(findEconomy("bittensor").actions);
  expect(findEconomy("bittensor@8").id).toBe("bittensor-v1");
  for (const count of [1, 129]) {
    expect(() => findEconomy(`bittensor@${count}`)).toThrow(`asks for ${count} subnets, allowed are 2 to 128`);
  }
});

test("names for rules and for files leave the version out", () => {
  expect(["akash-v1", "net-v12@16+spac", "toy"].map(baseName)).toEqual(["akash", "net", "toy"]);
  expect(["akash-v1", "net-v12@16+spac", "toy"].map(shortName)).toEqual(["akash", "net@16+spac", "toy"]);
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

  test.each(REGISTRY.listing.kinds)("its id with +%s is the listed layer over it", (kind) => {
    const listed = findEconomy(`${economy.id}+${kind}`);
    expect(listed.id).toBe(`${economy.id}+${kind}`);
    expect(Object.keys(listed.params)).toEqual(expect.arrayContaining(Object.keys(economy.params)));
    expect(Object.keys(listed.params).length).toBeGreaterThan(Object.keys(economy.params).length);
  });
});
