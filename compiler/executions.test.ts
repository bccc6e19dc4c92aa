import fc from "fast-check";
import { expect, test } from "vitest";
import { type DecimalValue, emitDecimal } from "./decimal/emit-decimal.js";
import type { Program } from "./ir/program.js";
import { emitJs } from "./js/emit-js.js";
import { clamp } from "./primitives.js";
import type { RecordBinding } from "./schema.js";
import { buildProgram } from "./trace/build-program.js";
import { BUDGETS, type Budgets } from "./trace/machine.js";
import { emitWasm } from "./wasm/emit-wasm.js";
import { instantiateKernel } from "./wasm/instantiate.js";

// Small integers are exact in float32, float64 and decimal, so all executions must agree to the last bit here. What this
// checks is the structure: regions, loops, arrays, rings and the order of loads and stores.
const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: number, y: number, w: { ...number, length: 6 }, v: { ...number, length: 4 } } },
  { name: "p", kind: "lane", fields: { a: number, n: { ...number, type: "u32" } } },
  { name: "c", kind: "uniform", fields: { slot: { ...number, type: "index" }, g: number, ring: { ...number, length: 6 } } },
];
const SIZES = [12, 2, 8];
const LANES = 8;
const SLOT = 4;

const { statement } = fc.letrec<{ expression: string; condition: string; statement: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthIdentifier: "e", withCrossShrink: true },
    fc.constantFrom(
      "s.x",
      "s.y",
      "p.a",
      "t",
      "m",
      "c.g",
      "s.w[2]",
      "s.v[1]",
      "s.w[(c.slot + 1) % 6]",
      "s.w[c.slot]",
      "c.ring[c.slot]",
      "3",
      "0",
      "-7",
    ),
    fc.tuple(tie("expression"), fc.constantFrom("+", "-"), tie("expression")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("expression").map((a) => `(${a} * 2)`),
    fc.tuple(fc.constantFrom("abs", "floor", "sign"), tie("expression")).map(([f, a]) => `Math.${f}(${a})`),
    fc.tuple(fc.constantFrom("min", "max"), tie("expression"), tie("expression")).map(([f, a, b]) => `Math.${f}(${a}, ${b})`),
    fc.tuple(tie("condition"), tie("expression"), tie("expression")).map(([c, a, b]) => `(${c} ? ${a} : ${b})`),
  ),
  condition: fc.oneof(
    { maxDepth: 2, depthIdentifier: "c" },
    fc
      .tuple(tie("expression"), fc.constantFrom("<", "<=", ">", "===", "!=="), tie("expression"))
      .map(([a, op, b]) => `(${a} ${op} ${b})`),
    fc.tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition")).map(([a, op, b]) => `(${a} ${op} ${b})`),
    tie("condition").map((a) => `!(${a})`),
    fc.constantFrom("p.n > 3", "p.n === 5"),
  ),
  statement: fc.oneof(
    { maxDepth: 3, depthIdentifier: "s", withCrossShrink: true },
    fc
      .tuple(
        fc.constantFrom("s.x", "s.y", "p.a", "t", "m", "s.v[1]", "s.w[4]", "s.w[c.slot]", "s.w[(c.slot + 2) % 6]"),
        tie("expression"),
      )
      .map(([to, e]) => `${to} = u.clamp(${e}, -1000, 1000);`),
    fc.tuple(tie("condition"), tie("statement"), tie("statement")).map(([c, a, b]) => `if (${c}) { ${a} } else { ${b} }`),
    fc.tuple(tie("condition"), tie("statement"), tie("statement")).map(([c, a, b]) => `if (${c}) { ${a} ${b} }`),
    fc
      .tuple(tie("statement"), tie("expression"))
      .map(([a, e]) => `for (let i = 0; i < 4; i++) { ${a} s.v[i] = u.clamp(${e} + i, -9, 99); t = s.w[i + 1] - s.v[i]; }`),
    fc
      .tuple(tie("statement"), tie("expression"))
      .map(
        ([a, e]) =>
          `for (let i = 5; i > 1; i -= 2) { const k = t; t = m; m = k; ${a} s.w[i] = u.clamp(${e} - c.ring[i], -99, 9); }`,
      ),
    fc.constant("p.n = (p.n + 4294967295) >>> 0;"),
  ),
}));

