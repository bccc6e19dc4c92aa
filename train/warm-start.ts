import { findAlgorithm } from "../agents/algorithms.js";
import type { LearnedController, PolicyNetwork } from "../agents/learned/learned-controller.js";
import { packLayers } from "../agents/learned/policy-layers.js";
import type { LearnerRun } from "../agents/learner/algorithm.js";
import type { LearnerState } from "../agents/learner/state.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import { UserError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { World } from "../env/world.js";
import { MEMORY, OBSERVATION_CLIP, type RunningMoments } from "../models/normalizer.js";
import type { Checkpoint } from "./checkpoint.js";
import type { TrainConfig } from "./config.js";
import { policyOf, tensorsOf } from "./learner-checkpoint.js";

/** What a run begins with instead of random weights. The optimiser, the counters and the worlds begin as in any run. */
export interface WarmStart {
  /** That of the policy, polished where it was polished. */
  readonly network: PolicyNetwork;
  /** Those of a new run where absent. */
  readonly observationMoments?: RunningMoments;
  /** All parameters of the agent, of a run: critic and exploration too. Of a controller alone these are those of a new run. */
  readonly params?: Float32Array;
  /** The algorithm's own running statistics, by the names of its state's arrays; those of a new run where absent. */
  readonly tensors?: Readonly<Record<string, Tensor>>;
}

/**
 * What a controller gives to a run. Its file has the normaliser's mean and scale but not on how many observations they rest: they count
 * for as many as its training made env-steps, at most {@link MEMORY}, the most that older observations weigh in any run.
 * @param envSteps that it was trained for
 */
export function startFromController({ network, normalizer }: LearnedController, envSteps: number): WarmStart {
  if (isPlain(normalizer)) return { network };
  const count = Math.min(MEMORY, Math.max(1, Math.floor(envSteps)));
  const deviations = normalizer.scale.map((scale) => (scale === 0 ? 0 : count / scale ** 2));
  return { network, observationMoments: { count, mean: normalizer.mean, deviations } };
}

/**
 * What a checkpoint gives to a run of the same algorithm: all weights, and all running statistics that they were trained with.
 * @param controller that of the checkpoint, polished where the run is
 * @param run that the checkpoint was made in
 * @throws UserError `E_CHECKPOINT_FIT`
 */
export function startFromRun(checkpoint: Checkpoint, { network }: LearnedController, run: LearnerRun): WarmStart {
  const { world, settings } = run;
  const { carried, stateShape } = findAlgorithm(settings.algorithm);
  const shape = {
    observations: Object.keys(world.observations).length,
    parameters: planPolicy(world, settings).parameterCount,
  };
  const { params, observationMoments } = policyOf(checkpoint, shape);
  const taken = Object.entries(stateShape(run).tensors).filter(([name]) =>
    carried.some((group) => name.startsWith(`${group}.`)),
  );
  return { network, params, observationMoments, tensors: tensorsOf(checkpoint, Object.fromEntries(taken)) };
}

/** The first state of a run, with what it is to begin with put in. */
export function warmState(first: LearnerState, from: WarmStart, { world, config }: Target): LearnerState {
  const agent = planPolicy(world, config);
  const params = Float32Array.from(from.params ?? first.params);
  params.set(packLayers(agent.actor, from.network.layers), agent.actorOffset);
  const { observationMoments = first.observationMoments, tensors } = from;
  return { ...first, params, observationMoments, tensors: { ...first.tensors, ...tensors } };
}

interface Target {
  readonly world: World;
  readonly config: TrainConfig;
}

/**
 * Checks that a controller's network and normaliser are of the shape that a run with these settings trains. That it observes and moves the
 * same numbers is for `whyUnfit` to say.
 * @param name of the source, for messages
 * @throws UserError `E_TRAIN_FROM` with the setting that would do
 */
export function checkShape(name: string, { network, normalizer, structure }: LearnedController, config: TrainConfig): void {
  const hidden = network.layers.slice(0, -1).map(({ outputs }) => outputs);
  const { activation } = network;
  if (hidden.join() !== config.hidden.join()) {
    throw misfit(
      `${name} has hidden layers of ${hidden.join(",")}, the new run of ${config.hidden.join(",")}`,
      `hidden=${hidden.join(",")}`,
    );
  }
  if (activation !== config.activation) {
    throw misfit(`${name} has activation ${activation}, the new run ${config.activation}`, `activation=${activation}`);
  }
  if (structure) {
    const message = `${name} has a base rule or memory around its network, which a run without them cannot begin with`;
    throw new UserError("E_TRAIN_FROM", message, "start from a controller of a network alone");
  }
  const plain = isPlain(normalizer);
  if (plain === config.normalizeObservation) {
    const does = plain ? "takes observations as they are" : "normalises its observations";
    throw misfit(`${name} ${does}, the new run ${plain ? "normalises them" : "does not"}`, `normalizeObservation=${!plain}`);
  }
  if (normalizer.clip === OBSERVATION_CLIP) return;
  const what = `${name} clips observations at ${normalizer.clip} deviations, a run trains with ${OBSERVATION_CLIP}`;
  throw new UserError("E_TRAIN_FROM", what, "start from another controller, or from its run folder");
}

/** A policy that takes observations as they are. */
const isPlain = ({ mean, scale }: LearnedController["normalizer"]) => mean.every((x) => x === 0) && scale.every((x) => x === 1);

function misfit(message: string, setting: string): UserError {
  return new UserError("E_TRAIN_FROM", message, `add --set ${setting}, or start from another run`);
}
