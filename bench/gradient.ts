import { networkTable, planNetwork } from "../models/spec.js";
import { instantiate } from "../models/wasm/interpreter.js";
import { compileKernels, type Kernels } from "../models/wasm/kernels.js";
import { type Clock, inTurns } from "./timing.js";

/** Multiply-adds per second of the gradient, beside what the machine's f32x4 units can do at most. */
export interface GradientBench {
  readonly peakGflops: number;
  readonly gradientGflops: number;
  readonly gradientShareOfPeak: number;
}

const SAMPLES = 64;
/** A few milliseconds each, shorter than a scheduler's time slice: on a busy machine some rounds are then undisturbed. */
const PEAK_ROUNDS = 1_000_000;
/** Floating-point operations of one round of the probe. */
const PEAK_FLOPS = 96;
const REPEATS = 24;

/** Forward and backward of a network on one core, against the peak probed in the same run. */
export function benchGradient(clock: Clock, inputs: number, hidden: readonly number[]): GradientBench {
  const plan = planNetwork({ inputs, hidden, outputs: 1, activation: "tanh" }, "bench");
  const table = networkTable(plan);
  let next = 64;
  const take = (floats: number) => {
    const address = next;
    next += Math.ceil((floats * 4) / 64) * 64;
    return address;
  };
  const ld = SAMPLES + 16;
  const [spec, params, grad] = [take(table.length), take(plan.parameterCount), take(plan.parameterCount)];
  const [x, y, scratch] = [take(inputs * ld), take(4 * ld), take(plan.scratchCount)];
  const memory = new WebAssembly.Memory({ initial: Math.ceil(next / 65_536), maximum: 65_536, shared: true });
  const kernels = instantiate([compileKernels({ relaxed: false })], memory)[0]!.exports as unknown as Kernels;
  new Int32Array(memory.buffer, spec, table.length).set(table);
  for (const [address, length] of [[params, plan.parameterCount] as const, [x, inputs * ld] as const, [y, 4 * ld] as const]) {
    new Float32Array(memory.buffer, address, length).forEach((_, i, values) => {
      values[i] = 0.1 * Math.sin(i);
    });
  }
  const gradient = () => {
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      kernels.forward(spec, params, x, ld, SAMPLES, y, ld, scratch);
      kernels.backward(spec, params, x, ld, SAMPLES, y, ld, grad, scratch);
    }
  };
  const { first, second } = inTurns(clock, 200, () => kernels.peak(PEAK_ROUNDS), gradient);
  const peakFlops = PEAK_FLOPS * PEAK_ROUNDS;
  const flops = REPEATS * gradientFlops(plan.layers);
  return {
    peakGflops: peakFlops / first / 1e9,
    gradientGflops: flops / second / 1e9,
    gradientShareOfPeak: ((first / second) * flops) / peakFlops,
  };
}

/** Without padding: forward, gradient of the weights, and of the inputs of all layers but the first. Activations count nothing. */
function gradientFlops(layers: readonly { readonly inputs: number; readonly outputs: number }[]): number {
  const passes = layers.map(({ inputs, outputs }, l) => inputs * outputs * (l === 0 ? 2 : 3));
  return 2 * SAMPLES * passes.reduce((sum, pass) => sum + pass, 0);
}
