import { float } from "../../../compiler/wgsl/literals.js";
import { MEMORY } from "../../../models/normalizer.js";
import { IS_FINITE, workgroupSum } from "../../../models/webgpu/workgroup-sum.js";

/** Rows of `lane_sums: array<f32>` [row][lane]: sums over the decisions or steps of a rollout, a lane each. */
export interface LaneSumRows {
  /** First of a row per network input: sums of input - shift. */
  readonly inputs: number;
  /** First of a row per network input: sums of (input - shift)^2. */
  readonly inputSquares: number;
  /** Of the discounted return less its shift, and its squares; then the same of the reward. */
  readonly gain: number;
  readonly gainSquares: number;
  readonly reward: number;
  readonly rewardSquares: number;
  /** Of the rewards as they are. */
  readonly rewardRaw: number;
  readonly costs: Readonly<Record<string, number>>;
  /** Of the critic's targets, and of target - value. */
  readonly return: number;
  readonly returnSquares: number;
  readonly error: number;
  readonly errorSquares: number;
  /** 1 where the lane ended an episode so far; then that episode's return and length, 0 elsewhere. */
  readonly finished: number;
  readonly lastReturn: number;
  readonly lastLength: number;
  /** Infinite where something in the lane's state is not finite, 0 elsewhere. */
  readonly state: number;
  /** Rows in all. */
  readonly size: number;
}

export function laneSumRows(numInputs: number, costNames: readonly string[]): LaneSumRows {
  const gain = 2 * numInputs;
  const firstCost = gain + 5;
  const after = firstCost + costNames.length;
  return {
    ...{ inputs: 0, inputSquares: numInputs },
    ...{ gain, gainSquares: gain + 1, reward: gain + 2, rewardSquares: gain + 3, rewardRaw: gain + 4 },
    costs: Object.fromEntries(costNames.map((name, i) => [name, firstCost + i])),
    ...{ return: after, returnSquares: after + 1, error: after + 2, errorSquares: after + 3 },
    ...{ finished: after + 4, lastReturn: after + 5, lastLength: after + 6, state: after + 7 },
    size: after + 8,
  };
}

/** Words of `stats: array<f32>`: the running moments, and what the next iteration takes from them. */
export function planStats(numInputs: number) {
  const mean = 3;
  const gainMean = mean + 2 * numInputs;
  const shift = gainMean + 4;
  const normalizerMean = shift + numInputs + 2;
  const scaling = normalizerMean + 2 * numInputs;
  return {
    /** Observations seen, vectors of hidden state, and pairs of discounted return and reward. */
    observationCount: 0,
    gainCount: 1,
    /** Differs from that of observations where a run began with a controller's normaliser, which knows no hidden state. */
    hiddenCount: 2,
    mean,
    deviations: mean + numInputs,
    gainMean,
    gainDeviations: gainMean + 2,
    /** What the rollout subtracts from inputs, and from discounted return and reward, before it adds them up. */
    shift,
    shiftGain: shift + numInputs,
    /** Directly followed by the scale. */
    normalizerMean,
    normalizerScale: normalizerMean + numInputs,
    /** In the order of SCALING. */
    scaling,
    /** Not 0 once something was not finite. */
    failed: scaling + 5,
    size: scaling + 6,
  };
}

const LANE_WORKGROUP = 256;

/**
 * Adds up the rows over the lanes, always in the same order. Dispatch one workgroup a row.
 *
 * Reads `lane_sums: array<f32>`; writes `sums: array<f32>`: first each row's sum, then how many of its numbers are not finite.
 */
export function sumLanesShader({ numEnvs }: { readonly numEnvs: number }): string {
  return `
${IS_FINITE}
${workgroupSum(LANE_WORKGROUP, "vec2f")}

@compute @workgroup_size(${LANE_WORKGROUP})
fn main(
  @builtin(workgroup_id) row: vec3u,
  @builtin(num_workgroups) rows: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  var sum = vec2f();
  for (var lane = thread; lane < ${numEnvs}u; lane += ${LANE_WORKGROUP}u) {
    let x = lane_sums[row.x * ${numEnvs}u + lane];
    sum += vec2f(x, select(1f, 0f, is_finite(x)));
  }
  let all = sum_of_workgroup(thread, sum);
  if (thread == 0u) {
    sums[row.x] = all.x;
    sums[rows.x + row.x] = all.y;
  }
}
`;
}

/** What the statistics are used for. */
export interface StatsOptions {
  readonly normalizeObservation: boolean;
  readonly normalizeReward: boolean;
  readonly centerReward: boolean;
  readonly clipReward: number;
  readonly gamma: number;
  readonly decisionInterval: number;
}

interface InputOptions extends StatsOptions {
  /** Observations and behind them the hidden state. */
  readonly numInputs: number;
  readonly numObservations: number;
}

interface MergeOptions extends InputOptions {
  readonly rows: LaneSumRows;
  /** Of a rollout, all lanes together. */
  readonly decisions: number;
  readonly steps: number;
}

const MERGE_WORKGROUP = 64;

/**
 * Merges a rollout's sums into the running moments as mergeMoments of models/normalizer.ts, and derives from them what the
 * next iteration uses. Sums that are not finite change nothing but the mark `failed`. Dispatch one workgroup.
 *
 * Reads `sums: array<f32>` of {@link sumLanesShader}; changes `stats: array<f32>` ({@link planStats}).
 */
