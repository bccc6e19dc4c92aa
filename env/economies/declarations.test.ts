import { describe, expect, test } from "vitest";
import { parseUnit } from "../../compiler/units.js";
import { STANDARD_FLOWS } from "../economy.js";
import { ECONOMIES } from "../registry.js";

describe.each(ECONOMIES.map((economy) => [economy.id, economy] as const))("%s is declared in full", (_id, economy) => {
  test("every field has a unit that can be read and a text", () => {
    const { state, params, shocks, flows, observations, terms, constraints, actions } = economy;
    const controls = actions.kind === "continuous" ? actions.fields : {};
    expect(Object.keys(controls).length).toBeGreaterThan(0);
    for (const record of [state, params, shocks, flows, observations, terms, constraints, controls]) {
      for (const [name, field] of Object.entries(record)) {
        expect(() => parseUnit(field.unit), name).not.toThrow();
        expect(field.doc.length, name).toBeGreaterThan(8);
      }
    }
  });

  test("every parameter lies within its range and names its source", () => {
    for (const [name, { value, low, high, source }] of Object.entries(economy.params)) {
      expect(value, name).toBeGreaterThanOrEqual(low);
      expect(value, name).toBeLessThanOrEqual(high);
      expect(source.length, name).toBeGreaterThan(5);
    }
  });

  test("scenarios change varying parameters only, presets any, all within range", () => {
    for (const { overrides } of Object.values(economy.scenarios)) {
      for (const name of Object.keys(overrides)) expect(economy.varying).toContain(name);
    }
    for (const { overrides } of [...Object.values(economy.scenarios), ...Object.values(economy.presets)]) {
      for (const [name, value] of Object.entries(overrides)) {
        expect(value, name).toBeGreaterThanOrEqual(economy.params[name]!.low);
        expect(value, name).toBeLessThanOrEqual(economy.params[name]!.high);
      }
    }
  });

  test("the standard flows are there and every objective weighs every term", () => {
    for (const name of Object.keys(STANDARD_FLOWS)) expect(Object.keys(economy.flows)).toContain(name);
    const terms = Object.keys(economy.terms).toSorted();
    for (const weights of Object.values(economy.objectives)) expect(Object.keys(weights).toSorted()).toEqual(terms);
  });
});
