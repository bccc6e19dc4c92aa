import { WGSL_LIBRARY } from "../../../compiler/wgsl/library.js";
import { DOMAIN } from "../../../core/random.js";
import { workgroupSum } from "../../../models/webgpu/workgroup-sum.js";

const WORKGROUP = 256;
/** Those of core/permutation.ts. */
const ROUNDS = 6;
const STREAM = (DOMAIN.permutation << 28) >>> 0;

interface PermuteOptions {
  /** Samples of a rollout, at most 2^31 - 1. */
  readonly total: number;
  /** Divides `total`. */
  readonly minibatchSize: number;
  readonly updateEpochs: number;
  readonly seed: number;
  /** Workgroups that share a minibatch. */
  readonly parts: number;
  /** Of `samples`, in floats. */
  readonly sampleStride: number;
  readonly advantageColumn: number;
}

/**
 * Draws the order of the samples in all epochs of an iteration, bit-identical to core/permutation.ts, and adds up each
 * minibatch's advantages. Dispatch `parts` times `updateEpochs * total / minibatchSize` workgroups.
 *
 * Reads the uniform `run: vec4u` (x: the iteration, from 0) and `samples: array<f32>`; writes `indices: array<u32>` [epoch][total]
 * and `advantage_sums: array<vec2f>` [epoch][minibatch][part], sum and sum of squares.
 */
export function permuteShader(options: PermuteOptions): string {
  const { total, minibatchSize, updateEpochs, seed, parts, sampleStride, advantageColumn } = options;
  const numMinibatches = total / minibatchSize;
  return `
${WGSL_LIBRARY}
${permuteFunction(total, seed)}
${workgroupSum(WORKGROUP, "vec2f")}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) thread: u32) {
  let epoch = workgroup.y / ${numMinibatches}u;
  let first = (workgroup.y % ${numMinibatches}u) * ${minibatchSize}u;
  let counter = run.x * ${updateEpochs}u + epoch;
  var sums = vec2f();
  for (var i = workgroup.x * ${WORKGROUP}u + thread; i < ${minibatchSize}u; i += ${parts * WORKGROUP}u) {
    let sample = permute(first + i, counter);
    indices[epoch * ${total}u + first + i] = sample;
    let advantage = samples[sample * ${sampleStride}u + ${advantageColumn}u];
    sums += vec2f(advantage, advantage * advantage);
  }
  let all = sum_of_workgroup(thread, sums);
  if (thread == 0u) { advantage_sums[workgroup.y * ${parts}u + workgroup.x] = all; }
}
`;
}

/** The Feistel network of core/permutation.ts over `size`. */
function permuteFunction(size: number, seed: number): string {
  const bits = size > 1 ? 32 - Math.clz32(size - 1) : 0;
  const low = bits >> 1;
  const [lowMask, highMask] = [2 ** low - 1, 2 ** (bits - low) - 1];
  return `
fn round_hash(part: u32, number: u32, counter: u32) -> u32 {
  return pcg4d(vec4u((number << 16u) | part, ${seed >>> 0}u, counter, ${STREAM}u)).x >> 16u;
}

fn permute(index: u32, counter: u32) -> u32 {
  var value = index;
  loop {
    var left = value >> ${low}u;
    var right = value & ${lowMask}u;
    for (var number = 0u; number < ${ROUNDS}u; number += 2u) {
      left ^= round_hash(right, number, counter) & ${highMask}u;
      right ^= round_hash(left, number + 1u, counter) & ${lowMask}u;
    }
    value = (left << ${low}u) | right;
    if (value < ${size}u) { break; }
  }
  return value;
}
`;
}
