import { expect, test } from "vitest";
import { planNetwork } from "../models/spec.js";
import { gradientFlops } from "./gradient.js";

test("the operations of a gradient are counted by hand for 16-64-64-2, without padding or activations", () => {
  const network = planNetwork({ inputs: 16, hidden: [64, 64], outputs: 2, activation: "tanh" }, "actor");
  const forward = 2 * (16 * 64 + 64 * 64 + 64 * 2);
  const weights = forward;
  const errors = 2 * (64 * 64 + 64 * 2);
  expect(gradientFlops(network)).toBe(forward + weights + errors);
});

test("a linear map passes no error on", () => {
  const network = planNetwork({ inputs: 3, hidden: [], outputs: 1, activation: "tanh" }, "critic");
  expect(gradientFlops(network)).toBe(2 * 2 * 3);
});
