import type * as TensorFlow from "@tensorflow/tfjs";
import type { LearnerContext } from "../agents/ppo/context.js";
import { updatePolicy } from "../agents/ppo/update.js";
import { buildTfjsUpdate, readMinibatch, usedPart } from "./tfjs-update.js";
import { median, secondsOf } from "./timing.js";

/** One minibatch update (loss, gradient, clipping, Adam), one thread. */
export interface UpdateSpeed {
  readonly minibatchSize: number;
  readonly flyballSeconds: number;
  readonly tfjsCpu: TfjsSpeed;
  readonly tfjsWasm: TfjsSpeed;
}

export interface TfjsSpeed {
  readonly secondsPerUpdate: number | null;
  /** Time of the update there over time here. */
  readonly ratio: number | null;
  /** Relative L2 distance of the two gradients of the same minibatch at the same weights. */
  readonly gradientDifference: number | null;
  /** Why there is no figure; empty when there is. */
  readonly why: string;
}

interface Rounds {
  readonly cpu: number;
  readonly wasm: number;
}

/** The same minibatch size, networks, loss and optimiser here and on TensorFlow.js, in turns. */
export async function measureUpdate(context: LearnerContext, rounds: Rounds): Promise<UpdateSpeed> {
  const { ppo } = context.options;
  const here: number[] = [];
  const ours = () => {
    const { seconds, updates } = timeEpoch(context);
    here.push(seconds / updates);
    return seconds / updates;
  };
  ours();
  here.length = 0;
  const tfjsCpu = await measureTfjs(context, "cpu", rounds.cpu, ours);
  const tfjsWasm = await measureTfjs(context, "wasm", rounds.wasm, ours);
  if (here.length === 0) ours();
  return {
    minibatchSize: (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches,
    flyballSeconds: median(here),
    tfjsCpu,
    tfjsWasm,
  };
}

/** One pass over the rollout: minibatches drawn, gathered, differentiated and descended. */
function timeEpoch(context: LearnerContext, learningRate = context.options.ppo.learningRate) {
  const { options } = context;
  const ppo = { ...options.ppo, updateEpochs: 1, learningRate };
  const once = { ...context, options: { ...options, ppo } };
  const seconds = secondsOf(() => void updatePolicy(once, { iteration: 1, envSteps: 0, updates: 1 }));
  return { seconds, updates: ppo.numMinibatches };
}

async function measureTfjs(
  context: LearnerContext,
  backend: "cpu" | "wasm",
  rounds: number,
  ours: () => number,
): Promise<TfjsSpeed> {
  let tf: typeof TensorFlow;
  try {
    tf = await loadTensorFlow(backend);
  } catch (error) {
    const [reason = ""] = String(error instanceof Error ? error.message : error).split("\n");
    return { secondsPerUpdate: null, ratio: null, gradientDifference: null, why: `TensorFlow.js is not there: ${reason}` };
  }
  // Weights stay; the gradient of the last minibatch stays in memory.
  timeEpoch(context, 0);
  const update = buildTfjsUpdate(tf, context, readMinibatch(context, context.options.ppo.numMinibatches - 1));
  const gradientDifference = compareGradients(context, update.gradient());
  update.run();
  const seconds: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [before, there, after] = [ours(), secondsOf(update.run), ours()];
    seconds.push(there);
    ratios.push((2 * there) / (before + after));
  }
  update.dispose();
  return { secondsPerUpdate: median(seconds), ratio: median(ratios), gradientDifference, why: "" };
}

/** @throws Error when the packages are not installed: they are for development only */
async function loadTensorFlow(backend: "cpu" | "wasm"): Promise<typeof TensorFlow> {
  const tf = await import("@tensorflow/tfjs");
  if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  // Keeps its greeting out of our output.
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`its backend ${backend} does not start`);
  await tf.ready();
  return tf;
}

function compareGradients({ agent, f32, layout }: LearnerContext, there: ReadonlyMap<string, Float32Array>): number {
  const here = f32(layout.gradient, agent.parameterCount);
  let [difference, size] = [0, 0];
  for (const plan of agent.tensors) {
    const [a, b] = [usedPart(plan, here), there.get(plan.name)!];
    for (const [i, value] of a.entries()) {
      difference += (value - b[i]!) ** 2;
      size += b[i]! ** 2;
    }
  }
  return Math.sqrt(difference / size);
}
