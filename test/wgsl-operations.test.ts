import { afterAll, describe, expect, test } from "vitest";
import type { Node, Op, Program, Statement } from "../compiler/ir/program.js";
import { pcg4d, unitInterval } from "../core/random.js";
import { interpret, irBuilder, type Memory } from "./support/ir-fixture.js";
import { RANDOM_RECORDS, RANDOM_WHOLE, randomProgram } from "./support/random-program.js";
import { findGpu } from "./support/swiftshader.js";
import { runWasm } from "./support/wasm-run.js";
import { runWgsl } from "./support/wgsl-run.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

const copy = (memory: Memory): Memory =>
  Object.fromEntries(Object.entries(memory).map(([name, values]) => [name, [...values]]));

/** Finite numbers of mixed size and sign: what WGSL makes of others is the device's affair. */
function someFloats(seed: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => {
    const { a, b } = pcg4d(seed, i, 1, 2);
    return a % 16 === 0 ? (b % 3) - 1 : Math.fround((a / 2 ** 31 - 1) * 2 ** ((b % 12) - 4));
  });
}

function randomMemory(seed: number, capacity: number): Memory {
  const [s, p, w] = RANDOM_RECORDS.map(({ size, kind }) => size * (kind === "lane" ? capacity : 1)) as [number, number, number];
  const uniform = someFloats(seed + 1, p);
  uniform[2] = seed % 7;
  return { s: someFloats(seed, s), p: uniform, w: Array.from({ length: w }, (_, i) => pcg4d(seed, i, 3, 4).c) };
}

describe.skipIf(!gpu)("random programs do what a plain interpreter does", () => {
  test.each([0, 1, 2, 3])("block %i of 15 programs in one shader", async (block) => {
    const capacity = 12;
    const seeds = Array.from({ length: 15 }, (_, i) => 400 + block * 15 + i);
    const runs = seeds.map((seed) => {
      const program = randomProgram(seed);
      const memory = randomMemory(seed, capacity);
      const expected = copy(memory);
      interpret(program, expected, capacity, capacity);
      return { program, memory, capacity, whole: RANDOM_WHOLE, expected };
    });
    await runWgsl(gpu!, runs);
    runs.forEach(({ memory, expected }, i) => {
      expect(memory["w"], `words of program ${seeds[i]}`).toEqual(expected["w"]);
      // WGSL leaves the last bit of quotients and roots and the sign of zero open; nothing here amplifies it further.
      expect(memory["s"]!.filter((x, at) => !isClose(x, expected["s"]![at]!))).toEqual([]);
    });
  });
});

function isClose(x: number, expected: number): boolean {
  return Object.is(x, expected) || Math.abs(x - expected) <= 3e-7 * Math.abs(expected);
}

const store = (slot: number, node: Node): Statement => ({ kind: "store", record: "s", slot, node });

/** A program that reads slot 0 of a lane and writes one function of it to each of the next slots. */
function functionsOf(make: (ir: ReturnType<typeof irBuilder>, x: Node) => readonly Node[]): {
  program: Program;
  count: number;
} {
  const ir = irBuilder();
  const results = make(ir, ir.load("s", 0));
  const records = [{ name: "s", kind: "lane", size: 1 + results.length } as const];
  return {
    program: ir.program(
      records,
      results.map((node, i) => store(i + 1, node)),
    ),
    count: results.length,
  };
}

/** Results of {@link functionsOf}: one list for each of them. */
async function evaluate(
  make: (ir: ReturnType<typeof irBuilder>, x: Node) => readonly Node[],
  inputs: readonly number[],
): Promise<number[][]> {
  const { program, count } = functionsOf(make);
  const capacity = inputs.length;
  const s = [...inputs, ...new Array<number>(count * capacity).fill(0)];
  await runWgsl(gpu!, [{ program, memory: { s }, capacity }]);
  return Array.from({ length: count }, (_, i) => s.slice((i + 1) * capacity, (i + 2) * capacity));
}

const unary = (kind: Op["kind"]) => (ir: ReturnType<typeof irBuilder>, x: Node) => ir.add({ kind } as Op, "f", x);
const FUNCTIONS = ["exp", "log", "tanh", "sin", "cos", "floor", "sign"] as const;

