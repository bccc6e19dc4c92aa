import type { AgentPlan, NetworkPlan } from "./spec.js";

/**
 * Orthogonal initialisation: hidden layers with gain sqrt(2), the last layer with `headGain`, biases and padding 0.
 * @param uniform draws from [0, 1)
 * @returns plan.parameterCount floats
 */
export function initNetwork(plan: NetworkPlan, headGain: number, uniform: () => number): Float32Array<ArrayBuffer> {
  const params = new Float32Array(plan.parameterCount);
  for (const layer of plan.layers) {
    const gain = layer === plan.layers.at(-1) ? headGain : Math.SQRT2;
    const matrix = orthogonal(layer.inputs, layer.outputs, uniform);
    for (let k = 0; k < layer.inputs; k++) {
      for (let h = 0; h < layer.outputs; h++) {
        params[layer.weight + k * layer.paddedOutputs + h] = gain * matrix[k * layer.outputs + h]!;
      }
    }
  }
  return params;
}

/** Parameters of an agent: {@link initNetwork} for both networks, `free` for every element of the free vector. */
export function initAgent(
  plan: AgentPlan,
  gains: { readonly actorHead: number; readonly criticHead: number },
  free: number,
  uniform: () => number,
): Float32Array<ArrayBuffer> {
  const params = new Float32Array(plan.parameterCount);
  params.set(initNetwork(plan.actor, gains.actorHead, uniform), plan.actorOffset);
  params.set(initNetwork(plan.critic, gains.criticHead, uniform), plan.criticOffset);
  params.fill(free, plan.freeOffset, plan.freeOffset + plan.freeCount);
  return params;
}

/** A random [rows, columns] matrix, row-major, whose shorter side's vectors are orthonormal; uniform over all such (Haar). */
export function orthogonal(rows: number, columns: number, uniform: () => number): Float64Array {
  const tall = rows >= columns;
  const [count, length] = tall ? [columns, rows] : [rows, columns];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => normal(uniform));
    // Twice: one pass of Gram-Schmidt loses orthogonality when the vector lies near the span of the earlier ones.
    for (let pass = 0; pass < 2; pass++) for (const other of vectors) subtractProjection(vector, other);
    const norm = Math.hypot(...vector);
    vectors.push(vector.map((x) => x / norm));
  }
  const matrix = new Float64Array(rows * columns);
  vectors.forEach((vector, v) => {
    for (let i = 0; i < length; i++) matrix[tall ? i * columns + v : v * columns + i] = vector[i]!;
  });
  return matrix;
}

function subtractProjection(vector: Float64Array, unit: Float64Array): void {
  let dot = 0;
  for (let i = 0; i < vector.length; i++) dot += vector[i]! * unit[i]!;
  for (let i = 0; i < vector.length; i++) vector[i]! -= dot * unit[i]!;
}

/** Box-Muller. 1 - u because uniform() may return 0. */
function normal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
