import { describe, expect, test } from "vitest";
import { createCodeBuffer } from "./code-buffer.js";
import { encodeModule, signedLeb } from "./encoding.js";
import { instantiateKernel } from "./instantiate.js";
import { createMath, type SimdMath } from "./math.js";
import { CONTROL, EMPTY_BLOCK, I32_OPS, SIMD_PREFIX, V128_OPS } from "./opcodes.js";
import { createSimd } from "./simd.js";

/** Applies one of the functions to float32 numbers: a loop over groups of four at address 0, results in place. */
function apply(name: keyof SimdMath, inputs: Float32Array): Float32Array {
  const code = createCodeBuffer();
  const [address, end] = [code.parameter(), code.parameter()];
  const simd = createSimd(code, false);
  code.openLoop();
  code.bytes(CONTROL.loop, EMPTY_BLOCK);
  code.get(address);
  const result = createMath(simd)[name](() => {
    code.get(address);
    code.bytes(SIMD_PREFIX, V128_OPS.load, 4, 0);
  });
  result();
  code.bytes(SIMD_PREFIX, V128_OPS.store, 4, 0);
  code.get(address);
  code.bytes(I32_OPS.const, ...signedLeb(16), I32_OPS.add);
  code.tee(address);
  code.get(end);
  code.bytes(I32_OPS.lt_s, CONTROL.brIf, 0, CONTROL.end);
  code.closeLoop();
  const bytes = encodeModule({ parameterCount: 2, ...code.finish(), memory: { shared: false, maxPages: 65536 } });
  const memory = new WebAssembly.Memory({ initial: 1 + Math.ceil((inputs.length * 4) / 65536) });
  const values = new Float32Array(memory.buffer, 0, inputs.length);
  values.set(inputs);
  instantiateKernel(bytes, memory).run(0, 4 * inputs.length);
  return values.slice();
}

/** `count` float32 numbers from `low` to `high`, both included, evenly spaced. */
const grid = (low: number, high: number, count: number) =>
  Float32Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

/** Float32 numbers spread evenly over the bit patterns from `low` to `high`: every size equally often. */
function sizes(low: number, high: number, count: number): Float32Array {
  const ends = new Uint32Array(Float32Array.of(low, high).buffer);
  const [first, last] = [ends[0] as number, ends[1] as number];
  return new Float32Array(Uint32Array.from({ length: count }, (_, i) => first + ((last - first) * i) / (count - 1)).buffer);
}

/** Distance between neighbouring float32 numbers at the size of `x`. */
const ulp = (x: number) => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);

function worst(name: keyof SimdMath, exact: (x: number) => number, inputs: Float32Array, unit: (y: number) => number): number {
  const results = apply(name, inputs);
  let largest = 0;
  inputs.forEach((x, i) => {
    const expected = exact(x);
    const error = Math.abs((results[i] as number) - expected) / unit(expected);
    if (!(error <= largest)) largest = error;
  });
  return largest;
}

const [NAN, INF] = [Number.NaN, Number.POSITIVE_INFINITY];
const limits = (name: keyof SimdMath, inputs: readonly number[]) =>
  [...apply(name, Float32Array.from([...inputs, 0, 0, 0]))].slice(0, inputs.length);

describe("accuracy against Math in float64", () => {
  test("exp is within 1.5 ulp wherever its result is a normal number", () => {
    expect(worst("exp", Math.exp, grid(-86.9, 88.722, 400_000), ulp)).toBeLessThan(1.5);
    expect(worst("exp", Math.exp, grid(-1, 1, 200_000), ulp)).toBeLessThan(1.5);
  });

  test("log is within 1 ulp for every size of normal argument", () => {
    expect(worst("log", Math.log, sizes(2 ** -126, 3.4e38, 400_000), ulp)).toBeLessThan(1);
    expect(worst("log", Math.log, grid(0.5, 2, 400_000), ulp)).toBeLessThan(1);
    expect(worst("positiveLog", Math.log, grid(2 ** -24, 1 - 2 ** -24, 200_000), ulp)).toBeLessThan(1);
  });

  test("tanh is within 1.5 ulp everywhere", () => {
    expect(worst("tanh", Math.tanh, grid(-12, 12, 400_000), ulp)).toBeLessThan(1.5);
    expect(worst("tanh", Math.tanh, sizes(1e-30, 1, 200_000), ulp)).toBeLessThan(1.5);
  });

  test("sin and cos are within 2e-7 over eight turns and 1e-6 up to 1e4", () => {
    for (const [name, exact] of [
      ["sin", Math.sin],
      ["cos", Math.cos],
    ] as const) {
      expect(worst(name, exact, grid(-16 * Math.PI, 16 * Math.PI, 400_000), () => 1)).toBeLessThan(2e-7);
      expect(worst(name, exact, grid(-1e4, 1e4, 400_000), () => 1)).toBeLessThan(1e-6);
    }
  });
});

describe("limits", () => {
  test("exp overflows to Infinity and underflows to 0", () => {
    expect(limits("exp", [0, -0, INF, -INF, NAN, 88.73, 200, 3e38, -87.5, -104, -3e38])).toEqual([
      ...[1, 1, INF, 0, NAN, INF, INF, INF, 0, 0, 0],
    ]);
    expect(limits("exp", [88.7228])[0]).toBeGreaterThan(3.4e38);
  });

  test("log is -Infinity at either zero and NaN below", () => {
    expect(limits("log", [1, 0, -0, -1, -INF, -1e-30, INF, NAN])).toEqual([0, -INF, -INF, NAN, NAN, NAN, INF, NAN]);
  });

  test("tanh saturates at 1 exactly, never beyond, and keeps the sign of zero", () => {
    expect(limits("tanh", [INF, -INF, 20, -20, NAN, 0, -0])).toEqual([1, -1, 1, -1, NAN, 0, -0]);
    const saturating = apply("tanh", grid(7, 10, 100_000));
    expect(saturating.every((y) => y <= 1)).toBe(true);
  });

  test("sin and cos of what is not a number or infinite are NaN", () => {
    expect(limits("sin", [0, NAN, INF])).toEqual([0, NAN, NAN]);
    expect(limits("cos", [0, NAN, -INF])).toEqual([1, NAN, NAN]);
  });
});
