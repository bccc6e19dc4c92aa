import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec, Uses } from "../../compiler/schema.js";
import { normal4 } from "../../core/normal.js";
import { uniform4 } from "../../core/random.js";
import type { SamplingRecords } from "./sampling-records.js";

const LOG_STD_LOW = -20;
const LOG_STD_HIGH = 2;

/**
 * Diagonal Gaussian over the unbounded action, with a state-independent log standard deviation. The sample is stored
 * unclipped with its log-density; only the world sees it clipped to -1..1 and mapped to the action's band.
 */
export function gaussianUses(bands: Readonly<Record<string, { readonly low: number; readonly high: number }>>): Uses {
  return {
    clamp,
    uniform4,
    normal4,
    logProb: gaussianLogProb,
    TWO_PI: 2 * Math.PI,
    HALF_LOG_TWO_PI: 0.5 * Math.log(2 * Math.PI),
    LOG_STD_LOW,
    LOG_STD_HIGH,
    numActions: Object.keys(bands).length,
    bands: Object.fromEntries(Object.entries(bands).map(([name, { low, high }]) => [name, { low, high }])),
  };
}

const unitless = (doc: string, length?: number) => (length === undefined ? { unit: "1", doc } : { unit: "1", doc, length });

/** Network output. */
export const gaussianOutput = (numActions: number): RecordSpec => ({ mean: unitless("mean of the action", numActions) });

/** Free parameters besides the network. */
export const gaussianFree = (numActions: number): RecordSpec => ({ logStd: unitless("log standard deviation", numActions) });

/** What is stored of a decision. */
export const gaussianDecision = (numActions: number): RecordSpec => ({
  action: unitless("sampled action, unclipped", numActions),
  logProb: unitless("log-density of the sample"),
});

interface Output {
  readonly mean: readonly number[];
}
interface Free {
  readonly logStd: readonly number[];
}
type Requested = Record<string, number>;

/** What the functions below call. */
interface GaussianUses {
  readonly clamp: typeof clamp;
  readonly uniform4: typeof uniform4;
  readonly normal4: typeof normal4;
  readonly logProb: typeof gaussianLogProb;
  readonly TWO_PI: number;
  readonly HALF_LOG_TWO_PI: number;
  readonly LOG_STD_LOW: number;
  readonly LOG_STD_HIGH: number;
  readonly numActions: number;
  readonly bands: Readonly<Record<string, { readonly low: number; readonly high: number }>>;
}

/** Samples a lane's action and writes the requested one in the action's units. */
export function sampleGaussian(records: SamplingRecords<Output, Free, Requested>, u: GaussianUses): void {
  const { control, lane, output, free, decision, requested } = records;
  for (let i = 0; i < u.numActions; i++) {
    // Four normals a draw; draw numbers 0, 4, 8 … so that each component of a draw serves one action.
    const n = u.normal4(control.seed, lane.episode, control.noiseDay, (control.policy + lane.noise + (i - (i % 4))) >>> 0, u);
    const z = i % 4 === 0 ? n.a : i % 4 === 1 ? n.b : i % 4 === 2 ? n.c : n.d;
    const logStd = u.clamp(free.logStd[i]!, u.LOG_STD_LOW, u.LOG_STD_HIGH);
    decision.action[i] = output.mean[i]! + Math.exp(logStd) * z;
  }
  // From the stored action, not from z: so the ratio of an unchanged policy is exactly 1 in the update.
  decision.logProb = u.logProb(output, free, decision, u).logProb;
  let i = 0;
  for (const name in requested) {
    const band = u.bands[name]!;
    requested[name] = band.low + 0.5 * (band.high - band.low) * (1 + u.clamp(decision.action[i]!, -1, 1));
    i = i + 1;
  }
}

/** The deterministic action: the mean. */
export function meanGaussian({ mean }: Output, requested: Requested, u: GaussianUses): void {
  let i = 0;
  for (const name in requested) {
    const band = u.bands[name]!;
    requested[name] = band.low + 0.5 * (band.high - band.low) * (1 + u.clamp(mean[i]!, -1, 1));
    i = i + 1;
  }
}

/** Log-density of a stored action and entropy under the present policy; how far its mean lies beyond the band, squared. */
export function gaussianLogProb(
  { mean }: Output,
  free: Free,
  decision: { readonly action: readonly number[] },
  u: GaussianUses,
): { logProb: number; entropy: number; excess: number } {
  let logProb = 0;
  let entropy = 0;
  let excess = 0;
  for (let i = 0; i < u.numActions; i++) {
    const logStd = u.clamp(free.logStd[i]!, u.LOG_STD_LOW, u.LOG_STD_HIGH);
    const z = (decision.action[i]! - mean[i]!) * Math.exp(-logStd);
    logProb = logProb - 0.5 * z * z - logStd - u.HALF_LOG_TWO_PI;
    entropy = entropy + logStd + 0.5 + u.HALF_LOG_TWO_PI;
    const beyond = Math.max(0, Math.abs(mean[i]!) - 1);
    excess = excess + beyond * beyond;
  }
  return { logProb, entropy, excess };
}
