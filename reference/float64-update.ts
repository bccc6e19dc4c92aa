import type { AgentPlan, NetworkPlan } from "../models/spec.js";
import type { SampleColumns, TrainerSettings } from "../models/tensorflow/trainer.js";

/**
 * PPO's update in plain float64 with derivatives worked by hand: the reference that every device is held against. Slow and
 * straight on purpose; vectors are laid out as the plan says.
 */
export interface Float64Vectors {
  readonly params: Float64Array;
  readonly firstMoment: Float64Array;
  readonly secondMoment: Float64Array;
}

export interface Float64Problem {
  readonly agent: AgentPlan;
  readonly columns: SampleColumns;
  readonly settings: TrainerSettings;
  /** All samples, `columns.stride` floats each. */
  readonly rows: Float32Array;
}

/** One step of Adam with the clipped gradient; changes the vectors. `updates` counts from 1. */
export function float64Step(
  problem: Float64Problem,
  vectors: Float64Vectors,
  indices: ArrayLike<number>,
  learningRate: number,
  updates: number,
): void {
  const { maxGradNorm, adamEpsilon } = problem.settings;
  const gradient = float64Gradient(problem, vectors.params, indices);
  const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
  const scale = Math.min(1, maxGradNorm / (norm + 1e-6));
  const { params, firstMoment: m, secondMoment: v } = vectors;
  for (let i = 0; i < params.length; i++) {
    const g = scale * gradient[i]!;
    m[i] = 0.9 * m[i]! + 0.1 * g;
    v[i] = 0.999 * v[i]! + 0.001 * g * g;
    const deviation = Math.sqrt(v[i]! / (1 - 0.999 ** updates));
    params[i]! -= (learningRate * (m[i]! / (1 - 0.9 ** updates))) / (deviation + adamEpsilon);
  }
}

/** Gradient of the mean loss over these samples, before clipping. */
export function float64Gradient(problem: Float64Problem, params: Float64Array, indices: ArrayLike<number>): Float64Array {
  const { agent, columns, settings, rows } = problem;
  const samples = Array.from(indices, (i) => rows.subarray(i * columns.stride, (i + 1) * columns.stride));
  const advantages = samples.map((row) => row[columns.advantage]!);
  const mean = advantages.reduce((sum, a) => sum + a, 0) / advantages.length;
  const variance = advantages.reduce((sum, a) => sum + (a - mean) ** 2, 0) / advantages.length;
  const gradient = new Float64Array(agent.parameterCount);
  for (const row of samples) {
    const raw = row[columns.advantage]!;
    const advantage = settings.normalizeAdvantage ? (raw - mean) / (Math.sqrt(variance) + 1e-8) : raw;
    const actor = forward(agent.actor, params, 0, row);
    const critic = forward(agent.critic, params, agent.criticOffset, row);
    const policy = policySlopes(problem, params, actor.at(-1)!, row, advantage);
    backward(agent.actor, params, 0, actor, policy.output, gradient);
    policy.free.forEach((slope, i) => {
      gradient[agent.freeOffset + i]! += slope;
    });
    backward(agent.critic, params, agent.criticOffset, critic, [valueSlope(problem, critic.at(-1)![0]!, row)], gradient);
  }
  return gradient.map((g) => g / samples.length);
}

/** Derivatives of a sample's loss with respect to the policy's outputs and log standard deviations. */
function policySlopes(
  { agent, columns, settings }: Float64Problem,
  params: Float64Array,
  output: readonly number[],
  row: Float32Array,
  advantage: number,
): { readonly output: readonly number[]; readonly free: readonly number[] } {
  const { clipCoef, boundCoef, entCoef } = settings;
  const head =
    agent.freeCount > 0
      ? gaussian(
          output,
          [...params.subarray(agent.freeOffset, agent.freeOffset + agent.freeCount)],
          (i) => row[columns.action + i]!,
        )
      : categorical(output, row[columns.action]!);
  const ratio = Math.exp(head.logProb - row[columns.logProb]!);
  const clipped = Math.min(1 + clipCoef, Math.max(1 - clipCoef, ratio));
  // Where the clipped branch is the smaller one, nothing flows.
  const slope = ratio * advantage <= clipped * advantage ? -advantage * ratio : 0;
  const excess = (mean: number) => (agent.freeCount > 0 ? 2 * Math.max(0, Math.abs(mean) - 1) * Math.sign(mean) : 0);
  return {
    output: output.map(
      (mean, i) => slope * head.logProbOutput[i]! - entCoef * head.entropyOutput[i]! + boundCoef * excess(mean),
    ),
    free: head.logProbFree.map((each) => slope * each - entCoef),
  };
}

