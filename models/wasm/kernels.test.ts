import { describe, expect, test } from "vitest";
import { permutation } from "../../core/permutation.js";
import { stream } from "../../core/random.js";
import { PLAIN_KERNELS, RELAXED_KERNELS } from "./generated/kernels.js";
import { loadKernels } from "./kernels.js";

const memory = new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true });
const kernels = loadKernels(memory, { relaxed: false });
let next = 1024;

function reserve(bytes: number): number {
  const at = next;
  next += (bytes + 63) & ~63;
  return at;
}

function floats(values: ArrayLike<number>): { at: number; data: Float32Array } {
  const at = reserve(values.length * 4);
  const data = new Float32Array(memory.buffer, at, values.length);
  data.set(values);
  return { at, data };
}

function doubles(values: ArrayLike<number>): { at: number; data: Float64Array } {
  const at = reserve(values.length * 8);
  const data = new Float64Array(memory.buffer, at, values.length);
  data.set(values);
  return { at, data };
}

/** Deterministic numbers in (-1, 1). */
function noise(length: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.fround(state / 2 ** 31);
  });
}

/** Section ids and the mutability flags of the globals of a WebAssembly binary. */
function inspect(base64: string): { sections: number[]; mutableGlobals: number } {
  const bytes = Buffer.from(base64, "base64");
  let at = 8;
  const leb = () => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const sections: number[] = [];
  let mutableGlobals = 0;
  while (at < bytes.length) {
    const id = bytes[at++]!;
    const end = leb() + at;
    sections.push(id);
    if (id === 6) {
      for (let count = leb(); count > 0; count--) {
        at++; // value type
        mutableGlobals += bytes[at++]!;
        while (bytes[at++] !== 0x0b); // constant expression; none of our immediates holds this byte
      }
    }
    at = end;
  }
  return { sections, mutableGlobals };
}

test.each([
  ["plain", PLAIN_KERNELS],
  ["relaxed", RELAXED_KERNELS],
])("the %s build has no data, no mutable globals and no start: each worker's instance would rewrite them", (_, base64) => {
  const { sections, mutableGlobals } = inspect(base64);
  expect(sections).toContain(10); // code: the parser has seen the module
  expect(sections).not.toContain(11); // data
  expect(sections).not.toContain(12); // data count
  expect(sections).not.toContain(8); // start
  expect(mutableGlobals).toBe(0);
});

describe("records", () => {
  test.each([1, 3, 4, 6, 8])("gather picks records of %i fields as rows and touches nothing else", (fields) => {
    const stride = 8;
    const records = floats(noise(10 * stride));
    const indices = Uint32Array.of(9, 0, 3, 3, 7, 1, 2, 8);
    const indicesAt = reserve(32);
    new Uint32Array(memory.buffer, indicesAt, 8).set(indices);
    const dst = floats(new Array(fields * 12 + 4).fill(5));
    kernels.gather(indicesAt, 8, records.at, stride, fields, dst.at, 12);
    const expected = new Array(fields * 12 + 4).fill(5);
    for (let f = 0; f < fields; f++) for (let k = 0; k < 8; k++) expected[f * 12 + k] = records.data[indices[k]! * stride + f];
    expect([...dst.data]).toEqual(expected);
  });

  test.each([1, 3, 4, 6])("pack writes %i rows into records at an offset and touches nothing else", (fields) => {
    const src = floats(noise(fields * 12));
    const records = floats(new Array(8 * 12).fill(5));
    kernels.pack(src.at, 12, fields, 8, records.at, 12, 3);
    const expected = new Array(8 * 12).fill(5);
    for (let f = 0; f < fields; f++) for (let k = 0; k < 8; k++) expected[k * 12 + 3 + f] = src.data[f * 12 + k];
    expect([...records.data]).toEqual(expected);
  });
});

test.each([1, 2, 3, 5, 64, 100, 1000, 4096])("permute writes the bits of core/permutation.ts, size %i", (size) => {
  const key = { seed: 0xfedcba98, counter: 17, stream: stream("permutation", "train") + 3 };
  const expected = permutation(size, key);
  const at = reserve(size * 4 + 16);
  const count = size & ~3;
  const split = (count >> 1) & ~3; // two calls, as two workers make them
  kernels.permute(at, 0, split, size, key.seed, key.counter, key.stream);
  kernels.permute(at + split * 4, split, count - split, size, key.seed, key.counter, key.stream);
  expect(new Uint32Array(memory.buffer, at, count)).toEqual(expected.subarray(0, count));
});

