import fc from "fast-check";
import { expect, test } from "vitest";
import { planNetwork } from "../../models/spec.js";
import { packLayers, unpackLayers } from "./policy-layers.js";

test("packing and unpacking are inverse for any widths, and the padding stays zero", () => {
  const width = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(width, fc.array(width, { maxLength: 3 }), width, (inputs, hidden, outputs) => {
      const plan = planNetwork({ inputs, hidden, outputs, activation: "tanh" }, "actor");
      let next = 0;
      const layers = plan.layers.map((layer) => ({
        inputs: layer.inputs,
        outputs: layer.outputs,
        weights: Float32Array.from({ length: layer.inputs * layer.outputs }, () => ++next),
        biases: Float32Array.from({ length: layer.outputs }, () => ++next),
      }));
      const packed = packLayers(plan, layers);
      expect(unpackLayers(plan, packed)).toEqual(layers);
      expect(packed.filter((value) => value !== 0).length).toBe(next);
    }),
  );
});

test("an offset skips what lies before the network", () => {
  const plan = planNetwork({ inputs: 1, hidden: [], outputs: 1, activation: "tanh" }, "actor");
  const parameters = Float32Array.of(
    9,
    9,
    9,
    9,
    ...packLayers(plan, [{ inputs: 1, outputs: 1, weights: Float32Array.of(2), biases: Float32Array.of(3) }]),
  );
  expect(unpackLayers(plan, parameters, 4)[0]).toMatchObject({ weights: Float32Array.of(2), biases: Float32Array.of(3) });
});
