import { afterAll, describe, expect, test } from "vitest";
import { permutation } from "../../../core/permutation.js";
import { pcg4d, stream, unitInterval } from "../../../core/random.js";
import { testShader } from "../../../test/support/kernel-run.js";
import { findGpu } from "../../../test/support/swiftshader.js";
import { permuteShader } from "./permute-shader.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

const STRIDE = 8;
const COLUMN = 5;

/** `iteration` is chosen so that counters and seeds with their highest bit are met. */
const CASES = [
  { total: 192 * 5, minibatchSize: 192, updateEpochs: 3, seed: 7, parts: 3, iteration: 11 },
  { total: 64 * 9, minibatchSize: 64 * 9, updateEpochs: 1, seed: 2 ** 32 - 1, parts: 1, iteration: 2 ** 31 + 5 },
];

describe.skipIf(!gpu)("the order of the samples", () => {
  test.each(CASES)("of $total is the permutation of the CPU, and the sums are of those samples", async (shape) => {
    const { total, minibatchSize, updateEpochs, seed, parts, iteration } = shape;
    const minibatches = updateEpochs * (total / minibatchSize);
    const samples = Float32Array.from({ length: total * STRIDE }, (_, i) => 4 * unitInterval(pcg4d(i, 1, 0, 0).a) - 1.5);
    const shader = await testShader(gpu!, permuteShader({ ...shape, sampleStride: STRIDE, advantageColumn: COLUMN }), {
      run: { type: "vec4u", access: "uniform", words: Uint32Array.of(iteration, 0, 0, 0) },
      samples: { type: "array<f32>", access: "read", words: samples },
      indices: { type: "array<u32>", access: "read_write", words: new Uint32Array(total * updateEpochs) },
      advantage_sums: { type: "array<vec2f>", access: "read_write", words: new Float32Array(minibatches * parts * 2) },
    });
    const first = await shader.run(parts, minibatches);
    const second = await shader.run(parts, minibatches);
    shader.dispose();
    const indices = new Uint32Array(first["indices"]!.buffer);
    for (let epoch = 0; epoch < updateEpochs; epoch++) {
      const key = { seed, counter: (iteration * updateEpochs + epoch) >>> 0, stream: stream("permutation", "train") };
      expect(indices.subarray(epoch * total, (epoch + 1) * total)).toEqual(permutation(total, key));
    }
    for (let minibatch = 0; minibatch < minibatches; minibatch++) {
      const own = [...indices.subarray(minibatch * minibatchSize, (minibatch + 1) * minibatchSize)];
      const advantages = own.map((index) => samples[index * STRIDE + COLUMN]!);
      for (const which of [0, 1]) {
        const terms = advantages.map((x) => (which === 0 ? x : x * x));
        let sum = 0;
        for (let part = 0; part < parts; part++) sum += first["advantage_sums"]![(minibatch * parts + part) * 2 + which]!;
        const size = terms.reduce((total, x) => total + Math.abs(x), 0);
        // Each part is a tree of 256 sums of at most 3 terms: at most 11 roundings of 2^-24.
        expect(Math.abs(sum - terms.reduce((total, x) => total + x, 0))).toBeLessThan(1e-6 * size);
      }
    }
    for (const [name, words] of Object.entries(first))
      expect(new Uint32Array(second[name]!.buffer)).toEqual(new Uint32Array(words.buffer));
  });
});
