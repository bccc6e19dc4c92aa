import { describe, expect, test } from "vitest";
import type { RecordSpec, Uses } from "../compiler/schema.js";
import { toyEconomy } from "../test/support/toy-economy.js";
import { defineEconomy } from "./define-world.js";
import type { Economy } from "./economy.js";
import { worldHazards } from "./hazards.js";
import { findEconomy } from "./registry.js";
import type { DrawKey, StateValues, Values, WorldFunctions } from "./world.js";

const texts = (economy: Economy) => worldHazards(economy).map(({ origin }) => origin.text);

/** The same economy with another range of a parameter. */
function ranged(economy: Economy, name: string, low: number): Economy {
  return { ...economy, params: { ...economy.params, [name]: { ...economy.params[name]!, low } } };
}

describe("worldHazards", () => {
  test("finds the one quotient of an economy that a range from 0 on breaks, and none without it", () => {
    const akash = findEconomy("akash");
    expect(texts(akash)).toEqual([]);
    expect(texts(ranged(akash, "outsideNormal", 0))).toEqual(["Math.max(0, s.outsideYield) / p.outsideNormal"]);
    expect(texts(ranged(toyEconomy, "startPrice", 0)).length).toBeGreaterThan(0);
  });

  test.each(["akash+spac", "bittensor@3+traditional", "render+compute-backed", "worldcoin"])("finds nothing in %s", (id) => {
    expect(texts(findEconomy(id))).toEqual([]);
  });

  /** The toy economy, with something added to its service. */
  function serving(more: (s: Values, p: Values, a: Values, z: Values) => number): Economy {
    const step = (
      s: StateValues,
      p: Values,
      a: Values,
      z: Values,
      f: Values,
      u: Uses & { readonly honest: WorldFunctions["step"]; readonly more: typeof more },
    ) => {
      u.honest(s, p, a, z, f, u);
      f["service"] = f["service"]! + u.more(s, p, a, z);
    };
    const uses = { ...toyEconomy.uses, honest: toyEconomy.functions.step, more };
    return defineEconomy({ ...toyEconomy, uses, functions: { ...toyEconomy.functions, step } });
  }

  test("actions range over their bands, and shocks over all numbers", () => {
    expect(texts(serving((_s, _p, a) => 1 / a["burnShare"]!))).toEqual(['1 / a["burnShare"]']);
    expect(texts(serving((_s, _p, a) => 1 / (0.1 + a["burnShare"]!)))).toEqual([]);
    expect(texts(serving((_s, _p, _a, z) => 1 / (2 + Math.tanh(z["price"]!))))).toEqual([]);
    expect(texts(serving((_s, _p, _a, z) => 1 / (1 + 2 * Math.tanh(z["price"]!))))).toHaveLength(1);
  });

  test("a logarithm of what a parameter may bring to 0 or below is found, and a root of what may be negative", () => {
    expect(texts(serving((_s, p) => 0.01 * Math.log(p["impact"]! - 1)))).toEqual(['Math.log(p["impact"] - 1)']);
    expect(texts(serving((_s, p) => 0.01 * Math.log(1 + p["impact"]!)))).toEqual([]);
    expect(texts(serving((_s, p) => Math.sqrt(p["impact"]! - 1)))).toEqual(['Math.sqrt(p["impact"] - 1)']);
    expect(texts(serving((_s, _p, a) => Math.log(a["burnShare"]!)))).toEqual(['Math.log(a["burnShare"])']);
    expect(texts(serving((_s, _p, a) => Math.sqrt(a["burnShare"]!)))).toEqual([]);
  });

  test("parameters that no scenario changes count with their whole range too", () => {
    expect(toyEconomy.varying).not.toContain("fees");
    expect(texts(serving((_s, p) => 0.01 / p["fees"]!))).toEqual(['.01 / p["fees"]']);
  });

  test("a count is 0 at the start only, which is found, and 1 from there on where it is raised first", () => {
    type Counting = Uses & {
      readonly honest: WorldFunctions["step"];
      readonly resetToy: WorldFunctions["reset"];
      readonly FIRST: number;
    };
    const state: RecordSpec = { ...toyEconomy.state, n: { unit: "1", doc: "steps" } };
    const counting = (first: boolean) =>
      defineEconomy({
        ...serving(() => 0),
        state,
        functions: {
          ...toyEconomy.functions,
          reset: (s: StateValues, p: Values, d: DrawKey, u: Counting) => {
            u.resetToy(s, p, d, u);
            s["n"] = 0;
          },
          step: (s: StateValues, p: Values, a: Values, z: Values, f: Values, u: Counting) => {
            u.honest(s, p, a, z, f, u);
            if (u.FIRST > 0.5) s["n"] = s["n"]! + 1;
            f["service"] = f["service"]! + 1 / s["n"]!;
            if (u.FIRST < 0.5) s["n"] = s["n"]! + 1;
          },
        },
        uses: {
          ...toyEconomy.uses,
          honest: toyEconomy.functions.step,
          resetToy: toyEconomy.functions.reset,
          FIRST: first ? 1 : 0,
        },
      });
    expect(texts(counting(false))).toEqual(['1 / s["n"]']);
    expect(texts(counting(true))).toEqual([]);
  });
});
