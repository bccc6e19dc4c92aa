import { float } from "../../compiler/wgsl/literals.js";
import { IS_FINITE, workgroupSum } from "./workgroup-sum.js";

/** Threads of a workgroup of both shaders, each with one column of 4 numbers. */
const WORKGROUP = 64;

/** Workgroups to dispatch for `count` numbers. */
export const columnWorkgroups = (count: number): number => Math.ceil(count / (4 * WORKGROUP));

interface ReduceOptions {
  /** Numbers of one partial gradient, a multiple of 4: the parameters, then columns that are only added up. */
  readonly count: number;
  /** A multiple of 4. */
  readonly parameterCount: number;
  /** Partial gradients. */
  readonly workgroups: number;
}

/**
 * Adds partial gradients in their order. Dispatch `columnWorkgroups(count)` workgroups.
 *
 * Reads `partials: array<vec4f>` [workgroup][count / 4]; writes `gradient: array<vec4f>` [count / 4] and `norms: array<f32>`, the
 * sum of squares of each workgroup's share of the parameters' gradient.
 */
export function reduceShader({ count, parameterCount, workgroups }: ReduceOptions): string {
  const columns = count / 4;
  return `
${workgroupSum(WORKGROUP, "f32")}

@compute @workgroup_size(${WORKGROUP})
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let column = id.x;
  var sum = vec4f();
  if (column < ${columns}u) {
    for (var w = 0u; w < ${workgroups}u; w++) { sum += partials[w * ${columns}u + column]; }
    gradient[column] = sum;
  }
  let squares = select(0f, dot(sum, sum), column < ${parameterCount / 4}u);
  let total = sum_of_workgroup(thread, squares);
  if (thread == 0u) { norms[workgroup.x] = total; }
}
`;
}

interface AdamOptions {
  /** A multiple of 4. */
  readonly parameterCount: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly maxGradNorm: number;
  /** Workgroups of {@link reduceShader}. */
  readonly numNorms: number;
  /** Numbers behind the parameters' gradient that are added to `update_sums`. */
  readonly numLossSums: number;
  /** Where `stats` says that nothing may be learned any more: a word that is not 0. */
  readonly failedWord: number;
}

/** The uniform `step` of {@link adamShader}; several lie at multiples of 256 bytes in one buffer. @param updates which update of the run this is, from 1 */
export function adamStep(
  learningRate: number,
  updates: number,
  { beta1, beta2 }: Pick<AdamOptions, "beta1" | "beta2">,
): Float32Array<ArrayBuffer> {
  return Float32Array.of(learningRate / (1 - beta1 ** updates), 1 / (1 - beta2 ** updates), 0, 0);
}

/** Words of `update_sums`, over the updates of an iteration: the sum of the norms, the sums of the loss sums, then these two counts. */
export function planUpdateSums(numLossSums: number) {
  return { norm: 0, lossSums: 1, steps: 1 + numLossSums, badNorms: 2 + numLossSums, size: 3 + numLossSums };
}

/**
 * Clips the gradient's norm and takes a step of Adam (Kingma and Ba 2015), as the wasm kernel does. Where the norm is not finite
 * or an earlier stage failed, the parameters and moments stay as they are. Dispatch `columnWorkgroups(parameterCount)` workgroups.
 *
 * Reads `gradient: array<vec4f>`, `norms: array<f32>`, `stats: array<f32>` and the uniform `step: Step`; changes
 * `params`, `first_moment` and `second_moment` (`array<vec4f>`) and adds to `update_sums: array<f32>` ({@link planUpdateSums}).
 */
export function adamShader(options: AdamOptions): string {
  const { parameterCount, beta1, beta2, epsilon, maxGradNorm, numNorms, numLossSums, failedWord } = options;
  const words = planUpdateSums(numLossSums);
  const columns = parameterCount / 4;
  return `
/** rate: learning rate / (1 - beta1^t); inverse2: 1 / (1 - beta2^t). */
struct Step { rate: f32, inverse2: f32, spare0: f32, spare1: f32 }
${IS_FINITE}
${workgroupSum(WORKGROUP, "f32")}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_index) thread: u32) {
  var share = 0f;
  for (var i = thread; i < ${numNorms}u; i += ${WORKGROUP}u) { share += norms[i]; }
  let squares = sum_of_workgroup(thread, share);
  let norm = sqrt(squares);
  let is_good = is_finite(squares);
  let takes_step = is_good && stats[${failedWord}] == 0f;
  if (id.x == 0u) { record(norm, is_good, takes_step); }
  if (takes_step && id.x < ${columns}u) { descend(id.x, min(1f, ${float(maxGradNorm)} / (norm + 1e-6f))); }
}

fn descend(column: u32, scale: f32) {
  let g = scale * gradient[column];
  let m = ${float(beta1)} * first_moment[column] + ${float(1 - beta1)} * g;
  let v = ${float(beta2)} * second_moment[column] + ${float(1 - beta2)} * (g * g);
  first_moment[column] = m;
  second_moment[column] = v;
  params[column] -= (step.rate * m) / (sqrt(v * step.inverse2) + ${float(epsilon)});
}

fn record(norm: f32, is_good: bool, took_step: bool) {
  if (!is_good) { update_sums[${words.badNorms}] += 1f; }
  if (!took_step) { return; }
  update_sums[${words.steps}] += 1f;
  update_sums[${words.norm}] += norm;
  for (var i = 0u; i < ${numLossSums}u; i++) {
    update_sums[${words.lossSums}u + i] += gradient[${columns}u + i / 4u][i % 4u];
  }
}
`;
}
