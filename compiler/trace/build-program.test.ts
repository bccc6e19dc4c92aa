import { expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { countNodes } from "../analysis/count-nodes.js";
import type { Program } from "../ir/program.js";
import { emitJs } from "../js/emit-js.js";
import { clamp, units } from "../primitives.js";
import type { RecordBinding, RecordSpec } from "../schema.js";
import { buildProgram } from "./build-program.js";

const number = { unit: "1", doc: "" };
const word = { unit: "1", doc: "", type: "u32" } as const;
const index = { unit: "1", doc: "", type: "index" } as const;
const lane = (name: string, fields: RecordSpec): RecordBinding => ({ name, kind: "lane", fields });
const S = lane("s", { x: number, y: number, z: number });

type V = Record<string, number>;

function compile(body: string, records: readonly RecordBinding[] = [S], uses: object = {}): Program {
  const step = new Function(...records.map((record) => record.name), "u", body) as () => void;
  return buildProgram({ name: "step", uses: uses as never, step, records });
}

function kinds(program: Program): string[] {
  return program.nodes.map((node) => node.op.kind);
}

function run(program: Program, ...views: number[][]): number[][] {
  const arrays = views.map((view) => Float64Array.from(view));
  emitJs(program, { capacity: 1 }).run(0, 1, arrays);
  return arrays.map((array) => [...array]);
}

test("a step with helpers, for-in, conditions and randomness runs on every lane as its plain call", () => {
  const uses = {
    clamp,
    units,
    uniform4,
    gains: { x: 0.5, y: 0.25 },
    half(a: number) {
      if (a < 0) return { v: 0, w: 1 };
      const b = a * 0.5;
      return { v: b, w: 2 };
    },
  };
  const definition = {
    uses,
    step(s: V, p: V, z: V, o: V, u: typeof uses) {
      const m = u.half(s["x"]! - p["level"]!);
      z["tmp"] = m.v + m.w;
      for (const k in s) o[k] = s[k]! * (u.gains as V)[k]! + z["tmp"]!;
      if (s["y"]! > 1) {
        s["x"] = -s["x"]!;
        s["y"] = u.clamp(s["y"]! * 3, 0, 5);
      } else {
        s["y"] = s["y"]! + 0.75 * u.units(m.v);
      }
      const r = u.uniform4(p["seed"]!, 3, (p["seed"]! + 7) >>> 0, p["seed"]! + 1);
      o["x"] = o["x"]! + r.a + r.d;
    },
  };
  const records: RecordBinding[] = [
    lane("s", { x: number, y: number }),
    { name: "p", kind: "uniform", fields: { level: number, seed: word } },
    { name: "z", kind: "scratch", fields: { tmp: number } },
    lane("o", { x: number, y: number }),
  ];
  const program = buildProgram({ name: "step", ...definition, records });
  expect(program.records.map((record) => [record.name, record.kind, record.size])).toEqual([
    ["s", "lane", 2],
    ["p", "uniform", 2],
    ["o", "lane", 2],
  ]);
  const n = 40;
  const s = Float64Array.from({ length: 2 * n }, (_, i) => Math.sin(i) * 4);
  const o = new Float64Array(2 * n);
  const expected = Array.from({ length: n }, (_, i) => {
    const plain = { s: { x: s[i]!, y: s[n + i]! }, o: {} as V };
    definition.step(plain.s, { level: 0.3, seed: 4294967290 }, {}, plain.o, definition.uses);
    return [plain.s.x, plain.s.y, plain.o["x"], plain.o["y"]];
  });
  emitJs(program, { capacity: n }).run(0, n, [s, Float64Array.of(0.3, 4294967290), o]);
  expect(Array.from({ length: n }, (_, i) => [s[i], s[n + i], o[i], o[n + i]])).toEqual(expected);
});

test("records are bound by position, whatever the parameters are called", () => {
  const step = new Function("e", "t", "e.x = t.y + 1;") as () => void;
  const program = buildProgram({ name: "step", uses: {}, step, records: [S, lane("q", { y: number })] });
  expect(run(program, [0, 0, 0], [5])).toEqual([[6, 0, 0], [5]]);
});

test("a step may take all records as one parameter, by name and destructured", () => {
  const step = new Function("r", "u", "const { q } = r; r.s.x = q.y + 1; u.more(r);") as () => void;
  const more = ({ s, q }: Record<"s" | "q", V>) => {
    s["y"] = 2 * q["y"]!;
  };
  const program = buildProgram({ name: "step", uses: { more }, step, records: { s: S, q: lane("q", { y: number }) } });
  expect(run(program, [0, 0, 0], [5])).toEqual([[6, 10, 0], [5]]);
  const misspelt = new Function("r", "u", "r.s.x = r.qq.y;") as () => void;
  expect(() =>
    buildProgram({ name: "step", uses: {}, step: misspelt, records: { s: S, q: lane("q", { y: number }) } }),
  ).toThrow('there is no "qq", did you mean "q"?');
});

test("common subexpressions are computed once, unused results not at all", () => {
  const program = compile("const a = Math.exp(s.x * s.y); const dead = Math.log(a); s.z = a + Math.exp(s.y * s.x); s.x = s.x;");
  expect(kinds(program).sort()).toEqual(["add", "exp", "load", "load", "mul"]);
  expect(countNodes(program)).toEqual({ nodes: 5, locals: 0, stores: 1, loops: 0, regions: 0 });
});

test("constants are folded without changing a bit: x + 0 and x * 0 stay", () => {
  expect(kinds(compile("s.x = Math.sqrt(2) * 3 - Math.PI ** 2;"))).toEqual(["const"]);
  expect(kinds(compile("s.x = s.y * 1; s.z = s.y / 1 - 0;"))).toEqual(["load"]);
  expect(kinds(compile("s.x = s.y + 0;"))).toEqual(["load", "const", "add"]);
  expect(kinds(compile("s.x = s.y * 0;"))).toEqual(["load", "const", "mul"]);
  expect(run(compile("s.x = s.y + 0; s.z = 0 * s.y;"), [9, -0, 9])).toEqual([[0, -0, -0]]);
  expect(run(compile("s.x = s.y - s.y; s.z = 0 * s.y;"), [9, Number.NaN, 9])).toEqual([[Number.NaN, Number.NaN, Number.NaN]]);
});

test("fields listed as constants are folded and take no slot", () => {
  const p: RecordBinding = { ...lane("p", { a: number, b: number }), constants: { a: { value: 3, unit: "1" } } };
  const program = compile("for (const k in p) s.x += p[k];", [S, p]);
  expect(program.records[1]?.size).toBe(1);
  expect(run(program, [1, 0, 0], [10])[0]).toEqual([14, 0, 0]);
});

test("small conditions become selects, large ones regions that keep what they do not assign", () => {
  expect(countNodes(compile("if (s.x > 0) { s.y = s.x * 2; } else s.z = 1;")).regions).toBe(0);
  const many = Array.from({ length: 250 }, (_, i) => `t = Math.sin(t + ${i});`).join("\n");
  const program = compile(`let t = s.y; if (s.x > 0) { ${many} s.y = t; } s.z = t;`);
  expect(countNodes(program)).toMatchObject({ regions: 1, locals: 2 });
  let t = 0.5;
  for (let i = 0; i < 250; i++) t = Math.sin(t + i);
  expect(run(program, [1, 0.5, 0])).toEqual([[1, t, t]]);
  expect(run(program, [-1, 0.5, 0])).toEqual([[-1, 0.5, 0.5]]);
});

test("loops within the budget are unrolled, others keep their variables from one iteration to the next", () => {
  const fib = (n: number): string =>
    `let a = 0, b = 1; for (let i = 0; i < ${n}; i++) { const c = a + b * s.y; a = b; b = c; } s.x = a;`;
  expect(countNodes(compile(fib(20)))).toMatchObject({ loops: 0, locals: 0 });
  const long = compile(fib(5000));
  expect(countNodes(long)).toMatchObject({ loops: 1, locals: 2 });
  expect(long.nodes.length).toBeLessThan(20);
  let [a, b] = [0, 1];
  for (let i = 0; i < 5000; i++) [a, b] = [b, a + b * 0.3];
  expect(run(long, [0, 0.3, 0])[0]![0]).toBe(a);
});

test("what does not change in a loop is computed before it", () => {
  const program = compile("let t = 0; for (let i = 0; i < 9000; i++) t = t * Math.exp(s.x) + i * Math.tanh(s.y); s.z = t;");
  const before = program.body.filter((statement) => statement.kind === "eval").map((statement) => statement.node.op.kind);
  expect(before.sort()).toEqual(["exp", "tanh"]);
});

test("a condition that reads rings but writes nothing stays a select", () => {
  const ring = lane("s", { w: { ...number, length: 5 }, x: number });
  const c: RecordBinding = { name: "c", kind: "uniform", fields: { slot: index } };
  const program = compile("s.x = s.x > 0 ? s.w[c.slot] : s.w[(c.slot + 1) % 5] * 2; s.w[c.slot] = s.x;", [ring, c]);
  expect(countNodes(program)).toMatchObject({ regions: 0, locals: 0 });
  expect(run(program, [1, 2, 3, 4, 5, -1], [4])[0]).toEqual([1, 2, 3, 4, 2, 2]);
});

test("a loop may be counted, nested, and index arrays and rings", () => {
  const array = lane("s", { w: { ...number, length: 3000 }, sum: number });
  const c: RecordBinding = { name: "c", kind: "uniform", fields: { slot: index } };
  const body = `
    let sum = 0;
    for (let i = 2999; i >= 1; i -= 2) {
      for (let j = 0; j < 2; j++) sum += s.w[i - j] * (i + 0.5);
      s.w[i] = sum;
    }
    s.w[(c.slot + 4) % 3000] = -1;
    s.w[c.slot] += s.w[0] + s.w.length;
    s.sum = sum;`;
  const program = compile(body, [array, c]);
  expect(countNodes(program).loops).toBe(1);
  const start = Array.from({ length: 3001 }, (_, i) => Math.cos(i));
  const plain = { w: start.slice(0, 3000), sum: 0 };
  (new Function("s", "c", body) as (...args: unknown[]) => void)(plain, { slot: 2998 });
  expect(run(program, start, [2998])[0]).toEqual([...plain.w, plain.sum]);
});

test("loops over 64-element arrays stay loops in the program and in its text", () => {
  const fields: RecordSpec = Object.fromEntries(
    ["price", "stake", "weight", "reserve"].map((name) => [name, { ...number, length: 64 }]),
  );
  const body = `
    let total = 0;
    for (let i = 0; i < 64; i++) total += s.stake[i];
    for (let i = 0; i < 64; i++) {
      const share = s.stake[i] / total;
      const flow = u.clamp(share * p.emission * (1 + s.weight[i]), 0, 3);
      s.reserve[i] += flow - 0.01 * Math.sqrt(Math.max(s.reserve[i], 0));
      s.price[i] = s.price[i] * Math.exp(0.1 * (flow - share)) + Math.tanh(s.reserve[i]) * 0.001;
      if (s.price[i] > 2) { s.weight[i] = 0.9 * s.weight[i]; s.stake[i] += flow; } else { s.weight[i] += 0.01; }
    }
    for (let i = 0; i < 63; i++) s.weight[i] = 0.5 * (s.weight[i] + s.weight[i + 1]);`;
  const records = [lane("s", fields), lane("p", { emission: number })];
  const program = compile(body, records, { clamp });
  const kernel = emitJs(program, { capacity: 4 });
  expect(countNodes(program).nodes).toBeLessThan(500);
  expect(countNodes(program).loops).toBeGreaterThan(0);
  expect(kernel.source.length).toBeLessThan(400_000);
});

test("u32 sums wrap with >>> 0 only, compare exactly and convert in arithmetic", () => {
  const n = lane("n", { a: word, b: word, c: word, f: number, g: number, h: number });
  const body = `
    n.c = (n.a + n.b) >>> 0;
    n.f = n.a + n.b;
    n.g = (n.a > n.b ? 1 : 0) + (n.a === n.b ? 10 : 0) + (n.a <= 5 ? 100 : 0) + (n.a + n.b > 4294967295 ? 1000 : 0);
    n.h = n.a * 0.5 - ((n.a - 3) >>> 0) + (n.b >>> 4);
    if (n.g > 0) n.b = 7;`;
  const program = compile(body, [n]);
  const step = new Function("n", body) as (n: V) => void;
  for (const [a, b] of [
    [4294967295, 4294967295],
    [0, 1],
    [5, 4294967295],
    [4294967294, 1],
  ] as const) {
    const plain: V = { a, b, c: 0, f: 0, g: 0, h: 0 };
    step(plain);
    expect(run(program, [a, b, 0, 0, 0, 0])[0]).toEqual(Object.values(plain));
  }
});

test("uniform4 is bit-identical to the plain function, and its four components share one hash", () => {
  const d: RecordBinding = { name: "d", kind: "uniform", fields: { seed: word, stream: word } };
  const program = compile(
    "const r = u.uniform4(d.seed, 3, 4, d.stream + 9); const { a, b: q } = r; s.x = a; s.y = q; s.z = r.c * 2 + r.d;",
    [S, d],
    { uniform4 },
  );
  const r = uniform4(4000000000, 3, 4, 4294967290 + 9);
  expect(run(program, [0, 0, 0], [4000000000, 4294967290])[0]).toEqual([r.a, r.b, r.c * 2 + r.d]);
  expect(emitJs(program, { capacity: 1 }).source.match(/1013904223/g)?.length).toBe(4);
});

test("objects can be nested, passed on, changed and chosen between", () => {
  const body = `
    const m = { a: s.x, inner: { b: s.y } };
    u.bump(m.inner);
    const t = s.z > 0 ? m : { a: 1, inner: { b: 2 } };
    for (const k in t) if (k !== "inner") s.x = t[k];
    s.y = t.inner.b + m.inner.b;`;
  const bump = (o: { b: number }): void => {
    o.b += 1;
  };
  const program = compile(body, [S], { bump });
  const step = new Function("s", "u", body) as (...args: unknown[]) => void;
  for (const z of [-1, 1]) {
    const plain = { x: 3, y: 4, z };
    step(plain, { bump });
    expect(run(program, [3, 4, z])[0]).toEqual([plain.x, plain.y, plain.z]);
  }
});

test("an object that a condition has chosen cannot be changed, nor those it was chosen from", () => {
  const choose = "const m = { a: 1 }, n = { a: 2 }; const t = s.z > 0 ? m : n;";
  expect(() => compile(`${choose} t.a = 3; s.x = m.a;`)).toThrow("belongs to an object that a condition has chosen");
  expect(() => compile(`${choose} n.a = 3; s.x = t.a;`)).toThrow("belongs to an object that a condition has chosen");
  const fresh = (x: number) => (x > 0 ? { a: x } : { a: 0 });
  expect(run(compile("const t = u.fresh(s.z); t.a += 1; s.x = t.a;", [S], { fresh }), [0, 0, 4])[0]).toEqual([5, 0, 4]);
});

test("tables of constants are read with constant and unrolled indices", () => {
  const program = compile("for (let i = 0; i < u.t.length; i++) s.x += u.t[i] * s.y; s.z = u.g.t[1];", [S], {
    t: [1, 2, 4],
    g: { t: [8, 16] },
  });
  expect(run(program, [0, 1, 0])).toEqual([[7, 1, 16]]);
});

test("scratch fields and arrays live within the step only", () => {
  const z: RecordBinding = { name: "z", kind: "scratch", fields: { q: { ...number, length: 3 }, r: number } };
  const program = compile(
    "for (let i = 0; i < 3; i++) z.q[i] = s.x + i; if (s.x > 0) z.r = 1; else z.r = z.q[2]; s.y = z.q[0] * z.r;",
    [S, z],
  );
  expect(program.records.map((record) => record.name)).toEqual(["s"]);
  expect(run(program, [-3, 0, 0])).toEqual([[-3, 3, 0]]);
});

test("slots that are exchanged keep their old values until both are read", () => {
  const program = compile("const t = s.x; s.x = s.y; s.y = s.z; s.z = t;");
  expect(run(program, [1, 2, 3])).toEqual([[2, 3, 1]]);
});
