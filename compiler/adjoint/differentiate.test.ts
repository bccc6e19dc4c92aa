import fc from "fast-check";
import { expect, test } from "vitest";
import { emitJs } from "../js/emit-js.js";
import { clamp } from "../primitives.js";
import type { RecordBinding } from "../schema.js";
import { buildProgram } from "../trace/build-program.js";
import { differentiate } from "./differentiate.js";

const number = { unit: "1", doc: "" };
const x: RecordBinding = { name: "x", kind: "lane", fields: { a: number, b: number, c: { unit: "1", doc: "", length: 2 } } };
const y: RecordBinding = { name: "y", kind: "lane", fields: { loss: number } };
const d: RecordBinding = { name: "d", kind: "lane", fields: { a: number, b: number, c: { unit: "1", doc: "", length: 2 } } };
const wrt = ["a", "b", "c"].map((field) => ({ record: "x", field }));

/** Value and gradient of the expression `text` of x.a, x.b, x.c[0], x.c[1]. */
function gradient(text: string, point: readonly number[]): { readonly value: number; readonly slopes: readonly number[] } {
  const step = new Function("x", "y", "u", `y.loss = ${text};`) as () => void;
  const program = buildProgram({ name: "loss", uses: { clamp }, step, records: [x, y] });
  const both = differentiate(program, { output: { record: "y", field: "loss" }, wrt, into: d });
  const views = [Float64Array.from(point), new Float64Array(1), new Float64Array(4)];
  emitJs(both, { capacity: 1 }).run(0, 1, views);
  return { value: views[1]![0]!, slopes: [...views[2]!] };
}

test("the derivative of each operation is the textbook one", () => {
  const at = [0.7, -1.3, 2, 0.25];
  const slope = (text: string, i = 0): number => gradient(text, at).slopes[i] as number;
  const close = (got: number, want: number): void => expect(got).toBeCloseTo(want, 13);
  close(slope("x.a * x.b + x.a"), -0.3);
  close(slope("x.a / x.b", 1), -0.7 / 1.69);
  close(slope("Math.exp(2 * x.a)"), 2 * Math.exp(1.4));
  close(slope("Math.log(x.a)"), 1 / 0.7);
  close(slope("Math.sqrt(x.a)"), 0.5 / Math.sqrt(0.7));
  close(slope("Math.tanh(x.a)"), 1 - Math.tanh(0.7) ** 2);
  close(slope("Math.sin(x.a) * Math.cos(x.a)"), Math.cos(1.4));
  close(slope("Math.abs(x.b)", 1), -1);
  close(slope("x.c[0] ** 3", 2), 12);
  close(slope("x.a ** x.c[0]", 2), 0.7 ** 2 * Math.log(0.7));
  close(slope("Math.floor(x.a) + Math.sign(x.b) + x.a"), 1);
  close(slope("Math.max(x.a, x.b)"), 1);
  close(slope("Math.max(x.a, x.b)", 1), 0);
  close(slope("Math.min(x.a, x.b, x.c[1])", 1), 1);
  close(slope("u.clamp(x.a, 0, 1) + u.clamp(x.c[0], 0, x.a)"), 2);
  close(slope("u.clamp(x.c[0], 0, 1)", 2), 0);
  close(slope("x.a > 0 ? x.c[1] : x.b", 3), 1);
});

test("a side that is not taken adds nothing even where its own slope is infinite", () => {
  expect(gradient("x.a > 0 ? Math.sqrt(x.a) : x.b", [0, 1, 0, 0]).slopes).toEqual([0, 1, 0, 0]);
  expect(gradient("x.a > 0 ? Math.log(x.a) * 2 / x.a : x.b", [0, 1, 0, 0]).slopes).toEqual([0, 1, 0, 0]);
  expect(gradient("x.a > 0 ? 1 / x.a : 3 * x.b", [0, 1, 0, 0]).slopes).toEqual([0, 3, 0, 0]);
});

const leaf = fc.constantFrom("x.a", "x.b", "x.c[0]", "x.c[1]", "0.5", "2");
const smooth = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    leaf,
    fc.tuple(tie("expression"), fc.constantFrom("+", "-", "*"), tie("expression")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `(${a} / (1 + ${b} * ${b}))`),
    fc.tuple(fc.constantFrom("tanh", "sin", "cos"), tie("expression")).map(([name, a]) => `Math.${name}(${a})`),
    tie("expression").map((a) => `Math.exp(Math.tanh(${a}))`),
    tie("expression").map((a) => `Math.log(2 + Math.sin(${a}))`),
    tie("expression").map((a) => `Math.sqrt(1 + (${a}) ** 2)`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `Math.max(${a}, ${b})`),
    fc.tuple(leaf, tie("expression"), tie("expression")).map(([c, a, b]) => `(${c} > 0.1 ? ${a} : ${b})`),
  ),
})).expression;