function runJs(program: Program, views: readonly number[][]): number[][] {
  const arrays = views.map((view) => Float64Array.from(view));
  emitJs(program, { capacity: LANES }).run(0, LANES, arrays);
  return arrays.map((array) => [...array]);
}

/** Whether a slot of a record holds whole words instead of floats. */
function isWord(record: number, slot: number): boolean {
  return (record === 1 && slot === 1) || (record === 2 && slot === 0);
}

function findSlot(record: number, at: number): number {
  return record === 2 ? at : Math.floor(at / LANES);
}

function runWasm(program: Program, views: readonly number[][]): number[][] {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const floats = new Float32Array(memory.buffer);
  const words = new Uint32Array(memory.buffer);
  const bases = views.map((_, i) => 256 * i);
  const cell = (record: number, at: number): Float32Array | Uint32Array =>
    isWord(record, findSlot(record, at)) ? words : floats;
  views.forEach((view, record) => {
    view.forEach((value, at) => {
      cell(record, at)[bases[record]! + at] = value;
    });
  });
  const kernel = instantiateKernel(emitWasm(program, { capacity: LANES, sharedMemory: false }), memory);
  kernel.run(0, LANES, ...bases.map((base) => base * 4));
  return views.map((view, record) => view.map((_, at) => cell(record, at)[bases[record]! + at]!));
}

function runDecimal(program: Program, views: readonly number[][]): number[][] {
  const kernel = emitDecimal(program, { decimals: 0 });
  const results = views.map((view) => [...view]);
  for (let lane = 0; lane < LANES; lane++) {
    const place = (record: number, slot: number): number => (record === 2 ? slot : slot * LANES + lane);
    const one = SIZES.map((size, record) =>
      Array.from({ length: size }, (_, slot): DecimalValue => {
        const value = views[record]![place(record, slot)]!;
        return isWord(record, slot) ? value : new kernel.Decimal(value);
      }),
    );
    kernel.run(one);
    one.forEach((view, record) => {
      view.forEach((value, slot) => {
        results[record]![place(record, slot)] = Number(value);
      });
    });
  }
  return results;
}

function agree(lines: readonly string[], numbers: readonly number[], budgets: Budgets): void {
  const body = `let t = 5, m = s.x; ${lines.join("\n")}\n s.y = s.y + t - m;`;
  const step = new Function("s", "p", "c", "u", body) as () => void;
  const program = buildProgram({ name: "random", uses: { clamp }, step, records: RECORDS, budgets });
  const views = SIZES.map((size, record) =>
    Array.from({ length: record === 2 ? size : size * LANES }, (_, at) => {
      const value = numbers[(at * 7 + record) % numbers.length]!;
      return isWord(record, findSlot(record, at)) ? (record === 2 ? SLOT : Math.abs(value)) : value;
    }),
  );
  // Zeros of both signs are equal here: decimal zeros lose their sign.
  const plain = (results: number[][]): number[][] => results.map((view) => view.map((value) => value + 0));
  const expected = plain(runJs(program, views));
  expect(plain(runWasm(program, views))).toEqual(expected);
  expect(plain(runDecimal(program, views))).toEqual(expected);
}

const program = fc.tuple(
  fc.array(statement, { minLength: 1, maxLength: 6 }),
  fc.array(fc.integer({ min: -8, max: 8 }), { minLength: 40, maxLength: 40 }),
);

const settings: readonly [string, Budgets][] = [
  ["by default", BUDGETS],
  ["with every condition a region and every loop a loop", { select: -1, unroll: 0 }],
  ["with a mixture of both", { select: 8, unroll: 40 }],
];
for (const [name, budgets] of settings) {
  test(`float64, float32 SIMD and decimal agree on random programs of small integers ${name}`, () => {
    fc.assert(
      fc.property(program, ([lines, numbers]) => agree(lines, numbers, budgets)),
      { numRuns: 100, seed: 5 },
    );
  });
}
