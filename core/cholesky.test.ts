import { expect, test } from "vitest";
import { choleskyFactor, multiplyLower, solveLower } from "./cholesky.js";

const SIZE = 7;

/** Symmetric and positive definite: a Gram matrix of fixed vectors, plus the identity. */
function gram(): Float64Array {
  const vectors = Array.from({ length: SIZE }, (_, i) => Array.from({ length: SIZE }, (_, k) => Math.sin(3 * i + 7 * k)));
  return Float64Array.from({ length: SIZE * SIZE }, (_, at) => {
    const [i, j] = [Math.floor(at / SIZE), at % SIZE];
    return vectors[i]!.reduce((sum, x, k) => sum + x * vectors[j]![k]!, i === j ? 1 : 0);
  });
}

test("the factor is triangular and times its transpose the matrix", () => {
  const matrix = gram();
  const factor = choleskyFactor(matrix, SIZE);
  for (let i = 0; i < SIZE; i++) {
    for (let j = 0; j < SIZE; j++) {
      if (j > i) expect(factor[i * SIZE + j]).toBe(0);
      let product = 0;
      for (let k = 0; k < SIZE; k++) product += factor[i * SIZE + k]! * factor[j * SIZE + k]!;
      expect(product).toBeCloseTo(matrix[i * SIZE + j]!, 12);
    }
  }
});

test("solving undoes multiplying", () => {
  const factor = choleskyFactor(gram(), SIZE);
  const x = Float64Array.from({ length: SIZE }, (_, i) => i - 2.5);
  const back = solveLower(factor, multiplyLower(factor, x));
  for (const [i, value] of back.entries()) expect(value).toBeCloseTo(x[i]!, 12);
});

test("a dimension without variance stays where it is", () => {
  const factor = choleskyFactor(Float64Array.of(4, 0, 0, 0, 0, 0, 0, 0, 9), 3);
  expect([...multiplyLower(factor, Float64Array.of(1, 1, 1))]).toEqual([2, 0, 3]);
  expect([...solveLower(factor, Float64Array.of(2, 5, 3))]).toEqual([1, 0, 1]);
});
