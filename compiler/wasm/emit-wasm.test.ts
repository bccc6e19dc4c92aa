import { describe, expect, test } from "vitest";
import { pcg4d } from "../../core/random.js";
import { interpret, irBuilder, type Memory } from "../../test/ir-fixture.js";
import { RANDOM_RECORDS, RANDOM_WHOLE, randomProgram } from "../../test/random-program.js";
import { runWasm } from "../../test/wasm-run.js";
import type { Node, Program, Statement } from "../ir.js";
import { emitWasm } from "./emit-wasm.js";

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