test("sumRows and moments add in float64", () => {
  const src = floats(noise(3 * 20));
  const sums = doubles([1, 2, 3]);
  const both = doubles([0, 0, 1, 1, 0, 0]);
  kernels.sumRows(src.at, 20, 3, 16, sums.at);
  kernels.moments(src.at, 20, 3, 16, both.at);
  for (let r = 0; r < 3; r++) {
    const row = [...src.data.subarray(r * 20, r * 20 + 16)];
    const sum = row.reduce((a, x) => a + x, 0);
    // Float64 rounding of 16 terms.
    expect(sums.data[r]! - (r + 1)).toBeCloseTo(sum, 13);
    expect(both.data[2 * r]! - (r === 1 ? 1 : 0)).toBeCloseTo(sum, 13);
    expect(both.data[2 * r + 1]! - (r === 1 ? 1 : 0)).toBeCloseTo(
      row.reduce((a, x) => a + x * x, 0),
      13,
    );
  }
});

test("sumSquares adds in float64", () => {
  const src = floats(noise(1000));
  const expected = [...src.data].reduce((a, x) => a + x * x, 0);
  expect(Math.abs(kernels.sumSquares(src.at, 1000) / expected - 1)).toBeLessThan(1e-14);
});

test("reduceChunks adds chunk after chunk, into the first one too", () => {
  const chunks = floats(noise(5 * 12));
  const expected = Array.from({ length: 8 }, (_, i) => {
    let sum = chunks.data[i]!;
    for (let c = 1; c < 5; c++) sum = Math.fround(sum + chunks.data[c * 12 + i]!);
    return sum;
  });
  kernels.reduceChunks(chunks.at, 5, 48, 8, chunks.at);
  expect([...chunks.data.subarray(0, 8)]).toEqual(expected);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("firstNonFinite finds %d", (bad) => {
  const src = floats(noise(40).map((x) => x * 3e38));
  expect(kernels.firstNonFinite(src.at, 40)).toBe(-1);
  for (const index of [39, 17, 4, 0]) {
    src.data[index] = bad;
    expect(kernels.firstNonFinite(src.at, 40)).toBe(index);
  }
});

test("anyNonZero sees a NaN and the last element, and not a negative zero", () => {
  const src = floats(new Array(16).fill(-0));
  expect(kernels.anyNonZero(src.at, 16)).toBe(0);
  src.data[15] = Number.NaN;
  expect(kernels.anyNonZero(src.at, 16)).toBe(1);
  expect(kernels.anyNonZero(src.at, 12)).toBe(0);
});

test("fill writes n floats", () => {
  const dst = floats([0, 0, 0, 0, 0, 9]);
  kernels.fill(dst.at, 5, 2.5);
  expect([...dst.data]).toEqual([2.5, 2.5, 2.5, 2.5, 2.5, 9]);
});

describe("gae", () => {
  /** Rows of [step][4 lanes]; every lane has the same numbers. */
  const grid = (values: readonly number[]) => floats(values.flatMap((v) => [v, v, v, v]));
  const run = (steps: Record<"r" | "v" | "next" | "terminated" | "truncated", number[]>, gamma: number, lambda: number) => {
    const n = steps.r.length;
    const [advantage, target] = [grid(new Array(n).fill(0)), grid(new Array(n).fill(0))];
    const { r, v, next, terminated, truncated } = steps;
    const inputs = [r, v, next, terminated, truncated].map((values) => grid(values).at) as [
      number,
      number,
      number,
      number,
      number,
    ];
    kernels.gae(...inputs, advantage.at, target.at, 4, n, 0, 4, gamma, lambda);
    const lane = (data: Float32Array, l: number) => Array.from({ length: n }, (_, t) => data[4 * t + l]!);
    for (const l of [1, 2, 3]) expect(lane(advantage.data, l)).toEqual(lane(advantage.data, 0));
    return { advantage: lane(advantage.data, 0), target: lane(target.data, 0) };
  };

  test("a truncated step bootstraps from the value before the reset", () => {
    // delta1 = 1 + 0.5*4 - 2 = 1; delta0 = 1 + 0.5*2 - 2 = 0; A0 = 0 + 0.5*0.5*1 = 0.25
    const result = run({ r: [1, 1], v: [2, 2], next: [2, 4], terminated: [0, 0], truncated: [0, 1] }, 0.5, 0.5);
    expect(result).toEqual({ advantage: [0.25, 1], target: [2.25, 3] });
  });

  test("the recursion stops at both kinds of end, and a terminated step ignores even a NaN value", () => {
    // t3: 1 + 0.5*8 - 2 = 3; t2 terminated: 1 - 2 = -1; t1 truncated: 1 + 0.5*6 - 2 = 2; t0: 1 + 0.5*2 - 2 + 0.25*2 = 0.5
    const result = run(
      { r: [1, 1, 1, 1], v: [2, 2, 2, 2], next: [2, 6, Number.NaN, 8], terminated: [0, 0, 1, 0], truncated: [0, 1, 0, 0] },
      0.5,
      0.5,
    );
    expect(result.advantage).toEqual([0.5, 2, -1, 3]);
  });

  test("lambda 0 gives the one-step error, lambda 1 the discounted return minus the value", () => {
    const steps = {
      r: noise(10, 3),
      v: noise(10, 4),
      next: [...noise(10, 4).slice(1), 0.7],
      terminated: new Array(10).fill(0),
      truncated: new Array(10).fill(0),
    };
    const zero = run(steps, 0.9, 0).advantage;
    zero.forEach((a, t) => {
      expect(a).toBeCloseTo(steps.r[t]! + 0.9 * steps.next[t]! - steps.v[t]!, 6); // float32 result
    });
    let discounted = Math.fround(0.7);
    const one = run(steps, 0.9, 1).advantage;
    for (let t = 9; t >= 0; t--) {
      discounted = steps.r[t]! + 0.9 * discounted;
      expect(one[t]).toBeCloseTo(discounted - steps.v[t]!, 6);
    }
  });

  test("the advantage of a constant reward is 0 where the value is r / (1 - gamma)", () => {
    const five = (x: number) => new Array(5).fill(x);
    const result = run({ r: five(1), v: five(4), next: five(4), terminated: five(0), truncated: five(0) }, 0.75, 0.95);
    expect(result.advantage).toEqual(five(0));
  });
});

test("adam follows Kingma and Ba in float64 over 20 steps, with the gradient scaled", () => {
  const n = 8;
  const [p, m, v] = [floats(noise(n, 5)), floats(new Array(n).fill(0)), floats(new Array(n).fill(0))];
  const expected = { p: [...p.data], m: new Array(n).fill(0), v: new Array(n).fill(0) };
  for (let t = 1; t <= 20; t++) {
    const grad = floats(noise(n, 100 + t));
    const [c1, c2] = [1 - 0.9 ** t, 1 - 0.999 ** t];
    kernels.adam(p.at, m.at, v.at, grad.at, 0, 4, 3e-4, 0.9, 0.999, 1e-5, c1, c2, 0.3);
    kernels.adam(p.at, m.at, v.at, grad.at, 4, 4, 3e-4, 0.9, 0.999, 1e-5, c1, c2, 0.3);
    for (let i = 0; i < n; i++) {
      const g = 0.3 * grad.data[i]!;
      expected.m[i] = 0.9 * expected.m[i] + 0.1 * g;
      expected.v[i] = 0.999 * expected.v[i] + 0.001 * g * g;
      expected.p[i]! -= (3e-4 * (expected.m[i] / c1)) / (Math.sqrt(expected.v[i] / c2) + 1e-5);
    }
  }
  // Parameters near 1 have a float32 spacing of 6e-8; 20 steps round 20 times.
  for (let i = 0; i < n; i++) expect(Math.abs(p.data[i]! - expected.p[i]!)).toBeLessThan(1.2e-6);
});

test("a learning rate of zero leaves the parameters' bits alone", () => {
  const p = floats(noise(8, 6));
  const before = Float32Array.from(p.data);
  const [m, v, grad] = [floats(new Array(8).fill(0)), floats(new Array(8).fill(0)), floats(noise(8, 7))];
  kernels.adam(p.at, m.at, v.at, grad.at, 0, 8, 0, 0.9, 0.999, 1e-5, 0.1, 0.001, 1);
  expect(p.data).toEqual(before);
});
