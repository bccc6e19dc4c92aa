import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pcg4d, unitInterval } from "../../core/random.js";
import { testShader } from "../../test/support/kernel-run.js";
import { findGpu } from "../../test/support/swiftshader.js";
import { adamShader, adamStep, columnWorkgroups, planUpdateSums, reduceShader } from "./optimizer-shader.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

/** A multiple of 4, but not of a workgroup's 256 numbers. */
const PARAMETERS = 2 * 256 + 36;
const EXTRA = 8;
const COUNT = PARAMETERS + EXTRA;
const NORMS = columnWorkgroups(COUNT);

/** Numbers of both signs around `size`, without a pattern. */
const numbers = (length: number, size: number, key: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => size * (2 * unitInterval(pcg4d(i, key, 0, 0).a) - 1));
const bits = (words: Float32Array<ArrayBuffer>) => [...new Uint32Array(words.buffer)];
const vectors = (words: Float32Array<ArrayBuffer>, access: "read" | "read_write" = "read") => ({
  type: "array<vec4f>",
  access,
  words,
});
const floats = (words: Float32Array<ArrayBuffer>, access: "read" | "read_write" = "read") => ({
  type: "array<f32>",
  access,
  words,
});

describe.skipIf(!gpu)("the sum of partial gradients", () => {
  const WORKGROUPS = 7;
  const partials = numbers(COUNT * WORKGROUPS, 3, 1);

  test("is that of their order in float32, the norm leaves out the loss sums, and two runs agree to the bit", async () => {
    const shader = await testShader(gpu!, reduceShader({ count: COUNT, parameterCount: PARAMETERS, workgroups: WORKGROUPS }), {
      partials: vectors(partials),
      gradient: vectors(new Float32Array(COUNT), "read_write"),
      norms: floats(new Float32Array(NORMS), "read_write"),
    });
    const first = await shader.run(NORMS);
    const expected = Array.from({ length: COUNT }, (_, i) => {
      let sum = 0;
      for (let w = 0; w < WORKGROUPS; w++) sum = Math.fround(sum + partials[w * COUNT + i]!);
      return sum;
    });
    expect([...first["gradient"]!]).toEqual(expected);
    for (let workgroup = 0; workgroup < NORMS; workgroup++) {
      const share = expected.slice(0, PARAMETERS).slice(workgroup * 256, (workgroup + 1) * 256);
      const squares = share.reduce((sum, x) => sum + x * x, 0);
      // A tree of 64 sums of 4 squares, all positive: at most 10 roundings of 2^-24.
      expect(Math.abs(first["norms"]![workgroup]! - squares)).toBeLessThanOrEqual(1e-6 * squares);
    }
    const second = await shader.run(NORMS);
    for (const name of ["gradient", "norms"]) expect(bits(second[name]!)).toEqual(bits(first[name]!));
    shader.dispose();
  });
});

