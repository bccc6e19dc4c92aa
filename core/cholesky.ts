/**
 * The lower triangular L with L L' = matrix (symmetric, positive semidefinite, row-major n x n). A dimension without variance gets a
 * column of zeros. Source: Golub and Van Loan, Matrix Computations, 4.2.
 */
export function choleskyFactor(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= factor[i * n + k]! * factor[j * n + k]!;
      const pivot = factor[j * n + j]!;
      if (i === j) factor[i * n + j] = rest > 0 ? Math.sqrt(rest) : 0;
      else factor[i * n + j] = pivot > 0 ? rest / pivot : 0;
    }
  }
  return factor;
}

/** L x */
export function multiplyLower(factor: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((_, i) => {
    let sum = 0;
    for (let k = 0; k <= i; k++) sum += factor[i * n + k]! * x[k]!;
    return sum;
  });
}

/** The y with L y = x; 0 in a dimension without variance. */
export function solveLower(factor: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let rest = x[i]!;
    for (let k = 0; k < i; k++) rest -= factor[i * n + k]! * y[k]!;
    const pivot = factor[i * n + i]!;
    y[i] = pivot > 0 ? rest / pivot : 0;
  }
  return y;
}
