import { findAlgorithm } from "../agents/algorithms.js";
import type { LearnedController, PolicyNetwork } from "../agents/learned/learned-controller.js";
import { packLayers } from "../agents/learned/policy-layers.js";
import { hasStructure, NO_STRUCTURE, type PolicyStructure } from "../agents/learned/structure.js";
import type { LearnerRun } from "../agents/learner/algorithm.js";
import type { LearnerState } from "../agents/learner/state.js";
import { canonicalJson } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import type { World } from "../env/world.js";
import { MEMORY, OBSERVATION_CLIP, type RunningMoments } from "../models/normalizer.js";
import { planTrained } from "./build-controller.js";
import type { Checkpoint } from "./checkpoint.js";
import type { TrainConfig } from "./config.js";
import { policyOf, tensorsOf } from "./learner-checkpoint.js";

/** What a run begins with instead of random weights. The optimiser, the counters and the worlds begin as in any run. */
export interface WarmStart {
  /** That of the policy. */
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
 * @param controller that of the checkpoint
 * @param run that the checkpoint was made in
 * @throws UserError `E_CHECKPOINT_FIT`
 */
export function startFromRun(checkpoint: Checkpoint, { network }: LearnedController, run: LearnerRun): WarmStart {
  const { world, settings } = run;
  const { carried, stateShape } = findAlgorithm(settings.algorithm);
  const shape = {
    observations: Object.keys(world.observations).length,
    parameters: planTrained(world, settings).parameterCount,
  };
  const { params, observationMoments } = policyOf(checkpoint, shape);
  const taken = Object.entries(stateShape(run).tensors).filter(([name]) =>
    carried.some((group) => name.startsWith(`${group}.`)),
  );
  return { network, params, observationMoments, tensors: tensorsOf(checkpoint, Object.fromEntries(taken)) };
}

/** The first state of a run, with what it is to begin with put in. */
export function warmState(first: LearnerState, from: WarmStart, { world, config }: Target): LearnerState {
  const agent = planTrained(world, config);
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
export function checkShape(
  name: string,
  { network, normalizer, structure }: LearnedController,
  { world, config }: Target,
): void {
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
  checkStructure(name, structure ?? NO_STRUCTURE, findAlgorithm(config.algorithm).structure(config, world));
  const plain = isPlain(normalizer);
  if (plain === config.normalizeObservation) {
    const does = plain ? "takes observations as they are" : "normalises its observations";
    throw misfit(`${name} ${does}, the new run ${plain ? "normalises them" : "does not"}`, `normalizeObservation=${!plain}`);
  }
  if (normalizer.clip === OBSERVATION_CLIP) return;
  const what = `${name} clips observations at ${normalizer.clip} deviations, a run trains with ${OBSERVATION_CLIP}`;
  throw new UserError("E_TRAIN_FROM", what, "start from another controller, or from its run folder");
}

/** What is around the network means as much as its weights: none of it is made up. */
function checkStructure(name: string, own: PolicyStructure, wanted: PolicyStructure): void {
  if (canonicalJson(own) === canonicalJson(wanted)) return;
  const parts = {
    base: "base rule",
    memoryRates: "memory",
    lastRequest: "memory of its last request",
    group: "group",
  } as const;
  const keys = ["base", "memoryRates", "lastRequest", "group"] as const;
  const differs = keys.find((key) => canonicalJson({ of: own[key] }) !== canonicalJson({ of: wanted[key] }));
  const what = differs ? parts[differs] : "structure";
  if (!hasStructure(wanted)) {
    const message = `${name} has a ${what} around its network, which the new run does not have`;
    throw new UserError("E_TRAIN_FROM", message, "add --set algorithm=es, or start from a controller of a network alone");
  }
  const message = `${name} has another ${what} around its network than the new run`;
  const hint =
    differs === "base" || !differs
      ? "give that of the file in a file for --config"
      : `add --set ${differs === "group" ? `sets=${own.group !== undefined}` : `${differs}=${own[differs]}`}`;
  throw new UserError("E_TRAIN_FROM", message, `${hint}, or start from another run`);
}

/** A policy that takes observations as they are. */
const isPlain = ({ mean, scale }: LearnedController["normalizer"]) => mean.every((x) => x === 0) && scale.every((x) => x === 1);

function misfit(message: string, setting: string): UserError {
  return new UserError("E_TRAIN_FROM", message, `add --set ${setting}, or start from another run`);
}
