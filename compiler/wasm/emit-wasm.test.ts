import { describe, expect, test } from "vitest";
import { pcg4d } from "../../core/random.js";
import { interpret, irBuilder, type Memory } from "../../test/support/ir-fixture.js";
import { RANDOM_RECORDS, RANDOM_WHOLE, randomProgram } from "../../test/support/random-program.js";
import { runWasm } from "../../test/support/wasm-run.js";
import type { Node, Program, Statement } from "../ir/program.js";
import { emitWasm } from "./emit-wasm.js";
import { instantiateKernel } from "./instantiate.js";

/** Numbers of mixed size and sign, some of them special. */
function someFloats(seed: number, count: number): number[] {
  const special = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1, -1];
  return Array.from({ length: count }, (_, i) => {
    const { a, b } = pcg4d(seed, i, 1, 2);
    return a % 16 === 0 ? (special[b % 6] as number) : Math.fround((a / 2 ** 31 - 1) * 2 ** ((b % 12) - 4));
  });
}

function randomMemory(seed: number, capacity: number): Memory {
  const [s, p, w] = RANDOM_RECORDS.map(({ size, kind }) => size * (kind === "lane" ? capacity : 1)) as [number, number, number];
  const uniform = someFloats(seed + 1, p);
  uniform[2] = seed % 7;
  return { s: someFloats(seed, s), p: uniform, w: Array.from({ length: w }, (_, i) => pcg4d(seed, i, 3, 4).c) };
}

const copy = (memory: Memory): Memory =>
  Object.fromEntries(Object.entries(memory).map(([name, values]) => [name, [...values]]));

describe("random programs do what a plain interpreter does, bit for bit", () => {
  test.each(Array.from({ length: 10 }, (_, i) => i))("block %i of 40", (block) => {
    const capacity = 12;
    for (let seed = block * 40; seed < block * 40 + 40; seed++) {
      const program = randomProgram(seed);
      const expected = randomMemory(seed, capacity);
      const compiled = copy(expected);
      interpret(program, expected, capacity, capacity);
      runWasm(program, compiled, { capacity, last: capacity, whole: RANDOM_WHOLE });
      expect(compiled, `seed ${seed}`).toEqual(expected);
    }
  });
});

const LANES = { name: "s", kind: "lane", size: 3 } as const;

/** Slot 0 of a lane record after `body` ran on lanes 0 .. 7, which start as `start` in slot 0 and 0 elsewhere. */
function runOn(start: readonly number[], make: (ir: ReturnType<typeof irBuilder>) => Program): number[][] {
  const capacity = start.length;
  const s = [...start, ...new Array<number>(2 * capacity).fill(0)];
  runWasm(make(irBuilder()), { s }, { capacity, last: capacity });
  return [0, 1, 2].map((slot) => s.slice(slot * capacity, (slot + 1) * capacity));
}

const store = (slot: number, node: Node): Statement => ({ kind: "store", record: "s", slot, node });
const branch = (condition: Node, then: Statement[], otherwise: Statement[] = []): Statement => {
  return { kind: "if", condition, then, otherwise };
};

describe("lanes", () => {
  const doubling = (ir: ReturnType<typeof irBuilder>) =>
    ir.program([LANES], [store(0, ir.add({ kind: "mul" }, "f", ir.load("s", 0), ir.constant(2)))]);

  test("only groups of four from first up to last are touched, the last one whole", () => {
    const s = Array.from({ length: 16 * 3 }, (_, i) => i);
    runWasm(doubling(irBuilder()), { s }, { capacity: 16, first: 4, last: 9 });
    expect(s.slice(0, 16)).toEqual([0, 1, 2, 3, 8, 10, 12, 14, 16, 18, 20, 22, 12, 13, 14, 15]);
    expect(s.slice(16)).toEqual(Array.from({ length: 32 }, (_, i) => 16 + i));
  });

  test("an empty range does nothing, in a plain memory as well", () => {
    const s = Array.from({ length: 12 }, (_, i) => i);
    runWasm(doubling(irBuilder()), { s }, { capacity: 4, first: 4, last: 4, sharedMemory: false });
    expect(s[0]).toBe(0);
    runWasm(doubling(irBuilder()), { s }, { capacity: 4, last: 4, sharedMemory: false });
    expect(s.slice(0, 4)).toEqual([0, 2, 4, 6]);
  });

  test("a capacity that is not a positive multiple of 4 is refused", () => {
    for (const capacity of [0, 6, -4, Number.NaN])
      expect(() => emitWasm(doubling(irBuilder()), { capacity })).toThrow(`capacity is ${capacity}`);
  });
});

