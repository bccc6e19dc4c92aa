import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec, Uses } from "../../compiler/schema.js";
import { OBSERVATION_CLIP } from "../../models/normalizer.js";

/**
 * The small steps between world and network, in the compiler's subset. Each works on one lane; records with `unit: "1"`
 * throughout, since a network sees numbers only.
 */
const unitless = (doc: string, length?: number) => (length === undefined ? { unit: "1", doc } : { unit: "1", doc, length });

export const normalizerRecord = (numObservations: number): RecordSpec => ({
  mean: unitless("running mean of each observation", numObservations),
  scale: unitless("1 / running standard deviation", numObservations),
});

/** Network input. */
export const inputRecord = (numObservations: number): RecordSpec => ({
  x: unitless("normalised observation", numObservations),
});

export const normalizeUses = (numObservations: number): Uses => ({ clamp, CLIP: OBSERVATION_CLIP, numObservations });

interface Normalizer {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
}

/** What {@link normalizeObservation} calls. */
interface NormalizeUses {
  readonly clamp: typeof clamp;
  readonly CLIP: number;
  readonly numObservations: number;
}

/** A NaN becomes 0 here; the run is stopped elsewhere, when the statistics turn out not to be finite. */
export function normalizeObservation(
  o: Readonly<Record<string, number>>,
  v: Readonly<Record<string, number>>,
  w: Normalizer,
  xn: { readonly x: number[] },
  u: NormalizeUses,
): void {
  let i = 0;
  for (const name in v) {
    // The critic's part comes behind the actor's.
    xn.x[u.numObservations + i] = u.clamp(
      (v[name]! - w.mean[u.numObservations + i]!) * w.scale[u.numObservations + i]!,
      -u.CLIP,
      u.CLIP,
      0,
    );
    i = i + 1;
  }
  i = 0;
  for (const name in o) {
    xn.x[i] = u.clamp((o[name]! - w.mean[i]!) * w.scale[i]!, -u.CLIP, u.CLIP, 0);
    i = i + 1;
  }
}

/** One decision of one lane as the advantages need it, a row per decision; a decision holds for one or more steps. */
export const STEP_RECORD: RecordSpec = {
  reward: unitless("discounted sum of the rewards until the next decision, times the reward scale"),
  value: unitless("value of the observation that the decision was taken on"),
  nextValue: unitless("value of the observation after the last step, before any autoreset"),
  terminated: unitless("1 when a step ruined the world"),
  truncated: unitless("1 when the horizon cut the episode off"),
  advantage: unitless("generalised advantage estimate"),
  return: unitless("advantage + value"),
  episode: unitless("episode id, as a mark of the market of the step"),
  day: unitless("control steps before the decision"),
  weight: unitless("gamma to the power of the steps since the decision"),
  finalValue: unitless("value of the last observation of the episode that ended last"),
};

/** The critic's output. */
export const VALUE: RecordSpec = { value: unitless("value estimate") };

/** Discounted return of a lane, for the reward scale. */
export const DISCOUNTED: RecordSpec = {
  sum: unitless("discounted sum of raw rewards"),
  /** Kept over the end of an episode by one step, so that its last value enters the statistics. */
  last: unitless("the sum after the last step, before it is cleared"),
};

export const SCALING: RecordSpec = {
  rewardScale: unitless("1 / running standard deviation of the discounted return"),
  rewardMean: unitless("running mean of the reward, or 0"),
  rewardClip: unitless("largest size of a scaled reward"),
  gamma: unitless("discount per step"),
  decisionGamma: unitless("discount per decision"),
};

interface LaneEnd {
  readonly reward: number;
  readonly terminated: number;
  readonly truncated: number;
  readonly ended: number;
}

/** At a decision: which market and day it belongs to. Its sums start from nothing. */
export function markStep(l: { readonly episode: number; readonly day: number }, t: Record<string, number>): void {
  t["episode"] = l.episode;
  t["day"] = l.day;
  t["reward"] = 0;
  t["terminated"] = 0;
  t["truncated"] = 0;
  t["weight"] = 1;
}

/**
 * After each step. An episode that ended counts up to its end; the steps of the next one that the same decision still holds
 * for belong to nobody, its end included. `value` and `finalValue` are written by the critic itself.
 * A reward that is not finite leaves a NaN.
 */
export function recordStep(
  l: LaneEnd,
  w: { readonly rewardScale: number; readonly rewardMean: number; readonly rewardClip: number; readonly gamma: number },
  g: { sum: number; last: number },
  t: Record<string, number>,
  u: { readonly clamp: typeof clamp },
): void {
  if (t["terminated"]! + t["truncated"]! < 0.5) {
    const clipped = u.clamp((l.reward - w.rewardMean) * w.rewardScale, -w.rewardClip, w.rewardClip);
    // The clip alone would pass a NaN or infinity for a number: 0 times either is NaN, so that the row shows where it was.
    t["reward"] = t["reward"]! + t["weight"]! * (clipped + 0 * l.reward);
    t["weight"] = t["weight"]! * w.gamma;
    t["terminated"] = l.terminated;
    t["truncated"] = l.truncated;
    t["nextValue"] = t["finalValue"]!;
  }
  g.last = g.sum * w.gamma + l.reward - w.rewardMean;
  g.sum = l.ended > 0.5 ? 0 : g.last;
}

/**
 * Decisions that did not end an episode continue with the value of the next row. The others' last value is put on the scale
 * of a whole decision's discount, which the advantages apply to it.
 */
export function linkValues(
  t: Record<string, number>,
  next: Readonly<Record<string, number>>,
  w: { readonly decisionGamma: number },
): void {
  const ended = t["terminated"]! + t["truncated"]! > 0.5;
  t["nextValue"] = ended ? (t["nextValue"]! * t["weight"]!) / Math.max(w.decisionGamma, 1e-30) : next["value"]!;
}
