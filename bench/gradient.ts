import type { LearnerContext } from "../agents/ppo/wasm/wasm-context.js";
import type { NetworkPlan } from "../models/spec.js";
import type { Job } from "../models/wasm/plan.js";
import { best, takeTurns } from "./timing.js";

export interface GradientSpeed {
  /** Floating-point operations per second of f32x4 multiply-adds in registers: the probed peak of one core. */
  readonly peak: number;
  /** The whole gradient of a minibatch: gather, both networks forward and backward, loss, sums. */
  readonly gradient: number;
  /** The networks' forward and backward passes alone. */
  readonly networks: number;
  /** `gradient` and `networks` over `peak`. */
  readonly shareOfPeak: number;
  readonly networksShareOfPeak: number;
  /** Multiplications and additions of the weight matrices per sample, both networks. */
  readonly flopsPerSample: number;
}

/**
 * Floating-point operations of a sample's gradient that no implementation can do without: 2 per weight forward, 2 for the weights'
 * gradient, 2 for passing the error on (not into the inputs). True sizes, without the padding; biases, tanh and loss are not counted.
 */
export function gradientFlops({ spec }: NetworkPlan): number {
  const widths = [spec.inputs, ...spec.hidden, spec.outputs];
  const products = widths.slice(1).map((width, l) => width * widths[l]!);
  const all = products.reduce((sum, product) => sum + product, 0);
  return 6 * all - 2 * products[0]!;
}

/** About a millisecond, as long as the gradient beside it: on a busy machine some rounds are then undisturbed. */
const PEAK_ROUNDS = 360_000;
const CHUNKS = 2;
const FLOPS_PER_PEAK_ROUND = 96;

/** Gradient against the probe, in turns on one core. */
export function measureGradient(context: LearnerContext, rounds: number): GradientSpeed {
  const { device, jobs, agent, options } = context;
  const { ppo } = options;
  const { prepare, gradient, numChunks } = jobs.minibatches[0]!;
  const chunks = Math.min(CHUNKS, numChunks);
  const samples = (chunks / numChunks) * ((ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches);
  const networks: Job = { ...gradient, name: "networks", calls: gradient.calls.filter(isNetwork) };
  device.run(jobs.permute, ppo.numMinibatches);
  device.run(prepare, numChunks);
  const works = [
    () => void device.kernels.peak(PEAK_ROUNDS),
    () => device.run(gradient, chunks),
    () => device.run(networks, chunks),
  ];
  const [peakSeconds, gradientSeconds, networksSeconds] = takeTurns(works, rounds, 3).map(best);
  const flopsPerSample = gradientFlops(agent.actor) + gradientFlops(agent.critic);
  const peak = (PEAK_ROUNDS * FLOPS_PER_PEAK_ROUND) / peakSeconds!;
  const speed = (seconds: number) => (samples * flopsPerSample) / seconds;
  return {
    peak,
    gradient: speed(gradientSeconds!),
    networks: speed(networksSeconds!),
    shareOfPeak: speed(gradientSeconds!) / peak,
    networksShareOfPeak: speed(networksSeconds!) / peak,
    flopsPerSample,
  };
}

const isNetwork = ({ instance, export: name }: Job["calls"][number]) =>
  instance === 0 && (name === "forward" || name === "backward");
