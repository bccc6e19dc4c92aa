import { describe, expect, test } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { emitPython } from "./emit-python.js";
import { pythonNumber } from "./python-spellings.js";

const number = { unit: "1", doc: "" };
const RECORDS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: number, y: number, ring: { ...number, length: 2 } } },
  { name: "c", kind: "uniform", fields: { slot: { ...number, type: "index" }, g: number } },
];

interface State {
  x: number;
  y: number;
  readonly ring: number[];
}
interface Control {
  readonly slot: number;
  readonly g: number;
}
type Uses = { readonly clamp: typeof clamp };

function emit(step: (s: State, c: Control, u: Uses) => void, dialect: "arrays" | "scalar"): string[] {
  const program = buildProgram({ name: "toy", uses: { clamp }, step, records: RECORDS, budgets: { select: 0, unroll: 4 } });
  return emitPython(program, { name: "step", dialect, precision: 64, arrays: new Set(["s.ring"]) })
    .trimEnd()
    .split("\n");
}

function decay(s: State, c: Control, u: Uses): void {
  const old = s.ring[c.slot]!;
  s.ring[c.slot] = s.x;
  s.x = u.clamp(s.x * 0.5 + old * c.g, -1, 2);
}

function restart(s: State, c: Control): void {
  s.ring[c.slot] = s.x;
  if (s.x > 3) {
    s.x = s.y;
    for (let i = 0; i < 2; i++) s.ring[i] = 0;
  }
}

test("plain numbers: one statement an operation that is used again, rings copied before they are written", () => {
  expect(emit(decay, "scalar").filter((line) => !/^ {4}(v\d+ =|m = dict)/.test(line))).toEqual([
    "def step(c, m):",
    '    s_ring = list(m["s.ring"])',
    '    c_slot = c["slot"]',
    '    s_x = m["s.x"]',
    '    c_g = c["g"]',
    "    s_ring[c_slot] = s_x",
    expect.stringMatching(
      /^ {4}m\["s\.x"\] = \(\(v\d+ if v\d+ < 2\.0 else 2\.0\) if v\d+ >= \(-1\.0\) else .* else \(-1\.0\)\)$/,
    ),
    '    m["s.ring"] = s_ring',
    "    return m",
  ]);
});

test("arrays: constants are made once, a row is read before it is replaced, and given back when it is used up", () => {
  const lines = emit(decay, "arrays");
  expect(lines[0]).toBe("def make_step(xp):");
  expect(lines).toContain("    k0 = xp.number(0.5)");
  const read = lines.findIndex((line) => line.includes("row(s_ring, c_slot)"));
  const written = lines.findIndex((line) => line.includes("s_ring = with_row(s_ring, c_slot, s_x)"));
  expect(read).toBeGreaterThan(0);
  expect(written).toBeGreaterThan(read);
  expect(lines.join("\n")).toMatch(/m\["s\.x"\] = fmin\(fmax\(.*\), k\d\), k\d\)\n {8}del v\d+/);
});

test("arrays: a branch is a function of what it needs, and an array that it fills comes back whole", () => {
  const text = emit(restart, "arrays").join("\n");
  expect(text).toMatch(/def branch_0\(s_y\):\n {8}return \(s_y, k\d,\)/);
  expect(text).toMatch(/\(l0, s_ring,\) = branch\(v\d+, branch_0, \(s_y,\), \(\), \(s_x, s_ring,\)\)/);
});

describe("what the peers cannot do is refused by name", () => {
  test.each([
    [
      "loops",
      (s: State) => {
        for (let i = 0; i < 9; i++) s.x = s.x * 0.5 + 1;
      },
      /no loops/,
    ],
    [
      "branches within branches",
      (s: State) => {
        if (s.x > 3) {
          if (s.y > 3) s.ring[0] = 1;
        }
      },
      /branches within branches/,
    ],
    [
      "part of an array",
      (s: State, c: Control) => {
        if (s.x > 3) s.ring[0] = s.ring[c.slot]!;
      },
      /wholly or not at all/,
    ],
    [
      "a computed element",
      (s: State, c: Control) => {
        if (s.x > 3) s.ring[c.slot] = 0;
      },
      /computed element/,
    ],
  ])("%s", (_, step, message) => {
    expect(() => emit(step, "arrays")).toThrow(message);
  });
});

test("floats keep their value in Python's spelling", () => {
  expect([1, -0, 1e21, 0.1, Number.POSITIVE_INFINITY, Number.NaN].map(pythonNumber)).toEqual([
    "1.0",
    "-0.0",
    "1e+21",
    "0.1",
    'float("inf")',
    'float("nan")',
  ]);
});
