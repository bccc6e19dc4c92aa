import type { RecordSpec, Uses } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";

/** A choice among `count` with probabilities softmax(logits). */
export function categoricalUses(count: number): Uses {
  return { uniform4, largestLogit, logProb: categoricalLogProb, count };
}

const unitless = (doc: string, length?: number) => (length === undefined ? { unit: "1", doc } : { unit: "1", doc, length });

export const categoricalOutput = (count: number): RecordSpec => ({ logits: unitless("unnormalised log-probabilities", count) });

export const categoricalDecision = (): RecordSpec => ({
  action: unitless("choice, 0 .. count-1", 1),
  logProb: unitless("log-probability of the choice"),
});

interface Output {
  readonly logits: readonly number[];
}
interface Decision {
  readonly action: number[];
  logProb: number;
}
type Key = { readonly seed: number; readonly policy: number; readonly noiseDay: number };
type LaneKey = { readonly episode: number; readonly noise: number };

/** What the functions below call. */
interface CategoricalUses {
  readonly uniform4: typeof uniform4;
  readonly largestLogit: (y: Output, u: CategoricalUses) => number;
  readonly logProb: typeof categoricalLogProb;
  readonly count: number;
}

/** Largest logit, for a softmax that cannot overflow. */
function largestLogit(y: Output, u: CategoricalUses): number {
  let largest = y.logits[0]!;
  for (let i = 1; i < u.count; i++) largest = Math.max(largest, y.logits[i]!);
  return largest;
}

/** Samples by inverting the cumulative distribution. */
export function sampleCategorical(
  c: Key,
  l: LaneKey,
  y: Output,
  g: unknown,
  t: Decision,
  q: { choice: number },
  u: CategoricalUses,
): void {
  const largest = u.largestLogit(y, u);
  let total = 0;
  for (let i = 0; i < u.count; i++) total = total + Math.exp(y.logits[i]! - largest);
  const threshold = u.uniform4(c.seed, l.episode, c.noiseDay, (c.policy + l.noise) >>> 0).a * total;
  let cumulative = 0;
  let choice = 0;
  for (let i = 0; i < u.count - 1; i++) {
    cumulative = cumulative + Math.exp(y.logits[i]! - largest);
    choice = choice + (threshold > cumulative ? 1 : 0);
  }
  t.action[0] = choice;
  // By the function that the loss uses, so that the ratio of an unchanged policy is exactly 1.
  t.logProb = u.logProb(y, g, t, u).logProb;
  q.choice = choice;
}

/** The deterministic choice: the first of the largest logits. */
export function modeCategorical(y: Output, q: { choice: number }, u: CategoricalUses): void {
  let choice = 0;
  let largest = y.logits[0]!;
  for (let i = 1; i < u.count; i++) {
    choice = y.logits[i]! > largest ? i : choice;
    largest = Math.max(largest, y.logits[i]!);
  }
  q.choice = choice;
}

export function categoricalLogProb(
  y: Output,
  free: unknown,
  t: { readonly action: readonly number[] },
  u: CategoricalUses,
): { logProb: number; entropy: number; excess: number } {
  const largest = u.largestLogit(y, u);
  let total = 0;
  for (let i = 0; i < u.count; i++) total = total + Math.exp(y.logits[i]! - largest);
  const logTotal = Math.log(total) + largest;
  let logit = 0;
  let entropy = 0;
  for (let i = 0; i < u.count; i++) {
    const logProb = y.logits[i]! - logTotal;
    logit = t.action[0] === i ? y.logits[i]! : logit;
    entropy = entropy - Math.exp(logProb) * logProb;
  }
  return { logProb: logit - logTotal, entropy, excess: 0 };
}
