import { describe, expect, test } from "vitest";
import { randomProgram } from "../../test/random-program.js";
import { emitJs } from "../js/emit-js.js";
import { adjoint } from "./adjoint.js";

describe("random programs of loops, branches, arrays and locals", () => {
  test("derivatives agree with central differences", () => {
    let compared = 0;
    for (let seed = 0; seed < 400; seed++) {
      const program = randomProgram(seed);
      const draw = (i: number) => 0.3 + 1.4 * Math.abs(Math.sin(seed * 7.3 + i * 1.7));
      const start = Float64Array.from({ length: 10 }, (_, i) => draw(i));
      const common = Float64Array.from([draw(11), draw(12), 2, 0.5, 1.5, 0.7, 1.1, 0.9, 1.3]);
      const weights = Float64Array.from({ length: 10 }, (_, i) => draw(20 + i));
      const kernel = emitJs(program, { capacity: 1 });
      const value = (s: Float64Array): number => {
        const after = s.slice();
        kernel.run(0, 1, [after, common, Float64Array.of(5, 9)]);
        return after.reduce((sum, x, i) => sum + x * weights[i]!, 0);
      };
      const back = adjoint(program, { wrt: ["s"] });
      const slopes = weights.slice();
      const tape = new Float64Array(back.records.at(-1)!.size);
      emitJs(back, { capacity: 1 }).run(0, 1, [start.slice(), common, Float64Array.of(5, 9), slopes, tape]);
      if (!(Math.abs(value(start)) < 1e6)) continue;
      for (const i of start.keys()) {
        const difference = (h: number) => (value(moved(start, i, h)) - value(moved(start, i, -h))) / (2 * h);
        const [fine, coarse] = [difference(1e-6), difference(2e-6)];
        // At kinks and jumps the differences depend on their distance.
        if (!Number.isFinite(fine) || Math.abs(fine - coarse) > 1e-6 * (1 + Math.abs(fine))) continue;
        compared++;
        // Values up to 1e6 leave about ten digits, of which a difference over 1e-6 keeps four.
        const message = `seed ${seed}, element ${i}: ${slopes[i]} against ${fine}`;
        expect(Math.abs(slopes[i]! - fine), message).toBeLessThan(1e-4 * (1 + Math.abs(fine)));
      }
    }
    expect(compared).toBeGreaterThan(2500);
  });
});

function moved(values: Float64Array, element: number, by: number): Float64Array {
  const copy = values.slice();
  copy[element]! += by;
  return copy;
}
