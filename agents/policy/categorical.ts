import type { RecordSpec, Uses } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import type { SamplingRecords } from "./sampling-records.js";

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
interface Requested {
  choice: number;
}

/** What the functions below call. */
interface CategoricalUses {
  readonly uniform4: typeof uniform4;
  readonly largestLogit: typeof largestLogit;
  readonly logProb: typeof categoricalLogProb;
  readonly count: number;
}

/** Largest logit, for a softmax that cannot overflow. */
function largestLogit({ logits }: Output, u: CategoricalUses): number {
  let largest = logits[0]!;
  for (let i = 1; i < u.count; i++) largest = Math.max(largest, logits[i]!);
  return largest;
}

/** Samples by inverting the cumulative distribution. */
export function sampleCategorical(records: SamplingRecords<Output, unknown, Requested>, u: CategoricalUses): void {
  const { control, lane, output, free, decision, requested } = records;
  const largest = u.largestLogit(output, u);
  let total = 0;
  for (let i = 0; i < u.count; i++) total = total + Math.exp(output.logits[i]! - largest);
  const threshold = u.uniform4(control.seed, lane.episode, control.noiseDay, (control.policy + lane.noise) >>> 0).a * total;
  let cumulative = 0;
  let choice = 0;
  for (let i = 0; i < u.count - 1; i++) {
    cumulative = cumulative + Math.exp(output.logits[i]! - largest);
    choice = choice + (threshold > cumulative ? 1 : 0);
  }
  decision.action[0] = choice;
  // By the function that the loss uses, so that the ratio of an unchanged policy is exactly 1.
  decision.logProb = u.logProb(output, free, decision, u).logProb;
  requested.choice = choice;
}

/** The deterministic choice: the first of the largest logits. */
export function modeCategorical({ logits }: Output, requested: Requested, u: CategoricalUses): void {
  let choice = 0;
  let largest = logits[0]!;
  for (let i = 1; i < u.count; i++) {
    choice = logits[i]! > largest ? i : choice;
    largest = Math.max(largest, logits[i]!);
  }
  requested.choice = choice;
}

export function categoricalLogProb(
  output: Output,
  _free: unknown,
  decision: { readonly action: readonly number[] },
  u: CategoricalUses,
): { logProb: number; entropy: number; excess: number } {
  const largest = u.largestLogit(output, u);
  let total = 0;
  for (let i = 0; i < u.count; i++) total = total + Math.exp(output.logits[i]! - largest);
  const logTotal = Math.log(total) + largest;
  let logit = 0;
  let entropy = 0;
  for (let i = 0; i < u.count; i++) {
    const logProb = output.logits[i]! - logTotal;
    logit = decision.action[0] === i ? output.logits[i]! : logit;
    entropy = entropy - Math.exp(logProb) * logProb;
  }
  return { logProb: logit - logTotal, entropy, excess: 0 };
}