/** `count` float32 numbers from `low` to `high`, both included, evenly spaced. */
const grid = (low: number, high: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.fround(low + ((high - low) * i) / (count - 1)));

/** Distance between neighbouring float32 numbers at the size of `x`. */
const ulp = (x: number): number => 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -126) - 23);

describe.skipIf(!gpu)("functions agree with Math in float64", () => {
  // Below -86.6 the exponential's half is denormal, and GPUs may make that zero. A quotient may be off by 2.5 ulp in WGSL, which adds to the polynomials' 1.5.
  test.each([
    ["exp", Math.exp, grid(-86.6, 88.722, 60_000), ulp, 3],
    ["log", Math.log, grid(0.5, 2, 60_000), ulp, 4],
    ["log", Math.log, grid(1e-6, 1e6, 60_000), ulp, 4],
    ["tanh", Math.tanh, grid(-12, 12, 60_000), ulp, 4],
    ["sin", Math.sin, grid(-16 * Math.PI, 16 * Math.PI, 60_000), () => 1, 2e-7],
    ["cos", Math.cos, grid(-16 * Math.PI, 16 * Math.PI, 60_000), () => 1, 2e-7],
    ["sin", Math.sin, grid(-1e4, 1e4, 60_000), () => 1, 1e-6],
    ["cos", Math.cos, grid(-1e4, 1e4, 60_000), () => 1, 1e-6],
  ] as const)("%s", async (kind, exact, inputs, unit, most) => {
    const [results] = await evaluate((ir, x) => [unary(kind)(ir, x)], inputs);
    const worst = Math.max(...inputs.map((x, i) => Math.abs(results![i]! - exact(x)) / unit(exact(x))));
    expect(worst).toBeLessThan(most);
  });

  test("powers by constants and by variables, to 1e-6", async () => {
    const exponents = [0, 0.25, 0.5, 0.75, 1, 1.25, 2, 3, 7.75, 8, -0.5, -2, 0.7, 2.3, -1.9];
    const inputs = grid(0.01, 20, 2000);
    const results = await evaluate((ir, x) => {
      const power = (y: Node) => ir.add({ kind: "pow" }, "f", x, y);
      return [...exponents.map((y) => power(ir.constant(y))), power(ir.add({ kind: "sub" }, "f", ir.constant(3), x))];
    }, inputs);
    [...exponents.map((y) => () => y), (x: number) => Math.fround(3 - x)].forEach((y, n) => {
      const errors = inputs.map((x, i) => Math.abs(results[n]![i]! / x ** y(x) - 1));
      // The error of e^(y log x) grows with y log x, here up to 50.
      expect(Math.max(...errors), `power ${n}`).toBeLessThan(n < exponents.length ? 1e-6 : 6e-6);
    });
  });
});

const [NAN, INF] = [Number.NaN, Number.POSITIVE_INFINITY];

describe.skipIf(!gpu)("what is not an ordinary number", () => {
  test("clamp makes NaN the safe value and limits infinities", async () => {
    const clamps = (ir: ReturnType<typeof irBuilder>, x: Node): Node[] => {
      const [low, high, safe] = [ir.constant(-1), ir.constant(2), ir.constant(0.25)];
      const zero = ir.add({ kind: "mul" }, "f", low, ir.constant(0));
      const variable = ir.add({ kind: "add" }, "f", ir.add({ kind: "abs" }, "f", zero), high);
      return [
        ir.add({ kind: "clamp" }, "f", x, low, high, safe),
        ir.add({ kind: "clamp" }, "f", x, low, high, low),
        ir.add({ kind: "clamp" }, "f", x, low, variable, safe),
      ];
    };
    const results = await evaluate(clamps, [NAN, INF, -INF, 0.5, 3, -3]);
    expect(results).toEqual([
      [0.25, 2, -1, 0.5, 2, -1],
      [-1, 2, -1, 0.5, 2, -1],
      [0.25, 2, -1, 0.5, 2, -1],
    ]);
  });

  test("constants of every kind keep their bits", async () => {
    const constants = [0, 1, -1.5, 0.1, 1e-30, 3.4028234663852886e38, 1e300, -1e300, NAN, 16777217];
    const results = await evaluate((ir) => constants.map((value) => ir.constant(value)), [0]);
    expect(results.map(([x]) => x)).toEqual(constants.map(Math.fround));
  });

  test("functions at their limits, on a device that keeps NaN and infinities", async () => {
    const inputs = [0, INF, -INF, NAN, -1, 100, -100];
    const results = await evaluate((ir, x) => FUNCTIONS.map((kind) => unary(kind)(ir, x)), inputs);
    expect(results.slice(0, 3)).toEqual([
      [1, INF, 0, NAN, expect.closeTo(Math.exp(-1), 6), INF, 0],
      [-INF, INF, NAN, NAN, NAN, expect.closeTo(Math.log(100), 5), NAN],
      [0, 1, -1, NAN, expect.closeTo(Math.tanh(-1), 6), 1, -1],
    ]);
  });
});

