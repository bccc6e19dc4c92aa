import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { BLOCK_SAMPLES, type NetworkPlan, type NetworkSpec, networkTable, padded, planNetwork } from "../spec.js";
import { type Kernels, loadKernels } from "./kernels.js";

const SPEC_AT = 1024;
const PARAMS_AT = 65536;
const SHAPES: [string, NetworkSpec][] = [
  ["the default", { inputs: 20, hidden: [64, 64], outputs: 3, activation: "tanh" }],
  ["odd widths", { inputs: 7, hidden: [13, 5, 30], outputs: 2, activation: "tanh" }],
  ["relu", { inputs: 17, hidden: [32, 24], outputs: 5, activation: "relu" }],
  ["linear", { inputs: 6, hidden: [], outputs: 4, activation: "tanh" }],
  ["one by one", { inputs: 1, hidden: [1], outputs: 1, activation: "tanh" }],
  ["deep", { inputs: 5, hidden: [8, 8, 8, 8, 8, 8, 8, 8], outputs: 1, activation: "tanh" }],
  ["wide", { inputs: 30, hidden: [512], outputs: 9, activation: "relu" }],
];

beforeAll(() => tf.setBackend("cpu"));

/** A network with random parameters, inputs and output derivatives in memory. The padding of x, y and dy is poisoned. */
function setUp(spec: NetworkSpec, samples: number, relaxed = false) {
  const memory = new WebAssembly.Memory({ initial: 160, maximum: 160, shared: true });
  const kernels = loadKernels(memory, { relaxed });
  const plan = planNetwork(spec, "net");
  const table = networkTable(plan);
  new Int32Array(memory.buffer, SPEC_AT, table.length).set(table);
  let next = PARAMS_AT;
  const allocate = (count: number) => {
    const at = next;
    next += (count * 4 + 63) & ~63;
    return { at, data: new Float32Array(memory.buffer, at, count) };
  };
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
  const ld = samples + 12;
  const params = allocate(plan.parameterCount);
  for (const { weight, bias, inputs, outputs, paddedOutputs } of plan.layers) {
    for (let k = 0; k < inputs; k++) {
      for (let h = 0; h < outputs; h++) params.data[weight + k * paddedOutputs + h] = random() * Math.sqrt(3 / inputs);
    }
    for (let h = 0; h < outputs; h++) params.data[bias + h] = 0.3 * random();
  }
  const rows = (count: number) => {
    const block = allocate(count * ld);
    block.data.forEach((_, i) => {
      block.data[i] = i % ld < samples ? random() : Number.NaN;
    });
    return block;
  };
  const [x, dy, y] = [rows(spec.inputs), rows(spec.outputs), allocate(spec.outputs * ld)];
  const [grad, scratch] = [allocate(plan.parameterCount), allocate(plan.scratchCount)];
  scratch.data.fill(Number.NaN);
  const dx = allocate(padded(spec.inputs) * ld);
  return { kernels, plan, samples, ld, params, x, dy, y, grad, scratch, dx };
}

type Case = ReturnType<typeof setUp>;

function forward({ kernels, params, x, ld, samples, y, scratch }: Case): void {
  kernels.forward(SPEC_AT, params.at, x.at, ld, samples, y.at, ld, scratch.at);
}

/** Forward and backward over all samples, block by block. */
function gradient({ kernels, params, x, ld, samples, y, dy, grad, scratch, dx }: Case): void {
  for (let s = 0; s < samples; s += BLOCK_SAMPLES) {
    const n = Math.min(BLOCK_SAMPLES, samples - s);
    const [xs, ys, ds] = [x.at + s * 4, y.at + s * 4, dy.at + s * 4];
    kernels.forward(SPEC_AT, params.at, xs, ld, n, ys, ld, scratch.at);
    kernels.backward(SPEC_AT, params.at, xs, ld, n, ds, ld, grad.at, scratch.at);
    kernels.inputGradient(SPEC_AT, params.at, n, dx.at + s * 4, ld, scratch.at);
  }
}

