import { mean } from "../../../core/statistics.js";
import { symmetricEigen } from "../../../core/symmetric-eigen.js";
import { FITTED, type Fitted, type SearchSpace } from "./fitted.js";
import { PULL } from "./search.js";

export interface FittedInterval {
  readonly low: number;
  readonly high: number;
}

interface UncertaintyOptions {
  readonly fitted: Fitted;
  readonly space: SearchSpace;
  /** Mean moments of simulated paths, always on the same shocks. */
  readonly meanMoments: (fitted: Fitted) => readonly number[];
  /** Moments of each of many simulated paths at the fit, as long as the data's: how much chance alone moves them. */
  readonly scatter: readonly (readonly number[])[];
}

/** Of a parameter's range: jumps are yes or no on each day, so a smaller step would measure noise. */
const STEP = 0.06;
const Z = 1.96;

/**
 * 95 % intervals of the fitted parameters by the delta method of simulated moments: what the scatter of the moments of one such
 * series does to the minimum of the distance. Clipped to the ranges; an interval that fills most of its range says that the series does
 * not identify the parameter. Source: Gouriéroux and Monfort, Simulation-based econometric methods, 2.3.
 */
export function fittedIntervals(options: UncertaintyOptions): Readonly<Record<keyof Fitted, FittedInterval>> {
  const { fitted, space } = options;
  const x = space.enter(fitted);
  const n = x.length;
  const jacobian = slopes(x, options);
  const count = jacobian.length;
  // The distance is a mean over the moments plus the pull; half its second derivative:
  const curvature = new Float64Array(n * n);
  const spread = new Float64Array(n * n);
  const covariance = covarianceOf(options.scatter);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let bend = 0;
      let noise = 0;
      for (let k = 0; k < count; k++) {
        bend += jacobian[k]![i]! * jacobian[k]![j]!;
        for (let l = 0; l < count; l++) noise += jacobian[k]![i]! * covariance[k]![l]! * jacobian[l]![j]!;
      }
      curvature[i * n + j] = bend / count;
      spread[i * n + j] = noise / count ** 2;
    }
    const range = space.high[i]! - space.low[i]!;
    const pull = PULL * (4 / range) ** 2;
    curvature[i * n + i]! += pull;
    // Where the moments say nothing, the pull decides, and its own start could have been anywhere: variance of a uniform number.
    spread[i * n + i]! += (pull * range) ** 2 / 12;
  }
  const inverse = inverseOf(curvature, n);
  const shift = (sign: number) =>
    space.leave(x.map((value, i) => value + sign * Z * Math.sqrt(Math.max(0, sandwich(inverse, spread, n, i)))));
  const [low, high] = [shift(-1), shift(1)];
  const entries = FITTED.map((name) => [name, { low: low[name], high: high[name] }]);
  return Object.fromEntries(entries) as Record<keyof Fitted, FittedInterval>;
}

/** `[moment][parameter]`, by central differences that stay within the ranges. */
function slopes(x: Float64Array, { space, meanMoments }: UncertaintyOptions): number[][] {
  const columns = Array.from(x, (value, i) => {
    const step = STEP * (space.high[i]! - space.low[i]!);
    const at = (to: number) => meanMoments(space.leave(x.map((other, j) => (j === i ? to : other))));
    const [from, to] = [Math.max(value - step, space.low[i]!), Math.min(value + step, space.high[i]!)];
    const [before, after] = [at(from), at(to)];
    return before.map((moment, k) => (after[k]! - moment) / (to - from));
  });
  return columns[0]!.map((_, k) => columns.map((column) => column[k]!));
}

function covarianceOf(samples: readonly (readonly number[])[]): number[][] {
  const means = samples[0]!.map((_, k) => mean(samples.map((sample) => sample[k]!)));
  return means.map((a, k) =>
    means.map((b, l) => samples.reduce((sum, of) => sum + (of[k]! - a) * (of[l]! - b), 0) / (samples.length - 1)),
  );
}

function inverseOf(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n);
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) inverse[i * n + j]! += (vectors[i * n + k]! * vectors[j * n + k]!) / values[k]!;
    }
  }
  return inverse;
}

/** Element (i, i) of inverse * spread * inverse. */
function sandwich(inverse: Float64Array, spread: Float64Array, n: number, i: number): number {
  let sum = 0;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < n; k++) sum += inverse[i * n + j]! * spread[j * n + k]! * inverse[k * n + i]!;
  }
  return sum;
}
