import fc from "fast-check";
import { expect, test } from "vitest";
import { emitJs } from "./js/emit-js.js";
import { clamp } from "./primitives.js";
import type { RecordBinding } from "./schema.js";
import { buildProgram } from "./trace/build-program.js";
import { BUDGETS, type Budgets } from "./trace/machine.js";

const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  {
    name: "s",
    kind: "lane",
    fields: { x: number, y: number, w: { ...number, length: 6 }, v: { ...number, length: 4 }, n: { ...number, type: "u32" } },
  },
  { name: "p", kind: "lane", fields: { a: number, b: number } },
  { name: "c", kind: "uniform", fields: { slot: { ...number, type: "index" }, g: number } },
  { name: "z", kind: "scratch", fields: { q: number } },
];

const uses = {
  clamp,
  K: 0.3,
  early: (a: number, b: number): number => {
    if (a > b) return a - b;
    const d = b - a;
    if (d < 0.5) {
      return d * 2;
    }
    return Math.min(d, 7);
  },
  pair: (s: { x: number }, a: number) => ({ lo: Math.min(s.x, a), hi: Math.max(s.x, a) }),
};

const { condition, statement } = fc.letrec<{ expression: string; condition: string; statement: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4, depthIdentifier: "e", withCrossShrink: true },
    fc.constantFrom("s.x", "s.y", "p.a", "p.b", "t", "m", "c.g", "s.w[2]", "s.v[1]", "s.v[3]", "u.K", "z.q", "s.n"),
    fc.constantFrom("s.w[(c.slot + 1) % 6]", "s.w[c.slot]", "0", "-0", "1", "0.1", "-2.5", "1e-300", "0/0", "1/0"),
    fc
      .tuple(tie("expression"), fc.constantFrom("+", "-", "*", "/", "+", "*"), tie("expression"))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc
      .tuple(fc.constantFrom("abs", "sqrt", "exp", "log", "tanh", "floor", "sign", "sin", "cos"), tie("expression"))
      .map(([f, a]) => `Math.${f}(${a})`),
    fc
      .tuple(fc.constantFrom("min", "max"), tie("expression"), tie("expression"))
      .map(([f, a, b]) => `Math.${f}(${a}, ${b}, 0.5)`),
    fc.tuple(tie("expression"), fc.constantFrom("2", "0.5", "-1", "s.y")).map(([a, b]) => `(${a}) ** ${b}`),
    fc.tuple(tie("condition"), tie("expression"), tie("expression")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
    tie("expression").map((a) => `-(${a})`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `u.clamp(${a}, -1, ${b})`),
    fc.tuple(tie("expression"), tie("expression")).map(([a, b]) => `u.early(${a}, ${b})`),
    tie("expression").map((a) => `u.pair(s, ${a}).hi`),
  ),
  condition: fc.oneof(
    { maxDepth: 2, depthIdentifier: "c" },
    fc
      .tuple(tie("expression"), fc.constantFrom("<", "<=", ">", ">=", "===", "!=="), tie("expression"))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("condition").map((a) => `!(${a})`),
    fc.constantFrom("s.n > 3", "s.n === 5", "!0", "!1"),
  ),
  statement: fc.oneof(
    { maxDepth: 3, depthIdentifier: "s", withCrossShrink: true },
    fc
      .tuple(
        fc.constantFrom("s.x", "s.y", "p.a", "t", "m", "s.v[1]", "s.w[4]", "s.w[c.slot]", "s.w[(c.slot + 2) % 6]", "z.q"),
        fc.constantFrom("=", "=", "+=", "*=", "-="),
        tie("expression"),
      )
      .map(([to, op, e]) => `${to} ${op} ${e};`),
    fc.tuple(tie("condition"), tie("statement"), tie("statement")).map(([c, a, b]) => `if (${c}) { ${a} } else { ${b} }`),
    fc.tuple(tie("condition"), tie("statement"), tie("statement")).map(([c, a, b]) => `if (${c}) { ${a} ${b} }`),
    fc.tuple(tie("condition"), tie("expression")).map(([c, e]) => `${c} && (s.y = ${e});`),
    fc.tuple(tie("condition"), tie("expression")).map(([c, e]) => `${c} ? s.x = ${e} : t = s.y;`),
    fc
      .tuple(tie("statement"), tie("expression"))
      .map(([a, e]) => `for (let i = 0; i < 4; i++) { ${a} s.v[i] = ${e} + i; t += s.w[i + 1]; }`),
    fc
      .tuple(tie("statement"), tie("expression"))
      .map(([a, e]) => `for (let i = 5; i > 1; i -= 2) { const k = t; t = m; m = k; ${a} s.w[i] -= ${e}; }`),
    tie("statement").map((a) => `for (const k in p) { p[k] = p[k] * 0.5 + t; ${a} }`),
    fc.constant("s.n = (s.n + 4294967290) >>> 0;"),
    fc.constant("s.n = (1 + s.n) >>> 0;"),
  ),
}));