/** The same in float64, written from the definitions, sample by sample. */
function reference({ plan, params, x, dy, ld, samples }: Case) {
  const dx = new Float64Array(plan.spec.inputs * ld);
  const y = new Float64Array(plan.spec.outputs * ld);
  const grad = new Float64Array(plan.parameterCount);
  for (let s = 0; s < samples; s++) {
    const values = [Array.from({ length: plan.spec.inputs }, (_, f) => x.data[f * ld + s]!)];
    for (const layer of plan.layers) {
      const input = values.at(-1)!;
      values.push(
        Array.from({ length: layer.outputs }, (_, h) => {
          const sum = input.reduce(
            (a, v, k) => a + v * params.data[layer.weight + k * layer.paddedOutputs + h]!,
            params.data[layer.bias + h]!,
          );
          return layer.activation === "tanh" ? Math.tanh(sum) : layer.activation === "relu" ? Math.max(0, sum) : sum;
        }),
      );
    }
    values.at(-1)!.forEach((v, o) => {
      y[o * ld + s] = v;
    });
    let delta = values.at(-1)!.map((_, o) => dy.data[o * ld + s]!);
    for (let l = plan.layers.length - 1; l >= 0; l--) {
      const { weight, bias, paddedOutputs, activation } = plan.layers[l]!;
      const [input, output] = [values[l]!, values[l + 1]!];
      delta = delta.map((d, h) => {
        if (activation === "tanh") return d * (1 - output[h]! ** 2);
        return activation === "relu" && output[h]! <= 0 ? 0 : d;
      });
      const local = delta;
      local.forEach((d, h) => {
        grad[bias + h]! += d;
        input.forEach((v, k) => {
          grad[weight + k * paddedOutputs + h]! += v * d;
        });
      });
      delta = input.map((_, k) => local.reduce((a, d, h) => a + d * params.data[weight + k * paddedOutputs + h]!, 0));
    }
    delta.forEach((d, f) => {
      dx[f * ld + s] = d;
    });
  }
  return { y, grad, dx };
}

