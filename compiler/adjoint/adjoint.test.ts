import { describe, expect, test } from "vitest";
import { randomProgram } from "../../test/support/random-program.js";
import { emitJs } from "../js/emit-js.js";
import { clamp } from "../primitives.js";
import { buildProgram } from "../trace/build-program.js";
import { type AdjointOptions, adjoint } from "./adjoint.js";
import type { ClampSlopes } from "./derivative-rules.js";

describe("random programs of loops, branches, arrays and locals", () => {
  test("derivatives agree with central differences", () => {
    let compared = 0;
    for (let seed = 0; seed < 400; seed++) {
      const program = randomProgram(seed);
      const draw = (i: number) => 0.3 + 1.4 * Math.abs(Math.sin(seed * 7.3 + i * 1.7));
      const start = Float64Array.from({ length: 10 }, (_, i) => draw(i));
      const common = Float64Array.from([draw(11), draw(12), 2, 0.5, 1.5, 0.7, 1.1, 0.9, 1.3]);
      const weights = Float64Array.from({ length: 10 }, (_, i) => draw(20 + i));
      const kernel = emitJs(program, { capacity: 1 });
      const value = (s: Float64Array): number => {
        const after = s.slice();
        kernel.run(0, 1, [after, common, Float64Array.of(5, 9)]);
        return after.reduce((sum, x, i) => sum + x * weights[i]!, 0);
      };
      const back = adjoint(program, { wrt: ["s"] });
      const slopes = weights.slice();
      const tape = new Float64Array(back.records.at(-1)!.size);
      emitJs(back, { capacity: 1 }).run(0, 1, [start.slice(), common, Float64Array.of(5, 9), slopes, tape]);
      if (!(Math.abs(value(start)) < 1e6)) continue;
      for (const i of start.keys()) {
        const difference = (h: number) => (value(moved(start, i, h)) - value(moved(start, i, -h))) / (2 * h);
        const [fine, coarse] = [difference(1e-6), difference(2e-6)];
        // At kinks and jumps the differences depend on their distance.
        if (!Number.isFinite(fine) || Math.abs(fine - coarse) > 1e-6 * (1 + Math.abs(fine))) continue;
        compared++;
        // Values up to 1e6 leave about ten digits, of which a difference over 1e-6 keeps four.
        const message = `seed ${seed}, element ${i}: ${slopes[i]} against ${fine}`;
        expect(Math.abs(slopes[i]! - fine), message).toBeLessThan(1e-4 * (1 + Math.abs(fine)));
      }
    }
    expect(compared).toBeGreaterThan(2500);
  });
});

/** d value / d x.a, and the derivative that `options` make of it, of a function of x.a and x.b that writes x.a. */
function slopesOf(text: string, at: readonly number[], options: Omit<AdjointOptions, "wrt"> = {}): readonly number[] {
  const fields = { a: { unit: "1", doc: "" }, b: { unit: "1", doc: "" } };
  const step = new Function("x", "u", text) as () => void;
  const program = buildProgram({ name: "step", uses: { clamp }, step, records: [{ name: "x", kind: "lane", fields }] });
  const slopes = Float64Array.of(1, 0);
  const back = adjoint(program, { wrt: ["x"], ...options });
  emitJs(back, { capacity: 1 }).run(0, 1, [Float64Array.from(at), slopes, new Float64Array(1)]);
  return [...slopes];
}