test("derivatives of random expressions agree with central differences", () => {
  const coordinate = fc.double({ min: -1.5, max: 1.5, noNaN: true });
  const point = fc.tuple(coordinate, coordinate, coordinate, coordinate);
  let compared = 0;
  fc.assert(
    fc.property(smooth, point, (text, at) => {
      const { slopes } = gradient(text, at);
      const f = new Function("x", `return ${text}`) as (x: unknown) => number;
      const value = (p: readonly number[]): number => f({ a: p[0], b: p[1], c: [p[2], p[3]] });
      for (let i = 0; i < 4; i++) {
        const shifted = (h: number): number => value(at.map((v, j) => (j === i ? v + h : v)));
        const h = 1e-5;
        const central = (shifted(h) - shifted(-h)) / (2 * h);
        const forward = (shifted(h) - shifted(0)) / h;
        const backward = (shifted(0) - shifted(-h)) / h;
        // Kinks and jumps have one-sided slopes that differ; very large values leave no digits for the difference.
        if (Math.abs(forward - backward) > 1e-3 * (1 + Math.abs(central)) || Math.abs(value(at)) > 1e3) continue;
        compared += 1;
        // Truncation is about h^2 times the third derivative, rounding about 1e-16 * 1e3 / h.
        expect(Math.abs((slopes[i] as number) - central)).toBeLessThan(1e-4 * (1 + Math.abs(central)));
      }
    }),
    { numRuns: 300, seed: 7 },
  );
  expect(compared).toBeGreaterThan(800);
});

test("values before the step are used where the program overwrites them", () => {
  const step = (x: Record<string, number>, y: Record<string, number>): void => {
    y["loss"] = x["a"]! * x["a"]!;
    x["a"] = 100;
  };
  const program = buildProgram({ name: "loss", uses: {}, step, records: [x, y] });
  const both = differentiate(program, { output: { record: "y", field: "loss" }, wrt, into: d });
  const views = [Float64Array.of(3, 0, 0, 0), new Float64Array(1), new Float64Array(4)];
  emitJs(both, { capacity: 1 }).run(0, 1, views);
  expect([...views[1]!, ...views[2]!, views[0]![0]]).toEqual([9, 6, 0, 0, 0, 100]);
});

test("a loop that is too long to be written out is followed backwards", () => {
  const text = "let t = 0; for (let i = 0; i < 9000; i++) t = Math.sin(t + x.a); y.loss = t;";
  const program = buildProgram({
    name: "long",
    uses: {},
    step: new Function("x", "y", "u", text) as () => void,
    records: [x, y],
  });
  const both = differentiate(program, { output: { record: "y", field: "loss" }, wrt, into: d });
  const [value, slopes] = [new Float64Array(1), new Float64Array(4)];
  const tape = new Float64Array(both.records.at(-1)!.size);
  emitJs(both, { capacity: 1 }).run(0, 1, [Float64Array.of(0.3, 0, 0, 0), value, slopes, tape]);
  // d sin(t + a) = cos(t + a) (1 + dt), carried along with t.
  let [t, slope] = [0, 0];
  for (let i = 0; i < 9000; i++) [t, slope] = [Math.sin(t + 0.3), Math.cos(t + 0.3) * (1 + slope)];
  expect(value[0]).toBeCloseTo(t, 14);
  expect(slopes[0]).toBeCloseTo(slope, 12);
  expect([...slopes.subarray(1)]).toEqual([0, 0, 0]);
});

test("unknown fields and records of another size are refused", () => {
  const output = { record: "y", field: "loss" };
  const step = new Function("x", "y", "u", "y.loss = x.a;") as () => void;
  const program = buildProgram({ name: "short", uses: {}, step, records: [x, y] });
  expect(() => differentiate(program, { output: { record: "y", field: "los" }, wrt, into: d })).toThrow("no field los");
  expect(() => differentiate(program, { output, wrt: wrt.slice(1), into: d })).toThrow("3 elements");
  expect(() => differentiate(program, { output: { record: "x", field: "b" }, wrt, into: d })).toThrow("x.b is not assigned");
});