describe.skipIf(!gpu)("a step of Adam", () => {
  const OPTIONS = {
    ...{ parameterCount: PARAMETERS, beta1: 0.9, beta2: 0.999, epsilon: 1e-5, maxGradNorm: 0.5 },
    ...{ numNorms: NORMS, numLossSums: 5, failedWord: 2 },
  };
  const SUMS = planUpdateSums(OPTIONS.numLossSums);
  const RATE = 3e-3;
  const UPDATES = 4;
  const START = {
    params: numbers(PARAMETERS, 2, 2),
    first_moment: numbers(PARAMETERS, 0.01, 3),
    second_moment: numbers(PARAMETERS, 1e-4, 4).map(Math.abs),
    update_sums: Float32Array.from({ length: SUMS.size }, (_, i) => i),
  };
  let shader: Awaited<ReturnType<typeof testShader>>;

  beforeAll(async () => {
    shader = await testShader(gpu!, adamShader(OPTIONS), {
      params: vectors(START.params, "read_write"),
      first_moment: vectors(START.first_moment, "read_write"),
      second_moment: vectors(START.second_moment, "read_write"),
      gradient: vectors(numbers(COUNT, 1, 5)),
      norms: floats(new Float32Array(NORMS)),
      stats: floats(new Float32Array(3)),
      update_sums: floats(START.update_sums, "read_write"),
      step: { type: "Step", access: "uniform", words: adamStep(RATE, UPDATES, OPTIONS) },
    });
  });
  afterAll(() => shader?.dispose());

  async function run(gradient: Float32Array<ArrayBuffer>, norms: Float32Array<ArrayBuffer>, failed = 0) {
    for (const [name, words] of Object.entries({ ...START, gradient, norms })) shader.write(name, words);
    shader.write("stats", Float32Array.of(0, 0, failed));
    const result = await shader.run(columnWorkgroups(PARAMETERS));
    return result as Record<keyof typeof START, Float32Array<ArrayBuffer>>;
  }

  const normsOf = (gradient: Float32Array) =>
    Float32Array.from({ length: NORMS }, (_, i) =>
      gradient.subarray(0, PARAMETERS).reduce((sum, x, at) => sum + (at >> 8 === i ? x * x : 0), 0),
    );

  test.each([
    ["clipped to the largest norm", 1],
    ["taken whole when it is small", 1e-3],
  ])("is the float64 one with the gradient %s", async (_, size) => {
    const gradient = numbers(COUNT, size, 5);
    const result = await run(gradient, normsOf(gradient));
    const norm = Math.hypot(...gradient.subarray(0, PARAMETERS));
    expect(norm > OPTIONS.maxGradNorm).toBe(size === 1);
    const scale = Math.min(1, OPTIONS.maxGradNorm / (norm + 1e-6));
    for (let i = 0; i < PARAMETERS; i++) {
      const g = scale * gradient[i]!;
      const m = 0.9 * START.first_moment[i]! + 0.1 * g;
      const v = 0.999 * START.second_moment[i]! + 0.001 * g * g;
      const down = ((RATE / (1 - 0.9 ** UPDATES)) * m) / (Math.sqrt(v / (1 - 0.999 ** UPDATES)) + 1e-5);
      // Some roundings of 2^-24 of the terms (0.9f + 0.1f is not 1), plus the last one of the parameter.
      expect(Math.abs(result.first_moment[i]! - m)).toBeLessThan(2e-6 * (Math.abs(START.first_moment[i]!) + Math.abs(g)));
      expect(Math.abs(result.second_moment[i]! - v)).toBeLessThan(2e-6 * v);
      const terms = (RATE * (Math.abs(START.first_moment[i]!) + Math.abs(g))) / (Math.sqrt(v) + 1e-5);
      expect(Math.abs(result.params[i]! - (START.params[i]! - down))).toBeLessThan(2e-7 + 1e-5 * terms);
    }
    const { update_sums: sums } = result;
    expect(Math.abs(sums[SUMS.norm]! - norm)).toBeLessThan(1e-6 * norm);
    for (let i = 0; i < OPTIONS.numLossSums; i++) {
      const at = SUMS.lossSums + i;
      expect(sums[at]).toBe(Math.fround(START.update_sums[at]! + gradient[PARAMETERS + i]!));
    }
    expect(sums[SUMS.steps]).toBe(START.update_sums[SUMS.steps]! + 1);
    expect(sums[SUMS.badNorms]).toBe(START.update_sums[SUMS.badNorms]!);
    const again = await run(gradient, normsOf(gradient));
    for (const [name, words] of Object.entries(result)) expect(bits(again[name as "params"])).toEqual(bits(words));
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("is not taken where a norm is %s, and that is counted", async (bad) => {
    for (const workgroup of [0, NORMS - 1]) {
      const norms = new Float32Array(NORMS).fill(1);
      norms[workgroup] = bad;
      const { update_sums: sums, ...result } = await run(numbers(COUNT, 1, 5), norms);
      for (const [name, words] of Object.entries(result)) expect(bits(words)).toEqual(bits(START[name as "params"]));
      expect(sums).toEqual(START.update_sums.map((x, i) => (i === SUMS.badNorms ? x + 1 : x)));
    }
  });

  test("is not taken after a failure", async () => {
    const result = await run(numbers(COUNT, 1, 5), new Float32Array(NORMS).fill(1), 1);
    for (const [name, words] of Object.entries(result)) expect(bits(words)).toEqual(bits(START[name as "params"]));
  });
});
