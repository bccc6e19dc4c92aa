import { layoutRecord } from "../../../compiler/schema.js";
import type { TensorFlowBackend } from "../../../models/tensorflow/load.js";
import type { Tf } from "../../../models/tensorflow/tf.js";
import { createTrainer, type SampleColumns, type Trainer, type TrainerVectors } from "../../../models/tensorflow/trainer.js";
import { notFinite } from "../wasm/find-not-finite.js";
import type { Updater } from "../wasm/update.js";
import type { LearnerContext } from "../wasm/wasm-context.js";

/**
 * Learns from the rollout in memory on TensorFlow.js: networks, loss, gradient, clipping and Adam are its own. Parameters and
 * moments come from the learner's memory and go back there, so that a state does not show which device made it.
 */
export function tensorflowUpdater({ tf, description }: Pick<TensorFlowBackend, "tf" | "description">): Updater {
  let trainer: Trainer | undefined;
  return {
    device: `tensorflow: ${description}`,
    begin: (context) => {
      const { layout, options, f32 } = context;
      trainer ??= makeTrainer(tf, context);
      trainer.load(learnerVectors(context));
      trainer.takeSamples(f32(layout.samples, options.ppo.numEnvs * options.ppo.numSteps * layout.sampleStride));
    },
    step: (context, minibatch, { learningRate, updates, iteration }) => {
      const result = trainer!.update(minibatchIndices(context, minibatch), learningRate, updates);
      if (!Number.isFinite(result.gradNorm)) throw notFinite(context, iteration);
      return result;
    },
    end: (context) => trainer!.store(learnerVectors(context)),
    dispose: () => {
      trainer?.dispose();
      trainer = undefined;
    },
  };
}

/** A trainer for the learner's networks and settings. */
export function makeTrainer(tf: Tf, context: LearnerContext): Trainer {
  return createTrainer(tf, context.agent, sampleColumns(context), context.options.ppo);
}

/** Where a sample's numbers lie. */
export function sampleColumns({
  agent,
  programs,
  layout,
}: Pick<LearnerContext, "agent" | "programs"> & {
  readonly layout: Pick<LearnerContext["layout"], "sampleStride">;
}): SampleColumns {
  const { sample } = programs.loss;
  const { slots } = layoutRecord(sample);
  const column = (name: string) => agent.critic.spec.inputs + slots.get(name)!;
  return {
    stride: layout.sampleStride,
    action: column("action"),
    numActions: sample.fields["action"]!.length ?? 1,
    logProb: column("logProb"),
    value: column("value"),
    advantage: column("advantage"),
    target: column("return"),
  };
}

/** Row numbers of a minibatch's samples, in the order that the permutation left in memory. */
export function minibatchIndices({ options, layout, placed }: LearnerContext, minibatch: number): Uint32Array {
  const { numEnvs, numSteps, numMinibatches } = options.ppo;
  const size = (numEnvs * numSteps) / numMinibatches;
  return new Uint32Array(placed.buffer, layout.indices + minibatch * size * 4, size);
}

const learnerVectors = ({ agent, layout, f32 }: LearnerContext): TrainerVectors => ({
  params: f32(layout.params, agent.parameterCount),
  firstMoment: f32(layout.firstMoment, agent.parameterCount),
  secondMoment: f32(layout.secondMoment, agent.parameterCount),
});
