import type { PpoOptions } from "../../agents/ppo/settings.js";
import type { GpuLayout } from "../../agents/ppo/webgpu/gpu-layout.js";
import type { AgentPlan, NetworkPlan } from "../../models/spec.js";
import { gradientFlops } from "../gradient.js";

/** What an iteration has to do, counted from its sizes: nothing here is measured. */

type Sizes = Pick<PpoOptions, "numEnvs" | "numSteps" | "decisionInterval" | "updateEpochs" | "numMinibatches">;

/** Multiplications and additions of a sample's way through the network: 2 per weight, without biases and activations. */
export function forwardFlops({ spec }: NetworkPlan): number {
  const widths = [spec.inputs, ...spec.hidden, spec.outputs];
  return widths.slice(1).reduce((sum, width, l) => sum + 2 * width * widths[l]!, 0);
}

/** Floating-point operations of an iteration that the networks' weights ask for; those of the economy are not counted. */
interface IterationFlops {
  /** Both networks forward in every decision, and the critic once more at the end. */
  readonly rollout: number;
  /** Forward and backward in every epoch, see `gradientFlops`. */
  readonly gradient: number;
  readonly all: number;
}

export function iterationFlops({ actor, critic }: AgentPlan, { numEnvs, numSteps, updateEpochs }: Sizes): IterationFlops {
  const decisions = numEnvs * numSteps;
  const rollout = decisions * (forwardFlops(actor) + forwardFlops(critic)) + numEnvs * forwardFlops(critic);
  const gradient = updateEpochs * decisions * (gradientFlops(actor) + gradientFlops(critic));
  return { rollout, gradient, all: rollout + gradient };
}

const FLOAT = 4;
const COLUMN = 16;

/**
 * Bytes that each kernel of an iteration reads and writes in the device's memory, as its algorithm asks for them: caches may
 * save some, scattered access may cost more. Every step of a rollout is taken to read and write all of a lane once.
 */
export function iterationBytes(layout: GpuLayout, agent: AgentPlan, sizes: Sizes): Readonly<Record<string, number>> {
  const { numEnvs, numSteps, decisionInterval, updateEpochs, numMinibatches } = sizes;
  const decisions = numEnvs * numSteps;
  const updates = updateEpochs * numMinibatches;
  const { buffers, records, sampleStride, partialCount, rowFields, numInputs, sumRows } = layout;
  const sums = sumRows.size - 2 * numInputs;
  const adam = 4 * agent.parameterCount + 3 * agent.parameterCount;
  const slices = Math.ceil(layout.tilesPerWorkgroup / layout.tilesPerSlice);
  return {
    rollout:
      2 * buffers.lanes * numSteps * decisionInterval +
      buffers.samples +
      decisions * rowFields.length * FLOAT +
      // Moments of the inputs in every decision, the rest in every step.
      2 * FLOAT * decisions * (2 * numInputs + sums * decisionInterval),
    gae: decisions * FLOAT * (rowFields.length + GAE_WRITES),
    store: decisions * FLOAT * STORE_FLOATS,
    sumLanes: buffers.laneSums,
    permute: updateEpochs * decisions * FLOAT * PERMUTE_FLOATS,
    // Each record is written and read once; the samples come with their index. A workgroup's first slice writes its partial
    // gradient, every other one reads and writes it.
    gradient:
      updateEpochs * decisions * ((sampleStride + 1) * FLOAT + 2 * records.size * COLUMN) +
      updates * buffers.partials * (2 * slices - 1),
    reduce: updates * (buffers.partials + partialCount * FLOAT),
    adam: updates * adam * FLOAT,
  };
}

/** Next value, advantage, return. */
const GAE_WRITES = 3;
/** Advantage, return, episode and day are read, two columns written. */
const STORE_FLOATS = 6;
/** The advantage is read, the index written. */
const PERMUTE_FLOATS = 2;

/** All kernels together. */
export const totalBytes = (bytes: Readonly<Record<string, number>>): number =>
  Object.values(bytes).reduce((sum, each) => sum + each, 0);
