import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clamp } from "../primitives.js";
import type { RecordBinding } from "../schema.js";
import { layoutRecord } from "../schema.js";
import { buildProgram } from "../trace/build-program.js";
import { findHazards, reachableMemory } from "./hazards.js";
import { ANY, type Interval, interval, widen } from "./interval.js";
import { type IntervalMemory, walkProgram } from "./interval-walk.js";

const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: number, y: number, w: { ...number, length: 4 } } },
  { name: "p", kind: "lane", fields: { a: number, b: number } },
];

/** A step from text, as a user's function would be. */
function compile(body: string, uses: object = {}) {
  const step = new Function("s", "p", "u", body) as (...args: never[]) => unknown;
  return buildProgram({ name: "step", step, uses: { clamp, ...uses }, records: RECORDS });
}

function makeMemory(values: Readonly<Record<string, Interval>>): IntervalMemory {
  const slots = RECORDS.map((record): [string, Interval[]] => {
    const made: Interval[] = [];
    for (const [name, slot] of layoutRecord(record).slots) {
      for (let i = 0; i < (record.fields[name]!.length ?? 1); i++) made[slot + i] = values[name] ?? interval(0, 1);
    }
    return [record.name, made];
  });
  return new Map(slots);
}

/** Expressions of the operations that may get a bad operand. */
function listHazards(body: string, values: Readonly<Record<string, Interval>>, uses?: object): readonly string[] {
  return findHazards(compile(body, uses), makeMemory(values)).map(({ origin }) => origin.text);
}