function gaussian(means: readonly number[], logStd: readonly number[], action: (i: number) => number) {
  const z = means.map((mean, i) => (action(i) - mean) / Math.exp(logStd[i]!));
  return {
    logProb: z.reduce((sum, x, i) => sum - 0.5 * x * x - logStd[i]! - 0.5 * Math.log(2 * Math.PI), 0),
    logProbOutput: z.map((x, i) => x / Math.exp(logStd[i]!)),
    logProbFree: z.map((x) => x * x - 1),
    entropyOutput: means.map(() => 0),
  };
}

function categorical(logits: readonly number[], choice: number) {
  const largest = Math.max(...logits);
  const total = logits.reduce((sum, x) => sum + Math.exp(x - largest), 0);
  const logProbs = logits.map((x) => x - largest - Math.log(total));
  const entropy = -logProbs.reduce((sum, x) => sum + Math.exp(x) * x, 0);
  return {
    logProb: logProbs[choice]!,
    logProbOutput: logProbs.map((x, i) => (i === choice ? 1 : 0) - Math.exp(x)),
    logProbFree: [],
    entropyOutput: logProbs.map((x) => -Math.exp(x) * (x + entropy)),
  };
}

function valueSlope({ columns, settings }: Float64Problem, value: number, row: Float32Array): number {
  const { clipCoef, vfCoef, clipValueLoss } = settings;
  const [then, target] = [row[columns.value]!, row[columns.target]!];
  const near = then + Math.min(clipCoef, Math.max(-clipCoef, value - then));
  if (!clipValueLoss || (value - target) ** 2 >= (near - target) ** 2) return vfCoef * (value - target);
  return Math.abs(value - then) < clipCoef ? vfCoef * (near - target) : 0;
}

/** The input, then the activations of each layer. */
export function forward(plan: NetworkPlan, params: Float64Array, offset: number, input: ArrayLike<number>): number[][] {
  const all = [Array.from({ length: plan.spec.inputs }, (_, i) => input[i]!)];
  for (const { inputs, outputs, paddedOutputs, weight, bias, activation } of plan.layers) {
    const below = all.at(-1)!;
    const sums = Array.from({ length: outputs }, (_, h) => {
      let sum = params[offset + bias + h]!;
      for (let k = 0; k < inputs; k++) sum += below[k]! * params[offset + weight + k * paddedOutputs + h]!;
      return sum;
    });
    all.push(sums.map((x) => (activation === "tanh" ? Math.tanh(x) : activation === "relu" ? Math.max(0, x) : x)));
  }
  return all;
}

/** Adds the parameters' derivatives, given those of the outputs. */
export function backward(
  plan: NetworkPlan,
  params: Float64Array,
  offset: number,
  activations: readonly (readonly number[])[],
  slopes: readonly number[],
  gradient: Float64Array,
): void {
  let above = slopes;
  for (let l = plan.layers.length - 1; l >= 0; l--) {
    const { inputs, paddedOutputs, weight, bias, activation } = plan.layers[l]!;
    const [below, out] = [activations[l]!, activations[l + 1]!];
    const delta = above.map((slope, h) => {
      if (activation === "tanh") return slope * (1 - out[h]! ** 2);
      return activation === "relu" && out[h]! <= 0 ? 0 : slope;
    });
    const next = new Array<number>(inputs).fill(0);
    for (const [h, d] of delta.entries()) {
      gradient[offset + bias + h]! += d;
      for (let k = 0; k < inputs; k++) {
        const at = offset + weight + k * paddedOutputs + h;
        gradient[at]! += d * below[k]!;
        next[k]! += d * params[at]!;
      }
    }
    above = next;
  }
}

/** |got - want| / |want| over whole vectors. */
export function relativeL2(got: ArrayLike<number>, want: ArrayLike<number>): number {
  let [difference, size] = [0, 0];
  for (let i = 0; i < want.length; i++) {
    difference += (got[i]! - want[i]!) ** 2;
    size += want[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}
