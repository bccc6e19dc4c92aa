import { expect, test } from "vitest";
import { planAgent } from "../spec.js";
import { planRecords } from "./records.js";

test("a record holds the wider input, then each network's hidden activations and deltas", () => {
  const agent = planAgent(
    { inputs: 5, hidden: [6, 9], outputs: 2, activation: "tanh" },
    { inputs: 10, hidden: [4], outputs: 1, activation: "relu" },
    0,
  );
  expect(planRecords(agent)).toEqual({
    input: 0,
    inputColumns: 3,
    actor: { hidden: [3, 5], deltas: [8, 10, 13] },
    critic: { hidden: [14], deltas: [15, 16] },
    size: 17,
  });
});

test("a linear map has a delta and no hidden activations", () => {
  const spec = { inputs: 3, hidden: [], outputs: 5, activation: "tanh" as const };
  expect(planRecords(planAgent(spec, spec, 2))).toEqual({
    input: 0,
    inputColumns: 1,
    actor: { hidden: [], deltas: [1] },
    critic: { hidden: [], deltas: [3] },
    size: 5,
  });
});