describe("clamps that pass on what is a little outside of their bounds", () => {
  const slope = (text: string, a: number, clamps: ClampSlopes) => slopesOf(text, [a, 0], { clamps })[0];
  const rising = "x.a = u.clamp(x.a, -1, 1);";
  const falling = "x.a = -u.clamp(x.a, -1, 1);";
  const places = [-3, -1.2, -1, 0, 1, 1.2, 3];
  test("let a value that was pushed further out find its way back, and no further out", () => {
    expect(places.map((a) => slope(rising, a, { beyond: 0.5 }))).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(places.map((a) => slope(falling, a, { beyond: 0.5 }))).toEqual([0, -1, -1, -1, -1, -1, -1]);
    expect(places.map((a) => slope(rising, a, { beyond: 0 }))).toEqual([1, 1, 1, 1, 0, 0, 0]);
  });

  test("are not the derivative outside of the bounds, and are it inside", () => {
    expect(places.map((a) => slope(rising, a, "exact"))).toEqual([0, 0, 1, 1, 1, 0, 0]);
    expect(places.map((a) => slope(falling, a, "exact"))).toEqual([0, 0, -1, -1, -1, 0, 0]);
  });

  test("take the mean of noise for 0 on a bound, where without a margin the half of it that points inwards is left", () => {
    const noise = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 1 : -1) * (1 + (i % 7)));
    const mean = (beyond: number) => {
      const slopes = noise.map((n) => slope(`x.a = ${n} * u.clamp(x.a, -1, 1);`, -1, { beyond })!);
      return slopes.reduce((sum, value) => sum + value, 0) / noise.length;
    };
    const signed = noise.reduce((sum, value) => sum + value, 0) / noise.length;
    expect(mean(0.5)).toBeCloseTo(signed, 12);
    expect(mean(0)).toBeGreaterThan(1.5);
  });
});

describe("a smoothed jump", () => {
  const jump = "x.a = 2 * (x.a - x.b >= 0.5 ? 3 : 1);";
  const smooth = (d: number, width: number) => 2 * (1 + 2 / (1 + Math.exp(-(d - 0.5) / width)));

  test("has the slope of a logistic curve of its width; without it the slope is 0", () => {
    for (const d of [-0.4, 0.3, 0.5, 0.62, 2]) {
      const [a, b] = slopesOf(jump, [d + 0.2, 0.2], { jumps: { "x.a": 0.1 } });
      const expected = (smooth(d + 1e-5, 0.1) - smooth(d - 1e-5, 0.1)) / 2e-5;
      expect(a).toBeCloseTo(expected, 6);
      expect(b).toBeCloseTo(-expected, 6);
      expect(slopesOf(jump, [d + 0.2, 0.2])).toEqual([0, 0]);
    }
  });

  test("is, on average over where the comparison falls, the slope of the average of the jump", () => {
    // The mean of the jump over logistic noise of the width is the logistic curve: bundled gradients without the noise.
    const count = 20_000;
    const noise = Array.from({ length: count }, (_, i) => 0.1 * Math.log((i + 0.5) / (count - i - 0.5)));
    const mean = (a: number) => noise.reduce((sum, n) => sum + 2 * (a + n >= 0.5 ? 3 : 1), 0) / count;
    const bundled = (mean(0.62 + 0.01) - mean(0.62 - 0.01)) / 0.02;
    const [a] = slopesOf(jump, [0.62, 0], { jumps: { "x.a": 0.1 } });
    expect(Math.abs(a! / bundled - 1)).toBeLessThan(0.01);
  });

  test("is found behind &&, || and !, as that of independent events", () => {
    const truth = (d: number, width: number) => 1 / (1 + Math.exp(-d / width));
    const step = "x.a = (x.a > 1 || (x.b <= 2 && !(x.a < 0.5))) ? 4 : 3;";
    const soft = (a: number, b: number) => {
      const both = truth(2 - b, 0.2) * (1 - truth(0.5 - a, 0.2));
      const one = truth(a - 1, 0.2);
      return 3 + one + both - one * both;
    };
    for (const [a, b] of [
      [0.4, 2.1],
      [1.1, 1.8],
      [0.7, 2.5],
    ] as const) {
      const [byA, byB] = slopesOf(step, [a, b], { jumps: { "x.a": 0.2 } });
      expect(byA).toBeCloseTo((soft(a + 1e-5, b) - soft(a - 1e-5, b)) / 2e-5, 6);
      // x.b is kept as it is: its derivative is that of x.a alone here.
      expect(byB).toBeCloseTo((soft(a, b + 1e-5) - soft(a, b - 1e-5)) / 2e-5, 6);
    }
  });

  describe("of a flag", () => {
    // A flag that holds itself up to 0.8 once it is on, and takes 5 from what is earned while it is on.
    const step = "x.b = x.b > 0.5 ? (x.a < 0.8 ? 1 : 0) : (x.a < 0.3 ? 1 : 0); x.a = x.b > 0.5 ? x.a - 5 : 2 * x.a;";
    const options = { jumps: { "x.b": 0.1 } };
    const truth = (d: number) => 1 / (1 + Math.exp(-d / 0.1));

    test("knows what the flag would change: the difference between its two sides", () => {
      const bell = (d: number) => (truth(d) * (1 - truth(d))) / 0.1;
      const [byA, byB] = slopesOf(step, [0.35, 0], options);
      const height = 0.35 - 5 - 2 * 0.35;
      expect(byA).toBeCloseTo(2 - bell(0.3 - 0.35) * height, 6);
      // If it had been on, it would still be.
      expect(byB).toBeCloseTo(height * (1 - 0), 6);
      expect(slopesOf(step, [0.35, 0])).toEqual([2, 0]);
    });

    test("is what the average over noise is, to a tenth", () => {
      const count = 20_000;
      const noise = Array.from({ length: count }, (_, i) => 0.1 * Math.log((i + 0.5) / (count - i - 0.5)));
      const mean = (a: number) => noise.reduce((sum, n) => sum + (a + n < 0.3 ? a - 5 : 2 * a), 0) / count;
      const [byA] = slopesOf(step, [0.35, 0], options);
      // The derivative takes the side that the flag is on for the rest: 2 instead of the mean of 2 and 1.
      expect(Math.abs(byA! / ((mean(0.36) - mean(0.34)) / 0.02) - 1)).toBeLessThan(0.1);
    });
  });

  test.each([
    ["x.c", 0.1, "step has no field x.c"],
    ["x.b", 0.1, "x.b of step has no jump"],
    ["x.a", 0, "the width of jump x.a is 0"],
    ["x.a", Number.NaN, "the width of jump x.a is NaN"],
  ])("%s with width %f is refused", (path, width, message) => {
    expect(() => slopesOf(jump, [1, 0], { jumps: { [path]: width } })).toThrow(message);
  });
});

