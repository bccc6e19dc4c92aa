import { expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { emitJs } from "../js/emit-js.js";
import { clamp, units } from "../primitives.js";
import type { RecordBinding } from "../schema.js";
import { buildProgram } from "../trace/build-program.js";
import { type DecimalValue, emitDecimal } from "./emit-decimal.js";

const number = { unit: "1", doc: "" };
const state: RecordBinding = {
  name: "s",
  kind: "lane",
  fields: { x: number, y: number, day: { unit: "1", doc: "", type: "u32" }, ring: { unit: "1", doc: "", length: 5 } },
};
const control: RecordBinding = { name: "c", kind: "uniform", fields: { slot: { unit: "1", doc: "", type: "index" } } };

interface State {
  x: number;
  y: number;
  day: number;
  ring: number[];
}

const uses = { clamp, units, uniform4 };

function step(s: State, c: { slot: number }, u: typeof uses): void {
  const r = u.uniform4(7, s.day, 3, 9);
  let sum = 0;
  for (let i = 0; i < 5; i++) sum += s.ring[(c.slot + i) % 5]! * (i + 0.5);
  const x = s.x;
  s.x = Math.tanh(s.y) + Math.exp(-Math.abs(x)) + Math.log(2 + r.a) - Math.sqrt(r.b) + 0.1 * sum;
  s.y = Math.sin(x) * Math.cos(s.y) + Math.min(r.c, 0.3) ** 1.5 + Math.floor(3 * r.d) + u.clamp(x * 40, -2, 2);
  if (s.y > 1) s.y = s.y / 3;
  s.ring[c.slot] = Math.sign(s.y) + Math.max(x, 0);
  s.day = (s.day + 1) >>> 0;
}

test("decimal and float64 agree to 1e-12 on a step with every operation, restarted 50 times", () => {
  const program = buildProgram({ name: "step", uses, step, records: [state, control] });
  const js = emitJs(program, { capacity: 1 });
  const decimal = emitDecimal(program, { decimals: 6 });
  const floats = [Float64Array.of(0.3, -0.8, 0, 0.1, 0.2, 0.3, 0.4, 0.5), Float64Array.of(0)];
  for (let day = 0; day < 50; day++) {
    floats[1]![0] = day % 5;
    const exact: DecimalValue[][] = [
      [...floats[0]!].map((value, slot) => (slot === 2 ? value : new decimal.Decimal(value))),
      [day % 5],
    ];
    js.run(0, 1, floats);
    decimal.run(exact);
    floats[0]!.forEach((value, slot) => {
      // A dozen operations on values of order one lose at most a few 1e-15.
      expect(Math.abs(value - Number(exact[0]![slot]))).toBeLessThan(1e-12);
    });
  }
});

test("units are floored to base units, so a balance and its parts stay whole and their sum exact", () => {
  const split = (s: { x: number; y: number }, u: typeof uses): void => {
    const flow = u.units(s.x / 3);
    s.x = s.x - flow;
    s.y = s.y + flow;
  };
  const program = buildProgram({ name: "split", uses, step: split as never, records: [state] });
  const kernel = emitDecimal(program, { decimals: 6 });
  const view: DecimalValue[] = [new kernel.Decimal("388000000.123457"), new kernel.Decimal(0), 0];
  for (let i = 0; i < 100; i++) {
    kernel.run([view]);
    const [x, y] = view as [InstanceType<typeof kernel.Decimal>, InstanceType<typeof kernel.Decimal>];
    expect(x.plus(y).toString()).toBe("388000000.123457");
    expect(x.decimalPlaces()).toBeLessThanOrEqual(6);
  }
});

test("the precision has 34 digits at least and decimals are whole", () => {
  const program = buildProgram({ name: "none", uses, step: (() => undefined) as never, records: [state] });
  expect(() => emitDecimal(program, { decimals: 6, precision: 20 })).toThrow("precision 20");
  expect(() => emitDecimal(program, { decimals: 0.5 })).toThrow("decimals 0.5");
});