describe("findHazards", () => {
  const a = (low: number, high: number) => ({ a: interval(low, high), b: interval(1, 2), x: ANY, y: ANY });

  test.each([
    ["s.x = 1 / p.a;", a(0, 5), ["1 / p.a"]],
    ["s.x = 1 / p.a;", a(0.1, 5), []],
    ["s.x = 1 / p.a;", a(-1, 5), ["1 / p.a"]],
    ["s.x = 1 / (p.a - p.b);", a(0, 5), ["1 / (p.a - p.b)"]],
    ["s.x = 1 / (p.a + p.b);", a(0, 5), []],
    ["s.x /= 1 - p.a;", a(0, 1), ["s.x /= 1 - p.a"]],
    ["s.x = 1 / Math.max(p.a, 0.01);", a(0, 5), []],
    ["s.x = 1 / Math.exp(s.y);", a(0, 5), []],
    ["s.x = s.y / Math.sqrt(1 + s.y * s.y);", a(0, 5), []],
    ["s.x = 1 / u.clamp(s.y, 0, 1);", a(0, 5), ["1 / u.clamp(s.y, 0, 1)"]],
    // Nothing is known of the state: the play has to find it.
    ["s.x = 1 / s.y;", a(0, 5), []],
    // Both sides of 0 only because p.a is taken for two numbers.
    ["s.x = 1 / (p.b - 0.9 * p.b);", a(0, 5), []],
    ["s.x = 1 / u.NOTHING;", a(0, 5), ["1 / u.NOTHING"]],
  ])("%s", (body, values, expected) => {
    expect(listHazards(body, values, { NOTHING: 0 })).toEqual(expected);
  });

  test.each([
    "s.x = p.a > 0 ? 1 / p.a : 0;",
    "s.x = p.a === 0 ? 0 : 1 / p.a;",
    "s.x = 0 < p.a ? 3 * (1 / p.a) : 7;",
    "s.x = s.y > 2 && p.a >= 0.5 ? 1 / p.a : 0;",
    "s.x = s.y > 2 || p.a <= 0 ? 0 : 1 / p.a;",
    "s.x = 0; if (p.a > 0.1) s.x = s.x + 1 / p.a;",
    "s.x = 1 / (p.a > 1 ? p.a : 1);",
    "s.x = p.a > p.b ? 1 / p.a : 1;",
  ])("a condition that keeps the divisor off 0 is seen: %s", (body) => {
    expect(listHazards(body, { a: interval(0, 5), b: interval(0, 1) })).toEqual([]);
  });

  test.each([
    "s.x = p.a >= 0 ? 1 / p.a : 0;",
    "s.x = p.b > 0 ? 1 / p.a : 0;",
    "s.x = p.a > 0 ? 0 : 1 / p.a;",
    "s.x = s.y > 2 || p.a > 0 ? 1 / p.a : 0;",
    "const q = 1 / p.a; s.y = q; s.x = p.a > 0 ? q : 0;",
  ])("a condition that does not is not taken for one: %s", (body) => {
    expect(listHazards(body, { a: interval(0, 5), b: interval(0, 1) })).toEqual(["1 / p.a"]);
  });

  test.each([
    ["s.x = Math.log(p.a);", a(0, 5), ["Math.log(p.a)"]],
    ["s.x = Math.log(p.a);", a(0.1, 5), []],
    ["s.x = Math.log(p.a - 1);", a(0.5, 3), ["Math.log(p.a - 1)"]],
    ["s.x = u.clamp(Math.exp(Math.log(p.a - 1)), 0, 1);", a(0.5, 3), ["Math.log(p.a - 1)"]],
    ["s.x = Math.log(-1 - s.y * s.y);", a(0, 5), ["Math.log(-1 - s.y * s.y)"]],
    ["s.x = Math.log(Math.max(s.y, 0.02));", a(0, 5), []],
    ["s.x = Math.log(Math.max(s.y, 0));", a(0, 5), ["Math.log(Math.max(s.y, 0))"]],
    // Nothing is known of the state, and p.b is taken for two numbers.
    ["s.x = Math.log(s.y) + Math.sqrt(s.y);", a(0, 5), []],
    ["s.x = Math.log(p.b - 0.9 * p.b) + Math.sqrt(p.b - 0.9 * p.b);", a(0, 5), []],
    ["s.x = Math.sqrt(p.a);", a(0, 5), []],
    ["s.x = Math.sqrt(p.a);", a(-0.1, 5), ["Math.sqrt(p.a)"]],
    ["s.x = Math.sqrt(1 - p.a * p.a);", a(-1, 1), []],
    ["s.x = Math.sqrt(1 - p.a);", a(0, 1.5), ["Math.sqrt(1 - p.a)"]],
    ["s.x = Math.log(u.NOTHING) + Math.sqrt(u.NOTHING);", a(0, 5), ["Math.log(u.NOTHING)"]],
    ["s.x = Math.sqrt(-1 + u.NOTHING);", a(0, 5), ["Math.sqrt(-1 + u.NOTHING)"]],
  ])("logarithms and roots: %s", (body, values, expected) => {
    expect(listHazards(body, values, { NOTHING: 0 })).toEqual(expected);
  });

  test.each([
    ["s.x = p.a > 0 ? Math.log(p.a) : 0;", []],
    ["s.x = p.a <= 0 ? 0 : Math.log(p.a) + Math.sqrt(p.a);", []],
    ["s.x = p.a >= 0 ? Math.sqrt(p.a) : 0;", []],
    ["s.x = 0; if (p.a > 0) s.x = Math.log(p.a);", []],
    ["s.x = p.a >= 0 ? Math.log(p.a) : 0;", ["Math.log(p.a)"]],
    ["s.x = p.a > -0.5 ? Math.sqrt(p.a) : 0;", ["Math.sqrt(p.a)"]],
    ["s.x = p.a !== 0 ? Math.log(p.a) : 0;", ["Math.log(p.a)"]],
  ])("a condition keeps a logarithm or root off what it must not get, or does not: %s", (body, expected) => {
    expect(listHazards(body, { a: interval(-1, 5), b: interval(0, 1) })).toEqual(expected);
  });

  test("a quotient says which function, line and column it is in, and what its divisor may be", () => {
    const ratio = (p: { a: number; b: number }) => {
      const sum = p.a + p.b;
      return p.b / sum;
    };
    const [found] = findHazards(compile("s.x = u.ratio(p);", { ratio }), makeMemory({ a: interval(0, 5), b: interval(0, 2) }));
    expect(found).toMatchObject({
      origin: { name: "ratio", line: 3, text: "p.b / sum", source: String(ratio) },
      operand: { low: 0, high: 7 },
    });
  });
});

describe("reachableMemory", () => {
  const reach = (body: string, values: Readonly<Record<string, Interval>>) =>
    reachableMemory(compile(body), makeMemory(values), () => undefined).get("s")!;

  test("a count grows without end, a share decays but stays above 0, a clamped walk stays in its bounds", () => {
    const start = { x: interval(0, 0), y: interval(1, 1), a: interval(-1, 1) };
    expect(reach("s.x = s.x + 1;", start)[0]).toEqual(interval(0, Number.POSITIVE_INFINITY));
    const decayed = reach("s.y = 0.9 * s.y;", start)[1]!;
    expect(decayed.low).toBeGreaterThan(0);
    expect(decayed.high).toBe(1);
    expect(reach("s.x = u.clamp(s.x + p.a, -5, 7);", start)[0]).toEqual(interval(-5, 7));
  });

  test("a divisor that reaches 0 only after some steps is found", () => {
    const program = compile("s.y = 1 / s.x; s.x = Math.max(0, s.x - 0.25 * p.b);");
    const start = makeMemory({ x: interval(5, 5), b: interval(1, 1) });
    expect(findHazards(program, start)).toEqual([]);
    const reached = reachableMemory(program, start, () => undefined);
    expect(findHazards(program, reached).map(({ origin }) => origin.text)).toEqual(["1 / s.x"]);
  });

  test("elements of arrays that a loop writes are kept apart where the index is known", () => {
    const slots = reach("for (let i = 0; i < 4; i++) s.w[i] = i + p.a;", { a: interval(0, 0.5), w: interval(0, 0) });
    expect(slots.slice(2)).toEqual([0, 1, 2, 3].map((i) => ({ low: 0, high: i + 0.5 })));
  });
});

