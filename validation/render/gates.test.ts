import { expect, test } from "vitest";
import { type Gate, passes } from "../akash/gates.js";
import { dynamicsGates, equilibriumGates, halfStepGates, scaleGates } from "./dynamics-gates.js";
import { closedLoopGates, signGates } from "./gates.js";

const suites: Record<string, () => Gate[]> = {
  "actions, parameters and shocks push the way they should, on paired shocks": () => signGates(24),
  "a raised fee draws nodes, a lowered one users, and the scheduler follows its weights": () => closedLoopGates(24),
  "the price converges to 0.95 U / E within 0.2 %": equilibriumGates,
  "without shocks the world settles and does not depend on the step": dynamicsGates,
  "neither the size of the network nor the numeraire of its token matters": () => scaleGates(),
  "half-day steps give the same means within 2 %": () => halfStepGates(60),
};

test.each(Object.entries(suites))("%s", (_name, run) => {
  const gates = run();
  expect(gates.length).toBeGreaterThan(0);
  expect(gates.filter((gate) => !passes(gate))).toEqual([]);
});
