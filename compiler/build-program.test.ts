import { expect, test } from "vitest";
import { uniform4 } from "../core/random.js";
import { buildProgram } from "./build-program.js";
import { emitJs } from "./emit-js.js";
import { clamp, units } from "./primitives.js";

const f = (unit = "1") => ({ unit, doc: "" });

test("a step with helpers, for-in, if and randomness runs as its plain call", () => {
  const uses = {
    clamp,
    units,
    uniform4,
    YEAR: 365.25,
    gains: { x: 0.5, y: 0.25 },
    half(a: number) {
      if (a < 0) return { v: 0, w: 1 };
      const b = a * 0.5;
      return { v: b, w: 2 };
    },
  };
  type V = Record<string, number>;
  const step = (s: V, p: V, z: V, o: V, u: typeof uses & { gains: V }) => {
    const m = u.half(s.x! - p.level!);
    z.tmp = m.v + m.w;
    for (const k in s) o[k] = s[k]! * u.gains[k]! + z.tmp;
    if (s.y! > 1) {
      s.x = -s.x!;
      s.y = u.clamp(s.y! * 3, 0, 5);
    } else {
      s.y = s.y! + 0.75 * u.units(m.v);
      let q = s.x;
      s.x = s.y;
      q = q! + 1;
      s.y = q;
    }
    const r = u.uniform4(p.seed!, 3, (p.seed! + 7) >>> 0, p.seed! + 1);
    o.x = o.x! + r.a + r.d;
  };
  const program = buildProgram({
    name: "t",
    uses,
    step,
    records: [
      { name: "s", kind: "lane", fields: { x: f(), y: f() } },
      { name: "p", kind: "uniform", fields: { level: f(), seed: { unit: "1", doc: "", type: "u32" } } },
      { name: "z", kind: "scratch", fields: { tmp: f() } },
      { name: "o", kind: "lane", fields: { x: f(), y: f() } },
    ],
  });
  const n = 40;
  const kernel = emitJs(program, { capacity: n });
  const s = Float64Array.from({ length: 2 * n }, (_, i) => Math.sin(i) * 4);
  const p = Float64Array.of(0.3, 4294967290);
  const o = new Float64Array(2 * n);
  const expected: number[] = [];
  for (let i = 0; i < n; i++) {
    const plain = { s: { x: s[i]!, y: s[n + i]! }, p: { level: 0.3, seed: 4294967290 }, z: {}, o: {} as V };
    step(plain.s, plain.p, plain.z, plain.o, uses);
    expected.push(plain.s.x, plain.s.y, plain.o.x!, plain.o.y!);
  }
  kernel.run(0, n, [s, p, o]);
  const got: number[] = [];
  for (let i = 0; i < n; i++) got.push(s[i]!, s[n + i]!, o[i]!, o[n + i]!);
  expect(got).toEqual(expected);
});
