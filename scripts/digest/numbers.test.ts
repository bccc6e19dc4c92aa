import { expect, test } from "vitest";
import { hashNumbers, policyNumbers, reportNumbers, trajectoryHash } from "./numbers.js";

const controller = (weight: number, doc: string) =>
  JSON.stringify({
    network: [weight],
    decisionInterval: 1,
    actions: [{ name: "fee", low: 0, high: 1, doc }],
    observations: [],
  });

test("a policy's hash follows its weights and not the words around it", () => {
  const hash = (weight: number, doc: string) => hashNumbers(policyNumbers(controller(weight, doc)));
  expect(hash(1, "one text")).toBe(hash(1, "another"));
  expect(hash(1, "")).not.toBe(hash(1 + 2 ** -40, ""));
});

test("a report's hash follows each scenario's mean and not its intervals", () => {
  const hash = (mean: number, low: number) =>
    hashNumbers(
      reportNumbers(
        JSON.stringify({ controllers: [{ id: "a", aggregate: {}, byScenario: { crash: { return: { mean, low } } } }] }),
      ),
    );
  expect(hash(1, 0)).toBe(hash(1, 0.5));
  expect(hash(1, 0)).not.toBe(hash(2, 0));
});

test("a trajectory's hash leaves out the breakers' memory and nothing else", () => {
  const hash = (price: number, peak: number, trips: number) =>
    trajectoryHash(`price,breaker.peak,breaker.trips\n${price},${peak},${trips}\n`);
  expect(hash(1, 1, 0)).toBe(hash(1, 2, 0));
  expect(hash(1, 1, 0)).not.toBe(hash(1, 1, 1));
  expect(hash(1, 1, 0)).not.toBe(hash(2, 1, 0));
});