test("widening ends: a bound that moves goes to just off 0, to 0, to infinity", () => {
  const falls = [interval(8, 9), interval(7, 9), interval(0, 9), interval(-1, 9)];
  const lows = falls.slice(1).map((next, i) => widen(falls[i]!, next).low);
  expect(lows).toEqual([Number.MIN_VALUE, 0, Number.NEGATIVE_INFINITY]);
  expect(widen(interval(0, 9), interval(0, 9.5))).toEqual({ low: 0, high: Number.POSITIVE_INFINITY });
});

describe("walkProgram", () => {
  const { expression, condition } = fc.letrec<{ expression: string; condition: string }>((tie) => ({
    expression: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom("s.x", "s.y", "p.a", "p.b", "s.w[1]", "0.5", "-2", "3"),
      fc.tuple(tie("expression"), fc.constantFrom("+", "-", "*"), tie("expression")).map(([l, op, r]) => `(${l} ${op} ${r})`),
      fc.tuple(tie("expression"), tie("expression")).map(([l, r]) => `(${l} / (1 + Math.abs(${r})))`),
      fc.tuple(fc.constantFrom("abs", "tanh", "floor", "sign", "cos"), tie("expression")).map(([f, x]) => `Math.${f}(${x})`),
      fc.tuple(fc.constantFrom("min", "max"), tie("expression"), tie("expression")).map(([f, l, r]) => `Math.${f}(${l}, ${r})`),
      tie("expression").map((x) => `Math.exp(u.clamp(${x}, -3, 3))`),
      tie("expression").map((x) => `Math.sqrt(Math.abs(${x}))`),
      tie("expression").map((x) => `(0.5 * ${x} * ${x})`),
      tie("expression").map((x) => `(-(${x}))`),
      fc.tuple(tie("condition"), tie("expression"), tie("expression")).map(([c, l, r]) => `(${c} ? ${l} : ${r})`),
    ),
    condition: fc.oneof(
      { maxDepth: 2 },
      fc
        .tuple(tie("expression"), fc.constantFrom("<", "<=", ">", ">="), tie("expression"))
        .map(([l, op, r]) => `(${l} ${op} ${r})`),
      fc.tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition")).map(([l, op, r]) => `(${l} ${op} ${r})`),
      tie("condition").map((c) => `!${c}`),
    ),
  }));
  const body = fc
    .tuple(expression, condition, expression, expression)
    .map(
      ([first, test, then, other]) =>
        `s.x = ${first}; if (${test}) { s.w[2] = ${then}; } else { s.y = ${other}; } for (let i = 0; i < 3; i++) s.w[i] = s.w[i + 1] + ${then};`,
    );
  // Nothing so small that a product of it is 0: intervals follow real arithmetic there.
  const coarse = (low: number, high: number) => fc.integer({ min: 1024 * low, max: 1024 * high }).map((n) => n / 1024);
  const range = fc.tuple(coarse(-4, 4), coarse(0, 3));

  test("what a step does with any numbers of the intervals lies in the intervals that it computes", () => {
    fc.assert(
      fc.property(
        body,
        fc.array(range, { minLength: 8, maxLength: 8 }),
        fc.array(coarse(0, 1), { minLength: 8, maxLength: 8 }),
        (text, ranges, shares) => {
          const names = ["x", "y", "w0", "w1", "w2", "w3", "a", "b"];
          const bounds = ranges.map(([low, width]) => interval(low, low + width));
          const memory: IntervalMemory = new Map([
            ["s", bounds.slice(0, 6)],
            ["p", bounds.slice(6)],
          ]);
          walkProgram(compile(text), memory);
          const at = (name: string) => {
            const i = names.indexOf(name);
            const { low, high } = bounds[i]!;
            return Math.min(high, low + shares[i]! * (high - low));
          };
          const s = { x: at("x"), y: at("y"), w: [at("w0"), at("w1"), at("w2"), at("w3")] };
          new Function("s", "p", "u", text)(s, { a: at("a"), b: at("b") }, { clamp });
          const after = [s.x, s.y, ...s.w];
          for (const [i, { low, high }] of memory.get("s")!.entries()) {
            // Bounds are rounded like the values themselves, except where a square is computed in another order.
            const slack = 1e-9 * (1 + Math.abs(after[i]!));
            expect(after[i]).toBeGreaterThanOrEqual(low - slack);
            expect(after[i]).toBeLessThanOrEqual(high + slack);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
