import { describe, expect, test } from "vitest";
import { mechanisms } from "./catalog.js";

describe("every function refuses what is no argument of it", () => {
  const nothing: readonly (readonly [string, readonly unknown[]])[] = [
    ["nothing", []],
    ["null", [null, null]],
    ["an empty record", [{}, {}]],
    ["a list", [[], []]],
    ["a text", ["1", "1", "1", "1"]],
    ["NaN", [Number.NaN, Number.NaN, Number.NaN, Number.NaN]],
  ];
  const calls = Object.entries(mechanisms).flatMap(([name, run]) =>
    nothing.map(([what, args]) => [name, what, run as (...args: unknown[]) => unknown, args] as const),
  );

  test.each(calls)("%s of %s", (name, _, run, args) => {
    // The only one that needs no argument.
    if (name === "polkadotFixedIssuance") return expect(run(...args)).toEqual(mechanisms.polkadotFixedIssuance());
    const code = name.startsWith("yuma") ? "E_YUMA" : "E_MECHANISM";
    expect(() => run(...args)).toThrow(expect.objectContaining({ name: "UserError", code }));
  });

  const yuma = { stake: [1, 1], weights: [[1], [1]], kappa: 0.5, bondsPenalty: 0, alpha: 0.1 };
  test.each([
    ["weights", { ...yuma, weights: [[1], undefined] }, "row 1 of weights must be a list of numbers"],
    ["weights", { ...yuma, weights: undefined }, "weights must be a list of rows"],
    ["stake", { ...yuma, stake: ["1", "1"] }, "stake must be a list of numbers"],
    ["bonds", { ...yuma, bonds: null }, "bonds must be a list of rows"],
    ["alpha", { ...yuma, alpha: null }, "alpha must be a record"],
  ])("an epoch of Yuma without its %s says so", (_, input, message) => {
    for (const run of [mechanisms.yuma1Epoch, mechanisms.yuma3Epoch]) {
      expect(() => run(input as unknown as typeof yuma)).toThrow(message);
    }
  });
});