const LANES = 7;
const value = fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constantFrom(-0, 0, 1, Number.NaN, 1e308));

interface Lane {
  s: { x: number; y: number; w: number[]; v: number[]; n: number };
  p: { a: number; b: number };
  c: { slot: number; g: number };
  z: Record<string, number>;
}

function readLane(views: readonly Float64Array[], i: number): Lane {
  const at = (view: number, slot: number): number => views[view]![slot * LANES + i]!;
  const array = (slot: number, length: number): number[] => Array.from({ length }, (_, e) => at(0, slot + e));
  return {
    s: { x: at(0, 0), y: at(0, 1), w: array(2, 6), v: array(8, 4), n: at(0, 12) },
    p: { a: at(1, 0), b: at(1, 1) },
    c: { slot: views[2]![0]!, g: views[2]![1]! },
    z: {},
  };
}

function agree(lines: readonly string[], numbers: readonly number[], budgets: Budgets): void {
  const body = `let t = 0.5, m = s.x; z.q = t - 1; ${lines.join("\n")}\n s.y = s.y + t * m;`;
  const step = new Function("s", "p", "c", "z", "u", body) as (...args: unknown[]) => void;
  const program = buildProgram({ name: "random", uses: uses as never, step: step as never, records: RECORDS, budgets });
  const pick = (length: number, from: number): Float64Array =>
    Float64Array.from({ length }, (_, i) => numbers[(from + i * 7) % numbers.length]!);
  const views = [pick(13 * LANES, 0), pick(2 * LANES, 3), Float64Array.of(4, 0.7)];
  for (let i = 0; i < LANES; i++) views[0]![12 * LANES + i] = i;
  const expected = Array.from({ length: LANES }, (_, i) => {
    const lane = readLane(views, i);
    step(lane.s, lane.p, lane.c, lane.z, uses);
    return { s: lane.s, p: lane.p };
  });
  // As one function and cut into as many as there are statements.
  for (const partLength of [Number.POSITIVE_INFINITY, 1]) {
    const after = views.map((view) => view.slice());
    emitJs(program, { capacity: LANES, partLength }).run(0, LANES, after);
    const got = Array.from({ length: LANES }, (_, i) => {
      const { s, p } = readLane(after, i);
      return { s, p };
    });
    // toEqual tells 0 from -0 and takes NaN as equal to NaN.
    expect(got).toEqual(expected);
  }
}

const line = fc.oneof(
  { weight: 9, arbitrary: statement },
  { weight: 1, arbitrary: condition.map((c) => `if (${c}) { s.x = 3; return; }`) },
);
const program = fc.tuple(fc.array(line, { minLength: 1, maxLength: 8 }), fc.array(value, { minLength: 40, maxLength: 40 }));

const settings: readonly [string, Budgets][] = [
  ["by default", BUDGETS],
  ["with every condition a region and every loop a loop", { select: -1, unroll: 0 }],
  ["with a mixture of both", { select: 12, unroll: 60 }],
];
for (const [name, budgets] of settings) {
  test(`random programs are bit-identical to their plain call ${name}`, () => {
    fc.assert(
      fc.property(program, ([lines, numbers]) => agree(lines, numbers, budgets)),
      { numRuns: 150, seed: 11 },
    );
  });
}