describe("branches", () => {
  test("nested branches keep the values of the lanes that do not take them", () => {
    const [x, y] = runOn([1, 2, 3, 4, -1, -2, -3, -4], (ir) => {
      const value = ir.load("s", 0);
      const is = (kind: "gt" | "lt", bound: number) => ir.add({ kind }, "b", value, ir.constant(bound));
      const inner = branch(is("gt", 2), [store(1, ir.constant(10))], [store(1, ir.constant(20))]);
      return ir.program([LANES], [{ kind: "eval", node: value }, branch(is("gt", 0), [inner, store(0, ir.constant(7))])]);
    });
    expect(x).toEqual([7, 7, 7, 7, -1, -2, -3, -4]);
    expect(y).toEqual([20, 20, 10, 10, 0, 0, 0, 0]);
  });

  test("a value needed in a branch and after it is computed once, before it", () => {
    const chain = (length: number) => {
      const ir = irBuilder();
      const body: Statement[] = [];
      let sum = ir.load("s", 0);
      for (let i = 0; i < length; i++) {
        sum = ir.add({ kind: "add" }, "f", ir.add({ kind: "exp" }, "f", sum), ir.constant(i));
        body.push(branch(ir.add({ kind: "gt" }, "b", ir.load("s", 1), ir.constant(i)), [store(2, sum)]));
      }
      return emitWasm(ir.program([LANES], [...body, store(1, sum)]), { capacity: 4 }).length;
    };
    // In proportion to the number of branches, not to its square.
    expect(chain(40) / chain(20)).toBeLessThan(2.2);
  });

  test("a side that only hands on values runs for all lanes, the other for its own", () => {
    const [x] = runOn([5, 6, 7, 8, -1, 2, -3, 4], (ir) => {
      const value = ir.load("s", 0);
      const bigger = ir.add({ kind: "add" }, "f", value, ir.constant(1));
      const reset = ir.add({ kind: "lt" }, "b", value, ir.constant(0));
      const merge = branch(
        reset,
        [{ kind: "assign", local: 0, node: ir.constant(100) }],
        [{ kind: "assign", local: 0, node: bigger }],
      );
      const merged = ir.add({ kind: "local", local: 0, version: 0 }, "f");
      return ir.program([LANES], [merge, store(0, merged)], ["f"]);
    });
    expect(x).toEqual([6, 7, 8, 9, 100, 3, 100, 5]);
  });

  test("integers shared by all lanes cannot be assigned in a branch of some", () => {
    const ir = irBuilder();
    const condition = ir.add({ kind: "gt" }, "b", ir.load("s", 0), ir.constant(0));
    const local = ir.add({ kind: "local", local: 0, version: 0 }, "i");
    const assign: Statement = { kind: "assign", local: 0, node: ir.int(1) };
    const body = [branch(condition, [assign]), store(0, ir.add({ kind: "floatFromInt" }, "f", local))];
    expect(() => emitWasm(ir.program([LANES], body, ["i"]), { capacity: 4 })).toThrow("integer shared by all lanes");
  });
});

describe("the module", () => {
  const step = () => emitWasm(randomProgram(3, 60), { capacity: 8 });

  test("has no data, globals, tables, elements or start function", () => {
    const ids: number[] = [];
    const bytes = step();
    for (let at = 8; at < bytes.length; ) {
      ids.push(bytes[at++] as number);
      let [size, shift] = [0, 0];
      for (let more = true; more; shift += 7) {
        const byte = bytes[at++] as number;
        size += (byte & 127) * 2 ** shift;
        more = byte >= 128;
      }
      at += size;
    }
    // Types, imports, functions, exports, code.
    expect(ids).toEqual([1, 2, 3, 7, 10]);
    const module = new WebAssembly.Module(bytes);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    expect(WebAssembly.Module.exports(module)).toEqual([{ name: "run", kind: "function" }]);
  });

  test("compiles once and instantiates as often as needed over one memory", () => {
    const ir = irBuilder();
    const next = ir.add({ kind: "add" }, "f", ir.load("s", 0), ir.constant(1));
    const module = new WebAssembly.Module(emitWasm(ir.program([LANES], [store(0, next)]), { capacity: 8 }));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    const [left, right] = [instantiateKernel(module, memory), instantiateKernel(module, memory)];
    left.run(0, 4, 64);
    right.run(4, 8, 64);
    right.run(4, 8, 64);
    expect([...new Float32Array(memory.buffer, 64, 8)]).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
  });

  test("is the same bytes every time", () => {
    expect(step()).toEqual(step());
  });

  test("uses few local variables however long the program is", () => {
    const ir = irBuilder();
    const body: Statement[] = [];
    for (let i = 0; i < 500; i++) {
      const x = ir.load("s", 0, { version: i });
      const square = ir.add({ kind: "mul" }, "f", x, x);
      body.push({ kind: "eval", node: x }, store(0, ir.add({ kind: "add" }, "f", square, square)));
    }
    const buffer = emitWasm(ir.program([LANES], body), { capacity: 4 });
    // After the head of the code section: one group of v128 locals.
    const group = buffer.indexOf(0x7b);
    expect(buffer[group - 1]).toBeLessThanOrEqual(3);
  });

  test("of a chain of 20,000 operations compiles", () => {
    const [x] = runOn([0, 1, 2, 3], (ir) => {
      let sum = ir.load("s", 0);
      for (let i = 0; i < 20_000; i++) sum = ir.add({ kind: "add" }, "f", sum, ir.constant(1));
      return ir.program([LANES], [store(0, sum)]);
    });
    expect(x).toEqual([20_000, 20_001, 20_002, 20_003]);
  });

  test("contains fused multiply-add only where asked for", () => {
    const product = (relaxed: boolean) => {
      const ir = irBuilder();
      const node = ir.add(
        { kind: "add" },
        "f",
        ir.add({ kind: "mul" }, "f", ir.load("s", 0), ir.load("s", 1)),
        ir.load("s", 2),
      );
      const bytes = emitWasm(ir.program([LANES], [store(0, node)]), { capacity: 4, relaxed });
      return Buffer.from(bytes).includes(Buffer.from([0xfd, 0x85, 0x02]));
    };
    expect([product(true), product(false)]).toEqual([true, false]);
  });
});
