import { transformSync } from "esbuild";
import { expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { countNodes } from "../analysis/count-nodes.js";
import { emitJs } from "../js/emit-js.js";
import { clamp, units } from "../primitives.js";
import type { RecordBinding } from "../schema.js";
import { buildProgram } from "./build-program.js";

const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: number, y: number, w: { ...number, length: 8 } } },
  { name: "p", kind: "lane", fields: { "gain.x": number, "gain.y": number } },
  { name: "c", kind: "uniform", fields: { slot: { ...number, type: "index" } } },
];

const SOURCE = `found({
  /** A helper with early returns. */
  tier(x, u) {
    if (x < 0) return 0;
    if (x < u.LIMIT) {
      const half = x / 2;
      return half;
    }
    return x > 3 ? 3 : x;
  },
  step(s, p, c, u) {
    "use strict";
    const before = s.x;
    const { a, b: second } = u.uniform4(1, 2, 3, 4);
    let total = 0;
    for (let i = 0; i < 8; i++) {
      total += s.w[i] * (i + 1);
      s.w[(c.slot + i) % 8] = total;
    }
    for (const k in s) {
      if (k === "w") { total = total * 2; } else { s[k] = s[k] * p["gain." + k] + p[\`gain.\${k}\`]; }
    }
    if (s.y > 0.5 && before < 2) {
      s.x = u.tier(before, u) + a;
    } else if (!(s.y > 0.2)) {
      s.x = second;
      s.y = before ** 2;
    }
    const m = { low: Math.min(s.x, s.y, 0.25), nested: { high: 1e3 } };
    s.y = m.low + m.nested.high * 0x10 + 1_000 + total;
    total > 3 ? (s.y = -s.y) : (s.x += 1);
    const flag = s.x > 0 || s.y > 0;
    if (flag) s.w[1] += u.clamp(u.units(total), -1, 1);
    ;
    { const inner = s.w[2]; s.w[3] = inner; }
  },
})`;

type Step = (...args: unknown[]) => void;
function evaluate(source: string): { tier: Step; step: Step } {
  const found: { tier: Step; step: Step }[] = [];
  new Function("found", source)((functions: { tier: Step; step: Step }) => found.push(functions));
  return found[0]!;
}

function compile({ tier, step }: { tier: Step; step: Step }): {
  readonly result: readonly unknown[];
  readonly plain: readonly unknown[];
} {
  const uses = { clamp, units, uniform4, tier, LIMIT: 1.5 };
  const program = buildProgram({ name: "step", uses: uses as never, step: step as never, records: RECORDS });
  const start = [0.7, 0.9, 1, -2, 3, 0.5, 0.25, 8, 0.1, 2];
  const views = [Float64Array.from(start), Float64Array.of(0.8, 1.2), Float64Array.of(5)];
  emitJs(program, { capacity: 1 }).run(0, 1, views);
  const s = { x: start[0], y: start[1], w: start.slice(2) };
  step(s, { "gain.x": 0.8, "gain.y": 1.2 }, { slot: 5 }, uses);
  return { result: [...views[0]!], plain: [s.x, s.y, ...s.w] };
}

const original = compile(evaluate(SOURCE));

test("the source as written runs as its plain call", () => {
  expect(original.result).toEqual(original.plain);
});

for (const target of ["es2022", "es2016", "esnext"]) {
  test(`the source after esbuild --minify for ${target} gives the same`, () => {
    const code = transformSync(SOURCE, { minify: true, target }).code;
    expect(code.length).toBeLessThan(SOURCE.length * 0.8);
    const minified = compile(evaluate(code));
    expect(minified.result).toEqual(original.result);
    expect(minified.plain).toEqual(original.plain);
  });
}

test("coverage counters in statements and expressions are skipped", () => {
  const counted = new Function(
    "cov_2f8",
    `return function step(s, p, c, u) {
      cov_2f8().f[0]++;
      const before = (cov_2f8().s[0]++, s.x);
      cov_2f8().s[1]++;
      if (s.y > 0 && (cov_2f8().b[0][0]++, before > 0)) { cov_2f8().b[1][0]++; cov_2f8().s[2]++; s.x = s.y; } else { cov_2f8().b[1][1]++; }
      s.y = before > 1 ? (cov_2f8().b[2][0]++, 1) : (++cov_2f8().b[2][1], before);
      cov_2f8.s[3]++;
      __coverage__["a.js"].s[3]++;
      for (let i = (cov_2f8().s[4]++, 0); i < 2; i++) { cov_2f8().s[5]++; s.w[i] = before; }
    }`,
  )() as Step;
  const program = buildProgram({ name: "step", uses: {}, step: counted as never, records: RECORDS });
  const view = Float64Array.of(0.5, 2, 9, 9, 9, 9, 9, 9, 9, 9);
  emitJs(program, { capacity: 1 }).run(0, 1, [view, new Float64Array(2), new Float64Array(1)]);
  expect([...view]).toEqual([2, 0.5, 0.5, 0.5, 9, 9, 9, 9, 9, 9]);
});

test("var, commas, logical assignment, !0, void 0 and counters of every form are understood", () => {
  const step = new Function(
    "s",
    "p",
    "c",
    "u",
    `var t, k = 3, i; t = s.x, k -= 1;
     s.x > 0 && (s.y = t); s.x < 0 || (t = k);
     !0 ? s.x = 1 : s.x = void 0;
     var b = s.y > 1; b &&= t > 0; b ||= !1;
     if (b) s.x = 5; else ++s.x;
     for (i = 7; i >= 0; i -= 2) s.w[i] = i;
     for (var j = 0, n = s.w.length; j < n; j += 4) s.w[j]--;
     var t; s.y = (t, i);
     return void (s.y += 1);`,
  ) as Step;
  const program = buildProgram({ name: "step", uses: {}, step: step as never, records: RECORDS });
  for (const start of [
    [2, 3],
    [-2, 3],
    [-2, 0],
  ]) {
    const view = Float64Array.of(...start, 0, 0, 0, 0, 0, 0, 0, 0);
    const s = { x: start[0], y: start[1], w: new Array(8).fill(0) };
    emitJs(program, { capacity: 1 }).run(0, 1, [view, new Float64Array(2), new Float64Array(1)]);
    step(s, {}, { slot: 0 }, {});
    expect([...view]).toEqual([s.x, s.y, ...s.w]);
  }
});

test("methods, arrows and function expressions are read alike", () => {
  const forms = [
    {
      step(s: { x: number }) {
        s.x = 2;
      },
    }.step,
    (s: { x: number }) => {
      s.x = 2;
    },
    (s: { x: number }) => {
      s.x = 2;
    },
    new Function("return (s) => (s.x = 2)")() as Step,
    new Function('return { "a b"(s) { s.x = 2; } }["a b"]')() as Step,
    new Function("return { [`a`]: (s) => void (s.x = 2) }.a")() as Step,
  ];
  for (const step of forms) {
    const program = buildProgram({ name: "step", uses: {}, step: step as never, records: RECORDS });
    expect(countNodes(program)).toEqual({ nodes: 1, locals: 0, stores: 1, loops: 0, regions: 0 });
  }
});
