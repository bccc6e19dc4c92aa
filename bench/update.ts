import type * as TensorFlow from "@tensorflow/tfjs";
import { makeTrainer, minibatchIndices } from "../agents/ppo/tensorflow/tensorflow-updater.js";
import { updatePolicy } from "../agents/ppo/wasm/update.js";
import type { LearnerContext } from "../agents/ppo/wasm/wasm-context.js";
import { median, timeCall } from "./timing.js";

/** One minibatch update (loss, gradient, clipping, Adam), one thread. */
export interface UpdateSpeed {
  readonly minibatchSize: number;
  readonly flyballSeconds: number;
  readonly tfjsCpu: TfjsSpeed;
  readonly tfjsWasm: TfjsSpeed;
}

interface TfjsSpeed {
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
  const seconds = timeCall(() => void updatePolicy(once, { iteration: 1, envSteps: 0, updates: 1 }));
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
  const { agent, layout, options, f32 } = context;
  const { ppo } = options;
  const vector = (address: number) => f32(address, agent.parameterCount);
  const trainer = makeTrainer(tf, context);
  trainer.load({
    params: vector(layout.params),
    firstMoment: vector(layout.firstMoment),
    secondMoment: vector(layout.secondMoment),
  });
  trainer.takeSamples(f32(layout.samples, ppo.numEnvs * ppo.numSteps * layout.sampleStride));
  const indices = minibatchIndices(context, ppo.numMinibatches - 1).slice();
  const gradientDifference = relativeDistance(vector(layout.gradient), trainer.gradient(indices));
  const update = () => void trainer.update(indices, ppo.learningRate, 1);
  update();
  const seconds: number[] = [];
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [before, there, after] = [ours(), timeCall(update), ours()];
    seconds.push(there);
    ratios.push((2 * there) / (before + after));
  }
  trainer.dispose();
  return { secondsPerUpdate: median(seconds), ratio: median(ratios), gradientDifference, why: "" };
}

/** @throws Error when the packages are not installed */
async function loadTensorFlow(backend: "cpu" | "wasm"): Promise<typeof TensorFlow> {
  const tf = await import("@tensorflow/tfjs");
  if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  // Keeps its greeting out of our output.
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`its backend ${backend} does not start`);
  await tf.ready();
  return tf;
}

function relativeDistance(here: Float32Array, there: Float32Array): number {
  let [difference, size] = [0, 0];
  for (const [i, value] of here.entries()) {
    difference += (value - there[i]!) ** 2;
    size += there[i]! ** 2;
  }
  return Math.sqrt(difference / size);
}
