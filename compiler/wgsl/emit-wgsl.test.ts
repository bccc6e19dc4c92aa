import { describe, expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import type { Program } from "../ir/program.js";
import { clamp } from "../primitives.js";
import type { RecordBinding } from "../schema.js";
import { buildProgram } from "../trace/build-program.js";
import { BUDGETS } from "../trace/machine.js";
import { emitWgsl } from "./emit-wgsl.js";
import { planWords } from "./word-plan.js";

const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: number, w: { ...number, length: 6 }, n: { ...number, type: "u32" } } },
  { name: "z", kind: "scratch", fields: { q: number } },
  { name: "c", kind: "uniform", fields: { g: number, slot: { ...number, type: "index" }, seed: { ...number, type: "u32" } } },
  { name: "o", kind: "lane", fields: { y: number } },
];

interface State {
  x: number;
  w: number[];
  n: number;
}
interface Shared {
  readonly g: number;
  readonly slot: number;
  readonly seed: number;
}

function build(step: (...records: never[]) => void): Program {
  return buildProgram({
    name: "sample",
    uses: { clamp, uniform4 },
    step,
    records: RECORDS,
    budgets: { ...BUDGETS, unroll: 0 },
  });
}

/** The body of the emitted step, without the library. */
function emitBody(program: Program, capacity: number): string {
  const code = emitWgsl(program, { plan: planWords(program.records, capacity) });
  return code.slice(code.indexOf("fn run_lane"), code.indexOf("@compute"));
}

const CAPACITY = 10;

describe("memory", () => {
  test("all lane records share one array and all uniform ones another, without gaps", () => {
    const program = build((s: State, _z: never, c: Shared, o: { y: number }) => {
      o.y = s.x + c.g;
    });
    const plan = planWords(program.records, CAPACITY);
    expect(plan).toMatchObject({ laneWords: 90, commonWords: 3 });
    expect(Object.fromEntries(plan.offsets)).toEqual({ s: 0, c: 0, o: 80 });
    const code = emitWgsl(program, { plan });
    expect(code.match(/var<storage/g)).toHaveLength(2);
    expect(code).toContain("lanes: array<u32, 90>");
    expect(code).toContain("common_words: array<u32, 3>");
    expect(emitBody(program, CAPACITY)).toContain(
      "lanes[80u + lane] = bitcast<u32>((bitcast<f32>(lanes[0u + lane]) + bitcast<f32>(common_words[0u])));",
    );
  });

  test("elements are strides apart, rings are found by the shared position, words stay words", () => {
    const body = emitBody(
      build((s: State, _z: never, c: Shared) => {
        for (let i = 0; i < 6; i++) s.w[i] = s.w[i]! + 1;
        s.x = s.w[c.slot]!;
        s.n = (s.n + c.seed) >>> 0;
      }),
      CAPACITY,
    );
    expect(body).toContain("for (var k0 = 0i; k0 < 6i; k0++) {");
    expect(body).toContain("lanes[10u + u32(k0) * 10u + lane] = ");
    expect(body).toContain("lanes[10u + u32(bitcast<i32>(common_words[1u])) * 10u + lane]");
    expect(body).toContain("lanes[70u + lane] = (lanes[70u + lane] + common_words[2u]);");
  });
});

describe("code", () => {
  test("the four words of one key are computed together", () => {
    const body = emitBody(
      build((s: State, _z: never, c: Shared, _o: never, u: { uniform4: typeof uniform4 }) => {
        const draw = u.uniform4(c.seed, s.n, 1, 2);
        s.x = draw.a + draw.b * draw.c - draw.d;
      }),
      CAPACITY,
    );
    expect(body.match(/pcg4d\(/g)).toHaveLength(1);
  });

  test("a lane beyond the capacity does nothing", () => {
    const program = build((s: State) => {
      s.x = 1;
    });
    expect(emitWgsl(program, { plan: planWords(program.records, CAPACITY), workgroup: 32 })).toMatch(
      /@workgroup_size\(32\)\s+fn main\(.*\) \{\s+if \(id.x < 10u\) \{ run_lane\(id.x\); \}/,
    );
  });

  test("wrong sizes are refused", () => {
    const program = build((s: State) => {
      s.x = 1;
    });
    const plan = planWords(program.records, CAPACITY);
    for (const workgroup of [0, 257, 1.5])
      expect(() => emitWgsl(program, { plan, workgroup })).toThrow(`workgroup is ${workgroup}`);
    for (const capacity of [0, -1, 2.5, Number.NaN])
      expect(() => planWords(program.records, capacity)).toThrow(`capacity is ${capacity}`);
    expect(() => planWords(program.records, 2 ** 28)).toThrow("do not fit");
  });
});
