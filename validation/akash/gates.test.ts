import { expect, test } from "vitest";
import { dynamicsGates, halfStepGates, scaleGates, splitShock } from "./dynamics-gates.js";
import { type Gate, passes, signGates, statisticalGates } from "./gates.js";

// Quick forms; `npm run validate` runs them on more paths.
const suites: Record<string, () => Gate[]> = {
  "daily returns and halts have the stylised facts of a crypto token": () => statisticalGates(150),
  "actions, parameters and shocks push the way they should, on paired shocks": () => signGates(120),
  "without shocks the world settles, alternates nowhere and does not depend on the step": dynamicsGates,
  "neither the size of the network nor the numeraire of its token matters": () => scaleGates(),
  "half-day steps give the same means within 2 %": () => halfStepGates(120),
};

test.each(Object.entries(suites))("%s", (_name, run) => {
  const gates = run();
  expect(gates.length).toBeGreaterThan(0);
  expect(gates.filter((gate) => !passes(gate))).toEqual([]);
});

test("a gate fails outside of its bounds and for a value that is not a number", () => {
  expect(passes({ name: "", value: 1, low: 1, high: 2 })).toBe(true);
  expect(passes({ name: "", value: 2.1, low: 1, high: 2 })).toBe(false);
  expect(passes({ name: "", value: Number.NaN, low: 1, high: 2 })).toBe(false);
});

test("the two halves of a shock add up to the shock of the day", () => {
  expect((splitShock(0.7, 1.3, false) + splitShock(0.7, 1.3, true)) / Math.SQRT2).toBeCloseTo(0.7, 12);
});
