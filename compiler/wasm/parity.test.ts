import { expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { runWasm } from "../../test/support/wasm-run.js";
import { clamp, units } from "../primitives.js";
import type { RecordBinding } from "../schema.js";
import { buildProgram } from "../trace/build-program.js";

const LENGTH = 20;
const field = (length?: number, type?: "u32" | "index") => ({
  ...{ unit: "1", doc: "" },
  ...(length === undefined ? {} : { length }),
  ...(type === undefined ? {} : { type }),
});
const BINDINGS: readonly RecordBinding[] = [
  { name: "s", kind: "lane", fields: { x: field(), y: field(), window: field(LENGTH), key: field(undefined, "u32") } },
  { name: "p", kind: "uniform", fields: { level: field(), seed: field(undefined, "u32"), slot: field(undefined, "index") } },
];

interface State {
  x: number;
  y: number;
  window: number[];
  key: number;
}
interface Params {
  readonly level: number;
  readonly seed: number;
  readonly slot: number;
}

const uses = {
  clamp,
  units,
  uniform4,
  DECAY: 0.9,
  halfOrOne(a: number) {
    if (a < 0) return { value: 0, weight: 1 };
    const half = a * 0.5;
    return { value: half, weight: 2 };
  },
};

/** Helpers, branches, a loop with a carried sum and stores, a ring position, randomness and every function. */
function step(s: State, p: Params, u: typeof uses): void {
  const part = u.halfOrOne(s.x - p.level);
  if (s.y > 1) {
    s.x = -s.x;
    s.y = u.clamp(s.y * 3, 0, 5);
  } else {
    s.y = s.y + 0.75 * u.units(part.value);
    s.x = s.x + part.weight;
  }
  const draw = u.uniform4(p.seed, s.key, (p.seed + 7) >>> 0, p.seed + 1);
  let sum = 0;
  for (let i = 0; i < 20; i++) {
    sum = sum * u.DECAY + s.window[i]! * Math.exp(-0.1 * Math.abs(s.window[i]!));
    if (s.window[i]! > 0.3) s.window[i] = sum * Math.tanh(p.level) + Math.sqrt(s.window[i]!);
  }
  const shock = Math.sqrt(-2 * Math.log(draw.a)) * Math.cos(2 * Math.PI * draw.b);
  s.x = s.x + 0.1 * shock + Math.sin(s.y) * draw.c;
  s.y = s.y * 0.5 + (Math.abs(s.x) + 0.5) ** 0.7 - Math.max(Math.floor(sum), -1) * 0.01 + Math.sign(draw.d - 0.5);
  s.window[(p.slot + 3) % 20] = s.y + s.window[p.slot]!;
}

test("a compiled step agrees with the plain call to float32 accuracy on every lane", () => {
  const program = buildProgram({ name: "sample", uses, step, records: BINDINGS });
  const capacity = 64;
  const params = { level: Math.fround(0.3), seed: 4294967290, slot: 4 };
  const lanes = Array.from({ length: capacity }, (_, lane): State => {
    const number = (n: number) => Math.fround(4 * Math.sin(37 * lane + n * n));
    return { x: number(1), y: number(2), window: Array.from({ length: LENGTH }, (_, i) => number(3 + i)), key: lane * 1e6 };
  });
  const elements = (state: State) => [state.x, state.y, ...state.window, state.key];
  const start = lanes.map(elements);
  const s = (start[0] as number[]).flatMap((_, element) => start.map((values) => values[element] as number));
  runWasm(
    program,
    { s, p: [params.level, params.seed, params.slot] },
    { capacity, last: capacity, whole: { s: [22], p: [1, 2] } },
  );

  lanes.forEach((state, lane) => {
    step(state, params, uses);
    elements(state).forEach((expected, element) => {
      // Restarted from the same state: a few roundings of 6e-8 each, amplified by the sums over the window.
      const error = Math.abs((s[element * capacity + lane] as number) - expected) / (Math.abs(expected) + 1);
      expect(error, `element ${element} of lane ${lane}`).toBeLessThan(2e-6);
    });
  });
});