describe.skipIf(!gpu)("random words are the same bit for bit", () => {
  const records = [{ name: "w", kind: "lane", size: 12 } as const];
  const words = (): Program => {
    const ir = irBuilder();
    const key = [0, 1, 2, 3].map((slot) => ir.load("w", slot, { type: "u" })) as [Node, Node, Node, Node];
    const hash = ([0, 1, 2, 3] as const).map((component) => ir.add({ kind: "pcg4d", component }, "u", ...key));
    const others = [
      ir.add({ kind: "uadd" }, "u", key[0], key[1]),
      ir.add({ kind: "umul" }, "u", key[0], key[1]),
      ir.add({ kind: "uxor" }, "u", key[2], key[3]),
      ir.add({ kind: "ushr", bits: 9 }, "u", key[2]),
    ];
    const body = [...hash, ...others].map((node, i): Statement => ({ kind: "store", record: "w", slot: 4 + i, node }));
    return ir.program(records, body);
  };

  test("in WGSL, WASM and JS, for 65,536 keys", async () => {
    const capacity = 65_536;
    const whole = { w: Array.from({ length: 12 }, (_, i) => i) };
    const start = Array.from({ length: 12 * capacity }, (_, i) => (i < 4 * capacity ? Math.imul(i, 2654435761) >>> 0 : 0));
    const [onGpu, onCpu] = [{ w: [...start] }, { w: [...start] }];
    await runWgsl(gpu!, [{ program: words(), memory: onGpu, capacity, whole }]);
    runWasm(words(), onCpu, { capacity, last: capacity, whole });
    // Not one assertion of all: a failure would take minutes to print.
    expect(onGpu.w.findIndex((word, at) => word !== onCpu.w[at])).toBe(-1);
    for (let lane = 0; lane < capacity; lane++) {
      const [a, b, c, d] = [0, 1, 2, 3].map((slot) => start[slot * capacity + lane]!) as [number, number, number, number];
      const at = (slot: number) => onGpu.w[(4 + slot) * capacity + lane];
      const hash = pcg4d(a, b, c, d);
      const others = [(a + b) >>> 0, Math.imul(a, b) >>> 0, (c ^ d) >>> 0, c >>> 9];
      const expected = [hash.a, hash.b, hash.c, hash.d, ...others];
      if (expected.some((word, slot) => word !== at(slot))) throw new Error(`words of key ${a}, ${b}, ${c}, ${d}`);
    }
  });

  test("as uniform numbers in (0, 1) too", async () => {
    const ir = irBuilder();
    const node = ir.add({ kind: "unitInterval" }, "f", ir.load("w", 0, { type: "u" }));
    const program = ir.program([{ name: "w", kind: "lane", size: 2 }], [{ kind: "store", record: "w", slot: 1, node }]);
    const inputs = [
      0,
      1,
      511,
      512,
      0x7fffffff,
      0x80000000,
      0xffffffff,
      ...Array.from({ length: 4089 }, (_, i) => pcg4d(i, 0, 0, 0).a),
    ];
    const w = [...inputs, ...inputs.map(() => 0)];
    await runWgsl(gpu!, [{ program, memory: { w }, capacity: inputs.length, whole: { w: [0] } }]);
    expect(w.slice(inputs.length)).toEqual(inputs.map(unitInterval));
  });
});
