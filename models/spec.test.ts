import { expect, test } from "vitest";
import { UserError } from "../core/errors.js";
import { networkTable, parameterName, planAgent, planNetwork } from "./spec.js";

const actor = { inputs: 17, hidden: [6, 64], outputs: 3, activation: "tanh" } as const;

test("layers follow one another on 16-byte boundaries", () => {
  const plan = planNetwork(actor, "actor");
  // 17 -> 20 and 6 -> 8 and 3 -> 4: 20*8 + 8, 8*64 + 64, 64*4 + 4
  expect(plan.layers.map((layer) => [layer.weight, layer.bias])).toEqual([
    [0, 160],
    [168, 680],
    [744, 1000],
  ]);
  expect(plan.parameterCount).toBe(1004);
  expect(plan.scratchCount).toBe((8 + 64 + 4) * 64);
  expect(plan.layers.map((layer) => layer.activation)).toEqual(["tanh", "tanh", "linear"]);
});

test("the kernels' table has 8 words a layer", () => {
  const plan = planNetwork({ ...actor, activation: "relu" }, "actor");
  expect([...networkTable(plan)]).toEqual([
    ...[3],
    ...[17, 6, 20, 8, 0, 160, 2, 0],
    ...[6, 64, 8, 64, 168, 680, 2, 512],
    ...[64, 3, 64, 4, 744, 1000, 0, 4608],
  ]);
});

test("an agent's vector is actor, critic and free numbers; every element has a name", () => {
  const plan = planAgent(actor, { ...actor, outputs: 1 }, 3);
  expect(plan.criticOffset).toBe(1004);
  expect(plan.freeOffset).toBe(2008);
  expect(plan.parameterCount).toBe(2012);
  expect(parameterName(plan.tensors, 9)).toBe("actor.layer1.weight[1][1]");
  expect(parameterName(plan.tensors, 1004 + 681)).toBe("critic.layer2.bias[1]");
  expect(parameterName(plan.tensors, 2010)).toBe("logStd[2]");
  expect(parameterName(plan.tensors, 5000)).toBe("parameter 5000");
});

test.each([
  [{ ...actor, inputs: 0 }, "inputs"],
  [{ ...actor, hidden: [64, 513] }, "hidden"],
  [{ ...actor, outputs: 1.5 }, "outputs"],
  [{ ...actor, inputs: Number.NaN }, "inputs"],
  [{ ...actor, hidden: new Array(9).fill(4) }, "9 hidden layers"],
])("an impossible network is refused (%#)", (spec, word) => {
  expect(() => planNetwork(spec, "actor")).toThrow(UserError);
  expect(() => planNetwork(spec, "actor")).toThrow(word);
});