export function mergeShader(options: MergeOptions): string {
  const { numInputs, numObservations, rows, decisions, steps } = options;
  const at = planStats(numInputs);
  const sumOf = (row: number) => `sums[${row}]`;
  const mergeGain = (i: number, sum: number, squares: number) => `
    merge(past_gains, ${float(steps)}, ${sumOf(sum)}, ${sumOf(squares)},
      ${at.gainMean + i}u, ${at.gainDeviations + i}u, ${at.shiftGain + i}u);`;
  return `
${IS_FINITE}
${workgroupSum(MERGE_WORKGROUP, "f32")}
${deriveFunctions(options)}

fn total_count(past: f32, count: f32) -> f32 { return min(past, ${float(MEMORY)}) + count; }

/* With a past, the shift is its mean, so that the sum over the count is how far the means are apart. */
fn merge(past: f32, count: f32, sum: f32, squares: f32, mean: u32, deviations: u32, shift: u32) {
  let fade = select(1f, ${float(MEMORY)} / past, past > ${float(MEMORY)});
  let delta = sum / count;
  let weight = count / total_count(past, count);
  let spread = max(0f, squares - sum * delta);
  stats[mean] = stats[shift] + delta * weight;
  stats[deviations] = stats[deviations] * fade + spread + delta * delta * (min(past, ${float(MEMORY)}) * weight);
}

@compute @workgroup_size(${MERGE_WORKGROUP})
fn main(@builtin(local_invocation_index) thread: u32) {
  let past_observations = stats[${at.observationCount}];
  let past_hidden = stats[${at.hiddenCount}];
  let past_gains = stats[${at.gainCount}];
  storageBarrier();
  var bad = 0f;
  for (var row = thread; row < ${rows.size}u; row += ${MERGE_WORKGROUP}u) {
    bad += sums[${rows.size}u + row] + select(1f, 0f, is_finite(sums[row]));
  }
  let failed = sum_of_workgroup(thread, bad) != 0f;
  if (failed) {
    if (thread == 0u) { stats[${at.failed}] = 1f; }
    return;
  }
  for (var i = thread; i < ${numInputs}u; i += ${MERGE_WORKGROUP}u) {
    let past = select(past_hidden, past_observations, i < ${numObservations}u);
    merge(past, ${float(decisions)}, sums[${rows.inputs}u + i], sums[${rows.inputSquares}u + i],
      ${at.mean}u + i, ${at.deviations}u + i, ${at.shift}u + i);
    derive_input(i, total_count(past, ${float(decisions)}));
  }
  if (thread == 0u) {
    ${mergeGain(0, rows.gain, rows.gainSquares)}
    ${mergeGain(1, rows.reward, rows.rewardSquares)}
    let gains = total_count(past_gains, ${float(steps)});
    derive_scaling(gains);
    stats[${at.observationCount}] = total_count(past_observations, ${float(decisions)});
    stats[${at.hiddenCount}] = total_count(past_hidden, ${float(decisions)});
    stats[${at.gainCount}] = gains;
  }
}
`;
}

/**
 * Derives from restored moments what the next iteration uses, with the very operations of {@link mergeShader}: a run that was
 * interrupted goes on to the bit. Dispatch one workgroup. Changes `stats: array<f32>`.
 */
export function deriveShader(options: InputOptions): string {
  const { numInputs, numObservations } = options;
  const at = planStats(numInputs);
  return `
${deriveFunctions(options)}

@compute @workgroup_size(${MERGE_WORKGROUP})
fn main(@builtin(local_invocation_index) thread: u32) {
  for (var i = thread; i < ${numInputs}u; i += ${MERGE_WORKGROUP}u) {
    derive_input(i, select(stats[${at.hiddenCount}], stats[${at.observationCount}], i < ${numObservations}u));
  }
  if (thread == 0u) { derive_scaling(stats[${at.gainCount}]); }
}
`;
}

/** As `inverseDeviations` of models/normalizer.ts and `writeScaling` of the learner. */
function deriveFunctions(options: InputOptions): string {
  const { normalizeObservation, normalizeReward, centerReward, clipReward, gamma, decisionInterval } = options;
  const at = planStats(options.numInputs);
  return `
fn scale_of(count: f32, mean: f32, deviations: f32) -> f32 {
  if (count == 0f) { return 1f; }
  let deviation = sqrt(deviations / count);
  if (deviation > 1e-6f * abs(mean) + 1e-12f) { return 1f / deviation; }
  return 0f;
}

fn derive_input(i: u32, count: f32) {
  let mean = stats[${at.mean}u + i];
  if (count > 0f) { stats[${at.shift}u + i] = mean; }
  stats[${at.normalizerMean}u + i] = ${normalizeObservation ? "mean" : "0f"};
  stats[${at.normalizerScale}u + i] = ${normalizeObservation ? `scale_of(count, mean, stats[${at.deviations}u + i])` : "1f"};
}

fn derive_scaling(count: f32) {
  let mean = vec2f(stats[${at.gainMean}], stats[${at.gainMean + 1}]);
  if (count > 0f) {
    stats[${at.shiftGain}] = mean.x;
    stats[${at.shiftGain + 1}] = mean.y;
  }
  stats[${at.scaling}] = ${normalizeReward ? `scale_of(count, mean.x, stats[${at.gainDeviations}])` : "1f"};
  stats[${at.scaling + 1}] = ${centerReward ? "mean.y" : "0f"};
  stats[${at.scaling + 2}] = ${float(clipReward)};
  stats[${at.scaling + 3}] = ${float(gamma)};
  stats[${at.scaling + 4}] = ${float(gamma ** decisionInterval)};
}
`;
}
