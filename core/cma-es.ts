import { choleskyFactor, multiplyLower, solveLower } from "./cholesky.js";
import { symmetricEigen } from "./symmetric-eigen.js";

/**
 * CMA-ES: a search that needs only the ranking of its candidates, so it bears noise. With rank-one and rank-mu updates and
 * cumulative step-size control after N. Hansen, "The CMA Evolution Strategy: A Tutorial" (arXiv 1604.00772), positive weights
 * only; the diagonal variant after Ros and Hansen, "A Simple Modification in CMA-ES" (PPSN 2008); the one with a Cholesky factor, for
 * hundreds of dimensions, after Krause, Arbonès and Igel, "CMA-ES with Optimal Covariance Update and Storage Complexity" (NIPS 2016).
 *
 * Bounds: the search itself is unbounded; a point outside of the box stands for its mirror image in it (reflected at the
 * bounds as often as needed), so an optimum on a bound is found and no candidate is lost. Bounds may be infinite.
 */
export interface CmaState {
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Candidates per generation. */
  readonly population: number;
  /** Whether the covariance is kept as a diagonal: for many dimensions and few evaluations. */
  readonly diagonal: boolean;
  readonly root: CovarianceRoot;
  readonly generation: number;
  /** Centre of the search, unbounded; {@link cmaMean} is its image in the box. */
  readonly mean: Float64Array;
  /** Step size, in units of `scale`. */
  readonly sigma: number;
  /** Covariance: n values when diagonal, else n x n row-major. */
  readonly covariance: Float64Array;
  readonly covariancePath: Float64Array;
  readonly sigmaPath: Float64Array;
}

/** Which square root of a full covariance: the symmetric one by its eigenvectors, or the triangular one, which costs far less. */
type CovarianceRoot = "symmetric" | "cholesky";

export interface CmaOptions {
  readonly mean: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  /** First standard deviation in each dimension, as a share of high - low, or of 1 where that is infinite; default 0.2. */
  readonly sigma?: number;
  /** Share by dimension instead of `sigma`, where that is undefined or left out. */
  readonly sigmas?: readonly (number | undefined)[];
  /** Default 4 + floor(3 ln n). */
  readonly population?: number;
  /** Default: true above 40 dimensions. */
  readonly diagonal?: boolean;
  /** Default symmetric. */
  readonly root?: CovarianceRoot;
}

/** A candidate: `point` is what {@link cmaTell} wants back, `values` its image in the box, to be evaluated. */
interface Candidate {
  readonly point: Float64Array;
  readonly values: Float64Array;
}

/** The search before its first generation. Dimensions with high = low stay where they are. */
export function cmaStart(options: CmaOptions): CmaState {
  const n = options.mean.length;
  const low = Float64Array.from(options.low);
  const high = Float64Array.from(options.high);
  const diagonal = options.diagonal ?? n > 40;
  const sigma = options.sigma ?? 0.2;
  // Variances start at the squared widths of the box, so that sigma is a share of the box in every dimension.
  const variances = low.map((least, i) => {
    const width = Number.isFinite(high[i]! - least) ? high[i]! - least : 1;
    return (width * ((options.sigmas?.[i] ?? sigma) / sigma)) ** 2;
  });
  return {
    low,
    high,
    population: options.population ?? 4 + Math.floor(3 * Math.log(n)),
    diagonal,
    root: options.root ?? "symmetric",
    generation: 0,
    mean: Float64Array.from(options.mean),
    sigma,
    covariance: diagonal ? variances : diagonalMatrix(variances),
    covariancePath: new Float64Array(n),
    sigmaPath: new Float64Array(n),
  };
}

/**
 * One generation of candidates.
 * @param random uniform in [0, 1)
 */
export function cmaAsk(state: CmaState, random: () => number): readonly Candidate[] {
  const transform = decompose(state);
  return Array.from({ length: state.population }, () => {
    const normal = state.mean.map(() => drawNormal(random));
    const step = transform.forward(normal);
    const point = state.mean.map((m, i) => m + state.sigma * step[i]!);
    return { point, values: intoBox(point, state.low, state.high) };
  });
}

/**
 * The search after a generation: `losses[i]` belongs to `candidates[i]`, lower is better, NaN counts as worst.
 */
