/** A linear-quadratic problem: x' = A x + b u + noise, cost x'Qx + r u^2, discount gamma. Matrices are rows of rows. */
export interface LinearQuadratic {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
  readonly q: readonly (readonly number[])[];
  readonly r: number;
  readonly gamma: number;
  /** Variances of the noise and of the start, diagonal. */
  readonly noise: readonly number[];
  readonly start: readonly number[];
}

interface LinearOptimum {
  /** The optimal action is -gain . x. */
  readonly gain: readonly number[];
  /** Mean discounted cost of the optimal policy over the start distribution, infinite horizon. */
  readonly cost: number;
}

export const LQR: LinearQuadratic = { a: [[1]], b: [1], q: [[1]], r: 1, gamma: 0.95, noise: [0.01], start: [1] };

export const DOUBLE_INTEGRATOR: LinearQuadratic = {
  a: [
    [1, 0.1],
    [0, 1],
  ],
  b: [0.005, 0.1],
  q: [
    [1, 0],
    [0, 0.1],
  ],
  r: 0.01,
  gamma: 0.99,
  noise: [1e-4, 1e-4],
  start: [1, 1],
};

/**
 * Iterates the discounted Riccati equation until it stands still:
 * K = gamma b'PA / (r + gamma b'Pb), P = Q + gamma A'P(A - bK), cost = tr(P S) + gamma / (1 - gamma) tr(P W).
 */
export function solveLinearQuadratic(problem: LinearQuadratic): LinearOptimum {
  const { a, b, q, r, gamma } = problem;
  let p = q.map((row) => [...row]);
  let gain = b.map(() => 0);
  // Contracts by at least gamma each time: 0.99^4000 is below 1e-17.
  for (let i = 0; i < 4000; i++) {
    const pa = multiply(p, a);
    const bpa = b.map((_, j) => dot(b, column(pa, j)));
    const bpb = dot(
      b,
      p.map((row) => dot(row, b)),
    );
    gain = bpa.map((x) => (gamma * x) / (r + gamma * bpb));
    const apa = multiply(transpose(a), pa);
    p = q.map((row, i) => row.map((x, j) => x + gamma * (apa[i]![j]! - bpa[i]! * gain[j]!)));
  }
  const trace = (variances: readonly number[]) => variances.reduce((sum, x, i) => sum + x * p[i]![i]!, 0);
  return { gain, cost: trace(problem.start) + (gamma / (1 - gamma)) * trace(problem.noise) };
}

type Rows = readonly (readonly number[])[];

function dot(x: readonly number[], y: readonly number[]): number {
  return x.reduce((sum, xi, i) => sum + xi * y[i]!, 0);
}

function column(rows: Rows, j: number): number[] {
  return rows.map((row) => row[j]!);
}

function transpose(rows: Rows): number[][] {
  return rows[0]!.map((_, j) => column(rows, j));
}

function multiply(left: Rows, right: Rows): number[][] {
  return left.map((row) => right[0]!.map((_, j) => dot(row, column(right, j))));
}
