import { expect, test } from "vitest";
import { passes } from "../akash/gates.js";
import { controlGates } from "./control-gates.js";

test("a chosen constant beats the protocol, feedback beats constants, degenerate controllers lose everywhere", () => {
  const gates = controlGates(8);
  expect(gates.filter((gate) => !passes(gate))).toEqual([]);
});