export function cmaTell(state: CmaState, candidates: readonly Candidate[], losses: ArrayLike<number>): CmaState {
  const n = state.mean.length;
  const k = strategy(n, candidates.length, state.diagonal);
  const loss = (i: number) => (Number.isNaN(losses[i]!) ? Number.POSITIVE_INFINITY : losses[i]!);
  // Equal losses keep their order: Infinity - Infinity would be NaN.
  const order = candidates.map((_, i) => i).sort((a, b) => (loss(a) < loss(b) ? -1 : loss(a) > loss(b) ? 1 : a - b));
  const steps = order
    .slice(0, k.weights.length)
    .map((i) => candidates[i]!.point.map((x, j) => (x - state.mean[j]!) / state.sigma));
  const move = state.mean.map((_, j) => sum(steps.map((step, i) => k.weights[i]! * step[j]!)));

  const white = decompose(state).inverse(move);
  const pull = Math.sqrt(k.cSigma * (2 - k.cSigma) * k.muEff);
  const sigmaPath = state.sigmaPath.map((p, j) => (1 - k.cSigma) * p + pull * white[j]!);
  const length = Math.sqrt(sum(sigmaPath.map((p) => p * p)));
  const settled = Math.sqrt(1 - (1 - k.cSigma) ** (2 * (state.generation + 1)));
  // Stalls the rank-one update while the step size is still growing fast.
  const steady = length / settled < (1.4 + 2 / (n + 1)) * k.chi ? 1 : 0;
  const along = steady * Math.sqrt(k.cc * (2 - k.cc) * k.muEff);
  const covariancePath = state.covariancePath.map((p, j) => (1 - k.cc) * p + along * move[j]!);

  const keep = 1 - k.c1 - k.cMu + (1 - steady) * k.c1 * k.cc * (2 - k.cc);
  const entry = (i: number, j: number, old: number) => {
    let along = 0;
    for (const [m, s] of steps.entries()) along += k.weights[m]! * s[i]! * s[j]!;
    return keep * old + k.c1 * covariancePath[i]! * covariancePath[j]! + k.cMu * along;
  };
  return {
    ...state,
    generation: state.generation + 1,
    mean: state.mean.map((m, j) => m + state.sigma * move[j]!),
    sigma: state.sigma * Math.exp(Math.min(1, (k.cSigma / k.dSigma) * (length / k.chi - 1))),
    covariance: state.covariance.map((old, at) =>
      state.diagonal ? entry(at, at, old) : entry(Math.floor(at / n), at % n, old),
    ),
    covariancePath,
    sigmaPath,
  };
}

/** The centre of the search, in the box. */
export function cmaMean(state: CmaState): Float64Array {
  return intoBox(state.mean, state.low, state.high);
}

/** The point of the box that an unbounded point stands for: reflected at the bounds. */
export function intoBox(point: Float64Array, low: Float64Array, high: Float64Array): Float64Array {
  return point.map((x, i) => {
    const width = high[i]! - low[i]!;
    if (!(width > 0)) return low[i]!;
    if (width === Number.POSITIVE_INFINITY) return x;
    const turn = (x - low[i]!) / width;
    const phase = turn - 2 * Math.floor(turn / 2);
    const image = low[i]! + width * (phase <= 1 ? phase : 2 - phase);
    return Math.min(Math.max(image, low[i]!), high[i]!);
  });
}

/** Learning rates and weights for a dimension and population, by the tutorial's table 1. */
function strategy(n: number, population: number, diagonal: boolean) {
  const parents = Math.max(1, Math.floor(population / 2));
  const raw = Array.from({ length: parents }, (_, i) => Math.log((population + 1) / 2) - Math.log(i + 1));
  const weights = raw.map((w) => w / sum(raw));
  const muEff = 1 / sum(weights.map((w) => w * w));
  const cSigma = (muEff + 2) / (n + muEff + 5);
  const dSigma = 1 + 2 * Math.max(0, Math.sqrt((muEff - 1) / (n + 1)) - 1) + cSigma;
  const cc = (4 + muEff / n) / (n + 4 + (2 * muEff) / n);
  // A diagonal has n instead of n^2/2 numbers to learn, so it learns (n + 2) / 3 times as fast.
  const faster = diagonal ? (n + 2) / 3 : 1;
  const c1 = Math.min(0.5, (faster * 2) / ((n + 1.3) ** 2 + muEff));
  const cMu = Math.min(1 - c1, (faster * 2 * (0.25 + muEff + 1 / muEff - 2)) / ((n + 2) ** 2 + muEff));
  // Expected length of a standard normal vector.
  const chi = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  return { weights, muEff, cSigma, dSigma, cc, c1, cMu, chi };
}

/** A square root of the covariance, and its inverse, as maps of vectors. */
function decompose(state: CmaState): { forward(x: Float64Array): Float64Array; inverse(x: Float64Array): Float64Array } {
  const n = state.mean.length;
  if (state.diagonal) {
    const root = state.covariance.map((c) => Math.sqrt(Math.max(c, 0)));
    return {
      forward: (x) => x.map((v, i) => v * root[i]!),
      inverse: (x) => x.map((v, i) => (root[i]! > 0 ? v / root[i]! : 0)),
    };
  }
  if (state.root === "cholesky") {
    const factor = choleskyFactor(state.covariance, n);
    return { forward: (x) => multiplyLower(factor, x), inverse: (x) => solveLower(factor, x) };
  }
  const { values, vectors } = symmetricEigen(state.covariance, n);
  const root = values.map((v) => Math.sqrt(Math.max(v, 0)));
  const along = (x: Float64Array) => x.map((_, k) => sum(x.map((v, i) => vectors[i * n + k]! * v)));
  const back = (x: Float64Array) => x.map((_, i) => sum(x.map((v, k) => vectors[i * n + k]! * v)));
  return {
    forward: (x) => back(x.map((v, k) => v * root[k]!)),
    inverse: (x) => back(along(x).map((v, k) => (root[k]! > 0 ? v / root[k]! : 0))),
  };
}

function drawNormal(random: () => number): number {
  // 1 - random() lies in (0, 1], so the logarithm is finite.
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function diagonalMatrix(values: Float64Array): Float64Array {
  const n = values.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = values[i]!;
  return matrix;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