describe("what is worth nothing by itself", () => {
  // c is earned from b, b is moved by c; a and d only take note of them.
  const fields = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, { unit: "1", doc: "" }]));
  const text = "x.a = Math.sin(x.c) * x.a; x.d = x.d + Math.exp(x.b); x.c = x.b * x.c; x.b = x.b > 0.5 ? x.c * x.c : x.b;";
  const step = new Function("x", text) as () => void;
  const program = buildProgram({ name: "step", uses: {}, step, records: [{ name: "x", kind: "lane", fields }] });
  const slopes = (seeds?: readonly string[]) => {
    const back = adjoint(program, { wrt: ["x"], ...(seeds ? { seeds } : {}) });
    const derivatives = Float64Array.of(0, 0, 1, 0);
    for (let day = 0; day < 3; day++)
      emitJs(back, { capacity: 1 }).run(0, 1, [Float64Array.of(0.4, 0.9, 1.3, 2), derivatives, new Float64Array(1)]);
    return { size: back.nodes.length, derivatives };
  };

  test("is left out, and a chain of runs has the same derivatives", () => {
    const [all, live] = [slopes(), slopes(["x.c"])];
    expect(live.derivatives).toEqual(all.derivatives);
    expect(live.derivatives[1]).not.toBe(0);
    expect(live.size).toBeLessThan(0.8 * all.size);
    expect(slopes(["x"])).toEqual(all);
  });

  test("must be named right", () => {
    expect(() => slopes(["x.e"])).toThrow("step has no field x.e");
    expect(() => slopes(["y"])).toThrow("step has no field y");
  });
});

test("a record that is not there or the same for all lanes has no derivatives", () => {
  const program = randomProgram(1);
  expect(() => adjoint(program, { wrt: ["q"] })).toThrow("sample has no record q");
  expect(() => adjoint(program, { wrt: ["p"] })).toThrow("p is the same for all lanes");
});

function moved(values: Float64Array, element: number, by: number): Float64Array {
  const copy = values.slice();
  copy[element]! += by;
  return copy;
}
