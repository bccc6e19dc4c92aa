import { describe, expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { irBuilder, PLAIN } from "../../test/support/ir-fixture.js";
import { runWasm } from "../../test/support/wasm-run.js";
import type { Node, Op, ValueType } from "../ir/program.js";
import { clamp } from "../primitives.js";

const { NaN: NAN, POSITIVE_INFINITY: INF } = Number;
const TINY = 2 ** -149;
const ODD = [0, -0, 1, -1, 0.5, -2.5, 3, 1e-30, -1e-30, TINY, -TINY, 3e38, -3e38, INF, -INF, NAN].map(Math.fround);
const pairs = ODD.flatMap((a) => ODD.map((b) => [a, b] as const));

/** Values of an expression of lane inputs, for each row of `rows`. Truth values come back as 1 and 0. */
function evaluate(
  rows: readonly (readonly number[])[],
  build: (ir: ReturnType<typeof irBuilder>, inputs: readonly Node[]) => Node,
  inputType: ValueType = "f",
): number[] {
  const capacity = Math.ceil(rows.length / 4) * 4;
  const width = (rows[0] as readonly number[]).length;
  const ir = irBuilder();
  const inputs = Array.from({ length: width }, (_, slot) => ir.load("x", slot, { type: inputType }));
  const built = build(ir, inputs);
  const node = built.type === "b" ? ir.add({ kind: "select" }, "f", built, ir.constant(1), ir.constant(0)) : built;
  const records = [
    { name: "x", kind: "lane", size: width },
    { name: "y", kind: "lane", size: 1 },
  ] as const;
  const program = ir.program(records, [{ kind: "store", record: "y", slot: 0, node }]);
  const x = new Array<number>(width * capacity).fill(0);
  rows.forEach((row, i) => {
    for (let k = 0; k < width; k++) x[k * capacity + i] = row[k] as number;
  });
  const memory = { x, y: new Array<number>(capacity).fill(0) };
  const whole = { x: inputType === "u" ? [...inputs.keys()] : [], y: node.type === "u" ? [0] : [] };
  runWasm(program, memory, { capacity, last: rows.length, whole });
  return memory.y.slice(0, rows.length);
}

const apply = (op: Op, type: ValueType, rows: readonly (readonly number[])[], inputType: ValueType = "f") =>
  evaluate(rows, (ir, inputs) => ir.add(op, type, ...inputs), inputType);
const plain = (name: string, rows: readonly (readonly number[])[]) =>
  rows.map(([a, b]) => Number((PLAIN[name] as (a: number, b: number) => unknown)(a as number, b as number)));

describe("operations that are exact or rounded once agree with JS bit for bit", () => {
  test.each(["neg", "abs", "floor", "sign", "sqrt", "units"] as const)("%s", (kind) => {
    const rows = [...ODD, 2.5, -0.5, 123456.7, 1 - 2 ** -24].map((a) => [Math.fround(a)]);
    expect(apply({ kind }, "f", rows)).toEqual(plain(kind, rows));
  });

  test.each(["add", "sub", "mul", "div"] as const)("%s", (kind) => {
    expect(apply({ kind }, "f", pairs)).toEqual(plain(kind, pairs));
  });

  test.each(["lt", "le", "gt", "ge", "eq", "ne"] as const)("%s, false for NaN except ne", (kind) => {
    expect(apply({ kind }, "b", pairs)).toEqual(plain(kind, pairs));
  });

  test.each(["min", "max"] as const)("%s of variables and constants, NaN where either is, a zero of either sign", (kind) => {
    const signless = (values: readonly number[]) => values.map((value) => value + 0);
    expect(signless(apply({ kind }, "f", pairs))).toEqual(signless(plain(kind, pairs)));
    const rows = ODD.map((a) => [a]);
    for (const limit of ODD) {
      const expected = signless(
        plain(
          kind,
          ODD.map((a) => [a, limit]),
        ),
      );
      const onRight = evaluate(rows, (ir, [x]) => ir.add({ kind }, "f", x as Node, ir.constant(limit)));
      const onLeft = evaluate(rows, (ir, [x]) => ir.add({ kind }, "f", ir.constant(limit), x as Node));
      expect([signless(onRight), signless(onLeft)]).toEqual([expected, expected]);
    }
  });

  test("and, or, not, select and truth constants", () => {
    const rows = [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]; // prettier-ignore
    const truth = (ir: ReturnType<typeof irBuilder>, x: Node) => ir.add({ kind: "gt" }, "b", x, ir.constant(0));
    const combine = (kind: "and" | "or") =>
      evaluate(rows, (ir, [a, b]) => ir.add({ kind }, "b", truth(ir, a as Node), truth(ir, b as Node)));
    expect(combine("and")).toEqual([0, 0, 0, 1]);
    expect(combine("or")).toEqual([0, 1, 1, 1]);
    expect(evaluate(rows, (ir, [a]) => ir.add({ kind: "not" }, "b", truth(ir, a as Node)))).toEqual([1, 1, 0, 0]);
    expect(evaluate(rows, (ir) => ir.add({ kind: "bool", value: true }, "b"))).toEqual([1, 1, 1, 1]);
    const pick = (yes: number, no: number) =>
      evaluate(rows, (ir, [a]) => ir.add({ kind: "select" }, "f", truth(ir, a as Node), ir.constant(yes), ir.constant(no)));
    expect(pick(5, 7)).toEqual([7, 7, 5, 5]);
    expect(pick(5, 0)).toEqual([0, 0, 5, 5]);
    expect(pick(0, 7)).toEqual([7, 7, 0, 0]);
    expect(pick(NAN, -0)).toEqual([-0, -0, NAN, NAN]);
  });
});

describe("words", () => {
  const words = [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 1664525, 0xdeadbeef, 511, 512];
  const rows = words.flatMap((a) => words.map((b) => [a, b] as const));

  test.each(["uadd", "umul", "uxor", "uand"] as const)("%s is modulo 2^32", (kind) => {
    expect(apply({ kind }, "u", rows, "u")).toEqual(plain(kind, rows));
  });

  test.each(["ueq", "ult"] as const)("%s compares unsigned", (kind) => {
    expect(apply({ kind }, "b", rows, "u")).toEqual(plain(kind, rows));
  });

  test("ushr, floatFromWord and unitInterval", () => {
    const single = words.map((a) => [a]);
    expect(apply({ kind: "ushr", bits: 7 }, "u", single, "u")).toEqual(words.map((a) => a >>> 7));
    expect(apply({ kind: "floatFromWord" }, "f", single, "u")).toEqual(plain("floatFromWord", single));
    expect(apply({ kind: "unitInterval" }, "f", single, "u")).toEqual(plain("unitInterval", single));
  });

  test("uniform4 of 100,000 keys is bit-identical in all four components", () => {
    const keys = Array.from({ length: 100_000 }, (_, i) => [
      Math.imul(i, 2654435761) >>> 0,
      i,
      i % 3650,
      (0x10000000 + i * 7) >>> 0,
    ]);
    const names = ["a", "b", "c", "d"] as const;
    for (const component of [0, 1, 2, 3] as const) {
      const results = evaluate(
        keys,
        (ir, inputs) => ir.add({ kind: "unitInterval" }, "f", ir.add({ kind: "pcg4d", component }, "u", ...inputs)),
        "u",
      );
      const name = names[component] as "a";
      const wrong = keys.findIndex(([a, b, c, d], i) => uniform4(a!, b!, c!, d!)[name] !== results[i]);
      expect(wrong).toBe(-1);
    }
  });
});

describe("clamp", () => {
  const clampTo = (rows: readonly (readonly number[])[], low: number, high: number, safe: number | "low" | "high") =>
    evaluate(rows, (ir, [x]) => {
      const [lowNode, highNode] = [ir.constant(low), ir.constant(high)];
      const safeNode = safe === "low" ? lowNode : safe === "high" ? highNode : ir.constant(safe);
      return ir.add({ kind: "clamp" }, "f", x as Node, lowNode, highNode, safeNode);
    });

  test("between constants: as in JS, a NaN becomes the safe value", () => {
    const rows = ODD.map((a) => [a]);
    for (const [low, high] of [
      [-1, 2],
      [0.25, 0.75],
      [-INF, 3],
      [1, INF],
    ] as const) {
      expect(clampTo(rows, low, high, "low")).toEqual(ODD.map((x) => clamp(x, low, high)));
      expect(clampTo(rows, low, high, "high")).toEqual(ODD.map((x) => clamp(x, low, high, high)));
      expect(clampTo(rows, low, high, 1.5)).toEqual(ODD.map((x) => clamp(x, low, high, 1.5)));
    }
  });

  test("a zero may change its sign at a bound of 0, nothing else differs", () => {
    const rows = ODD.map((a) => [a]);
    expect(clampTo(rows, 0, 1, "low").map((x) => x + 0)).toEqual(ODD.map((x) => clamp(x, 0, 1) + 0));
  });

  test("between variable bounds: as in JS, crossed and NaN bounds included", () => {
    const rows = ODD.flatMap((x) =>
      [-1, 0, 2, NAN].flatMap((low) => [-2, 0, 2, INF, NAN].map((high) => [x, low, high] as const)),
    );
    const build = (ir: ReturnType<typeof irBuilder>, [x, low, high]: readonly Node[], safe?: Node) =>
      ir.add({ kind: "clamp" }, "f", x as Node, low as Node, high as Node, safe ?? (low as Node));
    const signless = (values: readonly number[]) => values.map((value) => value + 0);
    expect(signless(evaluate(rows, build))).toEqual(signless(rows.map(([x, low, high]) => clamp(x, low, high))));
    expect(signless(evaluate(rows, (ir, inputs) => build(ir, inputs, ir.constant(9))))).toEqual(
      signless(rows.map(([x, low, high]) => clamp(x, low, high, 9))),
    );
  });
});

describe("pow", () => {
  const bases = [0, 0.3, 1, 2, 7.5, 1e-3, 1e4].map(Math.fround);
  const closeTo = (results: readonly number[], exact: readonly number[], relative: number) =>
    results.forEach((result, i) => {
      const expected = exact[i] as number;
      if (Number.isFinite(expected)) expect(Math.abs(result - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
      else expect(result).toBe(expected);
    });

  test("by small constants it is products and roots, also of negative bases where JS has a value", () => {
    // At most 6 roundings of 2^-24 each.
    for (const y of [0, 1, 2, 3, 4, 5, 7, 8, -1, -2, -3, 0.5, 1.5, -0.5, 0.25, 0.75, 2.25]) {
      const rows = (Number.isInteger(y) ? [...bases, -2, -0.5, INF] : [...bases, INF, -0]).map((x) => [x]);
      const results = evaluate(rows, (ir, [x]) => ir.add({ kind: "pow" }, "f", x as Node, ir.constant(y)));
      closeTo(
        results,
        rows.map(([x]) => (x as number) ** y),
        6 * 2 ** -24,
      );
    }
    const ofNegative = evaluate([[-4]], (ir, [x]) => ir.add({ kind: "pow" }, "f", x as Node, ir.constant(0.5)));
    expect(ofNegative).toEqual([NAN]);
  });

  test("otherwise it is exp(y log x): errors grow with |y log x|, zero base and zero exponent are exact", () => {
    const rows = bases.flatMap((x) => [-3.3, -1, 0, 0.1, 2.7].map((y) => [x, Math.fround(y)] as const));
    // The error of y log x, at most 30 here, is relative to its size.
    closeTo(
      apply({ kind: "pow" }, "f", rows),
      rows.map(([x, y]) => x ** y),
      40 * 2 ** -23,
    );
    expect(
      apply({ kind: "pow" }, "f", [
        [NAN, 0],
        [-2, 0.3],
        [INF, 1],
        [INF, -1],
        [NAN, 1],
      ]),
    ).toEqual([1, NAN, INF, 0, NAN]); // prettier-ignore
    const constantExponent = evaluate(
      bases.map((x) => [x]),
      (ir, [x]) => ir.add({ kind: "pow" }, "f", x as Node, ir.constant(0.3)),
    );
    closeTo(
      constantExponent,
      bases.map((x) => x ** 0.3),
      20 * 2 ** -23,
    );
  });
});
