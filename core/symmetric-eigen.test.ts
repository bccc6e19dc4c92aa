import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { symmetricEigen } from "./symmetric-eigen.js";

describe("symmetricEigen", () => {
  it("knows [[2, 1], [1, 2]]: 1 and 3", () => {
    const { values } = symmetricEigen([2, 1, 1, 2], 2);
    expect([...values].sort()).toEqual([expect.closeTo(1, 14), expect.closeTo(3, 14)]);
  });

  it("puts any symmetric matrix together again from orthonormal vectors", () => {
    const n = 7;
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: n * n, maxLength: n * n }), (raw) => {
        const a = Array.from({ length: n * n }, (_, at) => raw[at]! + raw[(at % n) * n + Math.floor(at / n)]!);
        const { values, vectors: v } = symmetricEigen(a, n);
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < n; j++) {
            let whole = 0;
            let product = 0;
            for (let k = 0; k < n; k++) {
              whole += v[i * n + k]! * values[k]! * v[j * n + k]!;
              product += v[k * n + i]! * v[k * n + j]!;
            }
            // Norms are below 100, rounding 1e-16 of that a few hundred times.
            expect(whole).toBeCloseTo(a[i * n + j]!, 11);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
          }
        }
      }),
      { seed: 3, numRuns: 50 },
    );
  });

  it("leaves a zero and a diagonal matrix as they are", () => {
    expect([...symmetricEigen([0, 0, 0, 0], 2).values]).toEqual([0, 0]);
    expect([...symmetricEigen([4, 0, 0, -1], 2).values]).toEqual([4, -1]);
  });
});