function relativeL2(actual: ArrayLike<number>, expected: ArrayLike<number>, ld = 0, samples = 0): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < expected.length; i++) {
    if (ld > 0 && i % ld >= samples) continue;
    difference += (actual[i]! - expected[i]!) ** 2;
    norm += expected[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}

describe.each(SHAPES)("%s network", (_, spec) => {
  // Float32 has a unit roundoff of 6e-8; tanh adds up to 5e-7 absolute; sums of up to 512 terms. Hence 1e-6 and 2e-6.
  test.each([64, 4, 12, 200])("agrees with float64 on %i samples", (samples) => {
    const c = setUp(spec, samples);
    const expected = reference(c);
    forward(c);
    expect(relativeL2(c.y.data, expected.y, c.ld, samples)).toBeLessThan(1e-6);
    gradient(c);
    expect(relativeL2(c.grad.data, expected.grad)).toBeLessThan(2e-6);
    expect(relativeL2(c.dx.data, expected.dx, c.ld, samples)).toBeLessThan(2e-6);
  });
});

test("padding of the gradient is exactly zero, so that the padding of the weights stays zero", () => {
  const c = setUp({ inputs: 7, hidden: [13, 5], outputs: 2, activation: "tanh" }, 64);
  gradient(c);
  const used = new Set<number>();
  for (const { weight, bias, inputs, outputs, paddedOutputs } of c.plan.layers) {
    for (let h = 0; h < outputs; h++) {
      used.add(bias + h);
      for (let k = 0; k < inputs; k++) used.add(weight + k * paddedOutputs + h);
    }
  }
  expect([...c.grad.data].filter((g, i) => !used.has(i) && !Object.is(g, 0))).toEqual([]);
});

test("samples beyond n are neither read nor written", () => {
  const c = setUp({ inputs: 3, hidden: [8], outputs: 2, activation: "tanh" }, 20);
  c.y.data.fill(777);
  forward(c);
  expect([...c.y.data].filter((v) => v === 777)).toHaveLength(2 * 12);
});

test("the gradient agrees with TensorFlow.js autodiff", () => {
  const c = setUp({ inputs: 20, hidden: [64, 64], outputs: 3, activation: "tanh" }, 256);
  gradient(c);
  const { y, grad } = tensorflowGradient(c);
  // Both sides are float32.
  expect(relativeL2(c.y.data, y, c.ld, c.samples)).toBeLessThan(1e-6);
  expect(relativeL2(c.grad.data, grad)).toBeLessThan(2e-6);
});

function tensorflowGradient({ plan, params, x, dy, ld, samples }: Case): { y: Float32Array; grad: Float32Array } {
  const block = (data: Float32Array, rows: number) =>
    tf.tensor2d(data, [rows, ld]).slice([0, 0], [rows, samples]).transpose() as tf.Tensor2D;
  const matrices = plan.layers.map((l) =>
    tf.tensor2d(params.data.slice(l.weight, l.bias), [l.paddedInputs, l.paddedOutputs]).slice([0, 0], [l.inputs, l.outputs]),
  );
  const biases = plan.layers.map((l) => tf.tensor1d(params.data.slice(l.bias, l.bias + l.outputs)));
  const network = (weights: tf.Tensor[]) =>
    plan.layers.reduce(
      (input: tf.Tensor, layer, l) => {
        const sum = input.matMul(weights[2 * l]!).add(weights[2 * l + 1]!);
        return layer.activation === "tanh" ? sum.tanh() : sum;
      },
      block(x.data, plan.spec.inputs),
    );
  const variables = plan.layers.flatMap((_, l) => [matrices[l]!, biases[l]!] as tf.Tensor[]);
  const derivative = block(dy.data, plan.spec.outputs);
  const gradients = tf.grads((...weights: tf.Tensor[]) => network(weights).mul(derivative).sum())(variables);
  const grad = new Float32Array(plan.parameterCount);
  plan.layers.forEach((layer, l) => {
    const weights = gradients[2 * l]!.dataSync();
    weights.forEach((g, i) => {
      grad[layer.weight + Math.floor(i / layer.outputs) * layer.paddedOutputs + (i % layer.outputs)] = g;
    });
    grad.set(gradients[2 * l + 1]!.dataSync(), layer.bias);
  });
  const out = network(variables).transpose().dataSync();
  const y = new Float32Array(plan.spec.outputs * ld);
  out.forEach((v, i) => {
    y[Math.floor(i / samples) * ld + (i % samples)] = v;
  });
  return { y, grad };
}

test("backward adds to the gradient that is there", () => {
  const c = setUp({ inputs: 5, hidden: [8], outputs: 1, activation: "tanh" }, 64);
  gradient(c);
  const once = Float32Array.from(c.grad.data);
  gradient(c);
  expect(
    relativeL2(
      c.grad.data,
      once.map((g) => 2 * g),
    ),
  ).toBeLessThan(1e-7);
});

test("relaxed multiply-add agrees with float64 as well", () => {
  const c = setUp({ inputs: 20, hidden: [64, 64], outputs: 3, activation: "tanh" }, 128, true);
  const expected = reference(c);
  gradient(c);
  expect(relativeL2(c.grad.data, expected.grad)).toBeLessThan(2e-6);
});

test("tanh is within 5e-7 everywhere, odd, bounded, and passes NaN and infinities on", () => {
  const c = setUp({ inputs: 1, hidden: [1], outputs: 1, activation: "tanh" }, 4);
  const at = evaluator(c.kernels, c);
  for (let x = -12; x <= 12; x += 1 / 256) {
    const [y, opposite] = [at(x), at(-x)];
    expect(Math.abs(y - Math.tanh(x))).toBeLessThan(5e-7);
    expect(Math.abs(y)).toBeLessThanOrEqual(1);
    expect(opposite + y).toBe(0);
  }
  expect(at(Number.POSITIVE_INFINITY)).toBeCloseTo(1, 6);
  expect(at(Number.NEGATIVE_INFINITY)).toBeCloseTo(-1, 6);
  expect(at(Number.NaN)).toBeNaN();
});

/** x -> tanh(x) through a 1-1-1 network of unit weights. */
function evaluator(kernels: Kernels, c: { plan: NetworkPlan } & Pick<Case, "params" | "x" | "y" | "scratch" | "ld">) {
  c.params.data.fill(0);
  for (const layer of c.plan.layers) c.params.data[layer.weight] = 1;
  return (value: number) => {
    c.x.data.fill(value);
    kernels.forward(SPEC_AT, c.params.at, c.x.at, c.ld, 4, c.y.at, c.ld, c.scratch.at);
    return c.y.data[0]!;
  };
}
