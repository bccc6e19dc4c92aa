import { adamStep } from "../learner/adam.js";

/** How one market's requests are improved. */
export interface ClimbSettings {
  /** Gradients at most. */
  readonly iterations: number;
  /** Step of Adam at first, in halves of a band. */
  readonly learningRate: number;
  /** Gradients without a gain after which the search goes back to the best point with smaller steps. */
  readonly patience: number;
  /** What counts as a gain, in mean objective per control step. */
  readonly minGain: number;
  /** So often; the next time it has converged. */
  readonly reductions: number;
}

export const CLIMB: ClimbSettings = { iterations: 300, learningRate: 0.05, patience: 15, minGain: 1e-5, reductions: 3 };

/** Factor of the steps at each reduction. */
const REDUCTION = 0.3;

/** The search of one market from one start. */
export interface Climb {
  /** The point whose value and slopes come next. */
  readonly point: Float32Array;
  /** The best point yet, not the last: where derivatives do not see a jump, the objective can fall. */
  readonly best: Float32Array;
  readonly value: number;
  /** Value at the start. */
  readonly started: number;
  readonly iterations: number;
  readonly isDone: boolean;
  readonly isConverged: boolean;
  readonly first: Float64Array;
  readonly second: Float64Array;
  /** Steps of Adam since its means were cleared, gradients since the last gain, and reductions of the step. */
  readonly step: number;
  readonly idle: number;
  readonly reductions: number;
  /** The best value that counted as a gain. */
  readonly mark: number;
}

export function startClimb(point: Float32Array): Climb {
  return {
    ...{ point, best: point, value: Number.NEGATIVE_INFINITY, started: Number.NaN, mark: Number.NEGATIVE_INFINITY },
    ...{ iterations: 0, isDone: false, isConverged: false, step: 0, idle: 0, reductions: 0 },
    ...{ first: new Float64Array(point.length), second: new Float64Array(point.length) },
  };
}

/** One gradient further. A value that is no number counts for nothing. */
export function climbOn(climb: Climb, value: number, slopes: Float64Array, settings: ClimbSettings): Climb {
  const iterations = climb.iterations + 1;
  const isBest = value > climb.value;
  const isGain = value > climb.mark + settings.minGain;
  const seen = {
    ...climb,
    ...(iterations === 1 ? { started: value } : {}),
    ...(isBest ? { best: climb.point, value } : {}),
    ...{ iterations, mark: isGain ? value : climb.mark, idle: isGain ? 0 : climb.idle + 1 },
  };
  const isConverged = seen.idle >= settings.patience && seen.reductions >= settings.reductions;
  if (isConverged || iterations >= settings.iterations) return { ...seen, isDone: true, isConverged };
  if (seen.idle >= settings.patience) return { ...restart(seen), reductions: seen.reductions + 1 };
  return move(seen, slopes, settings.learningRate * REDUCTION ** seen.reductions);
}

/** At the best point, with nothing remembered of the way. */
function restart(climb: Climb): Climb {
  const size = climb.point.length;
  return { ...climb, point: climb.best, step: 0, idle: 0, first: new Float64Array(size), second: new Float64Array(size) };
}

/** Within -1..1. Of the gradient only the direction counts, so that no steep place drowns what comes after. */
function move(climb: Climb, slopes: Float64Array, learningRate: number): Climb {
  const { point, first, second } = climb;
  const inward = slopes.map((slope, i) => {
    const isOutward = (point[i]! >= 1 && slope > 0) || (point[i]! <= -1 && slope < 0);
    return isOutward || !Number.isFinite(slope) ? 0 : slope;
  });
  const norm = Math.hypot(...inward);
  const step = climb.step + 1;
  const ascent = { slopes: inward, scale: norm > 0 ? 1 / norm : 0, learningRate, step };
  const { params, moments } = adamStep(point, { first, second }, ascent);
  return { ...climb, ...moments, step, point: params.map((x) => Math.min(1, Math.max(-1, x))) };
}
