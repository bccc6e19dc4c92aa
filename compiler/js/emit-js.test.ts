import { afterEach, expect, test, vi } from "vitest";
import type { RecordBinding } from "../schema.js";
import { buildProgram } from "../trace/build-program.js";
import { emitJs } from "./emit-js.js";

const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: number, y: number } },
  { name: "c", kind: "uniform", fields: { g: number } },
];

function step(s: { x: number; y: number }, c: { g: number }): void {
  s.y = s.x * Math.exp(c.g) + 1;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test("only the lanes from first to last - 1 are touched", () => {
  const kernel = emitJs(buildProgram({ name: "step", uses: {}, step, records: RECORDS }), { capacity: 4 });
  const s = Float64Array.of(1, 2, 3, 4, 0, 0, 0, 0);
  kernel.run(1, 3, [s, Float64Array.of(0)]);
  expect([...s]).toEqual([1, 2, 3, 4, 0, 3, 4, 0]);
});

test("what is the same for all lanes is computed before the loop", () => {
  const { source } = emitJs(buildProgram({ name: "step", uses: {}, step, records: RECORDS }), { capacity: 4 });
  expect(source.indexOf("Math.exp")).toBeLessThan(source.indexOf("for (let i"));
  expect(source.indexOf("Math.exp")).toBeGreaterThan(0);
});

test("where new Function is forbidden a step still compiles, and emitJs says so", () => {
  vi.stubGlobal("Function", function forbidden() {
    throw new EvalError("unsafe-eval");
  });
  vi.stubGlobal("eval", () => {
    throw new EvalError("unsafe-eval");
  });
  (globalThis.Function as unknown as { prototype: unknown }).prototype = Object.getPrototypeOf(step);
  const program = buildProgram({ name: "step", uses: {}, step, records: RECORDS });
  expect(program.nodes.length).toBeGreaterThan(3);
  expect(() => emitJs(program, { capacity: 4 })).toThrow("this page's policy forbids new Function");
});
