import { describe, expect, test } from "vitest";
import { parseUnit } from "../../compiler/trace/units.js";
import { uniform4 } from "../../core/random.js";
import { livePathsOf } from "../../validation/live-paths.js";
import { hold, type PathController } from "../../validation/plain-path.js";
import { type Economy, STANDARD_FLOWS } from "../economy.js";
import { resolveParams } from "../params.js";
import type { Values } from "../world.js";
import { ECONOMIES } from "./index.js";

const named = ECONOMIES.map((economy) => [economy.id, economy] as const);

/** Varying parameters that are drawn from a few values, those of the scenarios among them: of all economies, and of one. */
const DRAWN_FROM_FEW = ["regimeStart"];
const DRAWN_FROM_FEW_IN: Readonly<Record<string, readonly string[]>> = {
  "render-v1": ["eventReliability"],
  "worldcoin-v1": ["genesisAge"],
};

describe.each(named)("%s is declared in full", (_id, economy) => {
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

  test("its weak points are told, a paragraph each", () => {
    expect(economy.weakPoints?.length).toBeGreaterThan(5);
    for (const text of economy.weakPoints!) expect(text).toMatch(/^\*\*.+\*\*.*\.$/);
  });

  test("the standard flows are there and every objective weighs every term", () => {
    for (const name of Object.keys(STANDARD_FLOWS)) expect(Object.keys(economy.flows)).toContain(name);
    const terms = Object.keys(economy.terms).toSorted();
    for (const weights of Object.values(economy.objectives)) expect(Object.keys(weights).toSorted()).toEqual(terms);
  });
});

describe.each(named)("the training worlds of %s", (id, economy) => {
  const drawn = Array.from({ length: 2000 }, (_, episode) => {
    const p: Values = {};
    economy.functions.drawParams(p, { seed: 1, episode, day: 0, stream: 3 }, economy.uses);
    return p;
  });
  const range = (name: string) => {
    const values = drawn.map((p) => p[name]!);
    return { least: Math.min(...values), most: Math.max(...values) };
  };

  test("set every varying parameter within its range", () => {
    for (const p of drawn) expect(Object.keys(p).toSorted()).toEqual([...economy.varying].toSorted());
    for (const name of economy.varying) {
      expect(range(name).least, name).toBeGreaterThanOrEqual(economy.params[name]!.low);
      expect(range(name).most, name).toBeLessThanOrEqual(economy.params[name]!.high);
    }
  });

  test.each(Object.keys(economy.scenarios))("surround %s and never equal it", (scenario) => {
    const values = resolveParams(economy, { scenario });
    for (const name of economy.varying) {
      // No event: covered by events after the horizon.
      if (name === "eventDay" && values[name] === -1) continue;
      expect(range(name).least - 0.01, name).toBeLessThanOrEqual(values[name]!);
      expect(range(name).most + 0.01, name).toBeGreaterThanOrEqual(values[name]!);
    }
    const few = [...DRAWN_FROM_FEW, ...(DRAWN_FROM_FEW_IN[id] ?? [])];
    const continuous = economy.varying.filter((name) => !few.includes(name));
    expect(continuous.length).toBeGreaterThan(0);
    expect(drawn.filter((p) => continuous.some((name) => p[name] === values[name]))).toEqual([]);
  });
});

test.each(named)("ruin ends an episode of %s at a drawdown of 99 % and is charged once", (_id, economy) => {
  const [path] = livePathsOf(economy, hold(), { paths: 1, overrides: { eventDay: 10, eventPrice: -6 } });
  const { returns, end, terms, costs } = path!;
  expect(returns.length).toBeLessThan(20);
  expect(end["peak"]! - end["logPrice"]!).toBeGreaterThanOrEqual(Math.log(100));
  expect(terms["ruin"]! * 365).toBeCloseTo(-1, 9);
  expect([costs["drawdown50"], costs["drawdown70"], costs["drawdown90"]]).toEqual([1, 1, 1]);
});

/** Actions anywhere in the bands, changed every three steps, others on each path. */
function anywhere({ actions }: Economy): PathController {
  const fields = actions.kind === "continuous" ? Object.entries(actions.fields) : [];
  let steps = 0;
  return (_o, a) => {
    const draw = Math.floor(steps++ / 3);
    for (const [i, [name, { low, high }]] of fields.entries()) a[name] = low + (high - low) * uniform4(7, 0, draw, i).a;
  };
}

/** Actions that keep off the ends of the bands, and what may be at a bound on more than a tenth of the days all the same. */
const SEEN: Readonly<Record<string, { readonly request: Values; readonly atBound: readonly string[] }>> = {
  "akash-v1": { request: { issuance: 0.05, burnShare: 0.3, fee: 0.15 }, atBound: ["halted", "collateralRatio"] },
  "bittensor-v1": { request: {}, atBound: ["emission", "recycleShare", "burnShare"] },
  "render-v1": {
    request: {},
    atBound: ["burnShare", "weightPrice", "weightLatency", "weightReliability", "epochAge", "issuance", "epochRate"],
  },
  "worldcoin-v1": { request: { grant: 0.9, release: 0.25, burnShare: 0.3 }, atBound: [] },
};

describe.each(named)("what a controller of %s sees", (id, economy) => {
  const { request, atBound } = SEEN[id]!;
  const fields = Object.entries(economy.observations);

  test.each(Object.keys(economy.scenarios))("is within its bounds in %s under random actions", (scenario) => {
    const o: Values = {};
    let checked = 0;
    const p = resolveParams(economy, { scenario });
    // Noise has variance 1 and ends at the root of 3.
    const noises = [-1.8, 1.8].map((noise) => Object.fromEntries(Object.keys(economy.shocks).map((name) => [name, noise])));
    const onStep = (s: Values) => {
      for (const z of noises) {
        economy.functions.observe(o, s, p, z, economy.uses);
        for (const [name, { low, high }] of fields) {
          if (!(o[name]! >= low && o[name]! <= high)) throw new Error(`${name} is ${o[name]}, not within ${low} .. ${high}`);
          checked += 1;
        }
      }
    };
    livePathsOf(economy, anywhere(economy), { scenario, paths: 6, seed: 7, onStep });
    expect(checked).toBeGreaterThan(1000);
  });

  test("is not at a bound in the base world", () => {
    const inside: Values = Object.fromEntries(fields.map(([name]) => [name, 0]));
    let steps = 0;
    const watch: PathController = (o, a) => {
      for (const [name, { low, high }] of fields) inside[name]! += o[name]! > low && o[name]! < high ? 1 : 0;
      steps += 1;
      Object.assign(a, request);
    };
    livePathsOf(economy, watch, { paths: 10, seed: 8 });
    for (const [name] of fields) if (!atBound.includes(name)) expect(inside[name]! / steps, name).toBeGreaterThan(0.9);
  });
});
