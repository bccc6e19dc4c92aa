import type { LearnerRun } from "../learner/algorithm.js";
import type { Learner } from "../learner/learner.js";
import { type LearnerState, type PolicyState, packMoments, unpackMoments } from "../learner/state.js";
import type { RecipeSettings } from "./settings.js";
import { planStages, type Stage, stageAt, stageRun } from "./stages.js";

type Run = LearnerRun<RecipeSettings>;

/** What there is of a run while it goes on. */
interface Standing {
  readonly stage: Stage;
  /** Of the stage that is under way. */
  readonly learner: Learner;
  /** Arrays of all stages, those of the one under way apart, by stage. */
  readonly tensors: Readonly<Record<string, LearnerState["tensors"]>>;
  /** The best policy so far: what the next stage begins with, and what the run ends with. */
  readonly kept: Pick<PolicyState, "params" | "observationMoments">;
}

/** One algorithm after the other; each begins with the best policy that the evaluations have found. All are open from the start. */
export async function createRecipe(run: Run): Promise<Learner> {
  const stages = planStages(run);
  const learners = new Map<Stage, Learner>();
  for (const stage of stages) learners.set(stage, await stage.algorithm.open("wasm", stageRun(run, stage)));
  const firsts = new Map<string, LearnerState>();
  for (const [{ id }, learner] of learners) firsts.set(id, await learner.state());
  let standing = begin(stages[0]!, learners, firsts);
  return {
    device: "wasm",
    bytes: [...learners.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    depth: 1,
    iterate: async () => {
      const { stage, learner } = standing;
      const metrics = await learner.iterate();
      return {
        ...metrics,
        iteration: stage.first + metrics.iteration,
        envSteps: stage.stepsBefore + metrics.envSteps,
        notes: [stage.id, ...metrics.notes],
      };
    },
    state: async () => packStanding(standing, await standing.learner.state()),
    observations: (count) => standing.learner.observations(count),
    restore: (state) => {
      standing = unpackStanding(state, stages, learners);
    },
    keep: async () => {
      const { params, observationMoments } = await standing.learner.state();
      standing = { ...standing, kept: { params, observationMoments } };
    },
    settle: async () => {
      const { stage, learner, kept } = standing;
      const state = await learner.state();
      const next = stages[stages.indexOf(stage) + 1];
      if (next && state.iteration === stage.iterations) standing = enter(standing, state, next, learners.get(next)!);
      standing.learner.restore({ ...(await standing.learner.state()), ...kept });
    },
    dispose: async () => {
      for (const learner of learners.values()) await learner.dispose();
    },
  };
}

function begin(stage: Stage, learners: ReadonlyMap<Stage, Learner>, firsts: ReadonlyMap<string, LearnerState>): Standing {
  const { params, observationMoments } = firsts.get(stage.id)!;
  const tensors = Object.fromEntries([...firsts].map(([id, state]) => [id, state.tensors]));
  return { stage, learner: learners.get(stage)!, tensors, kept: { params, observationMoments } };
}

/** The next stage, as it would begin by itself. */
const enter = (standing: Standing, { tensors }: LearnerState, stage: Stage, learner: Learner): Standing => ({
  ...standing,
  ...{ stage, learner },
  tensors: { ...standing.tensors, [standing.stage.id]: tensors },
});

/** Arrays of the stages are named `apg.adam.first`, the best policy's `kept.params`. */
function packStanding({ stage, tensors, kept }: Standing, own: LearnerState): LearnerState {
  const all = Object.entries({ ...tensors, [stage.id]: own.tensors }).flatMap(([id, arrays]) =>
    Object.entries(arrays).map(([name, array]) => [`${id}.${name}`, array] as const),
  );
  return {
    ...own,
    iteration: stage.first + own.iteration,
    envSteps: stage.stepsBefore + own.envSteps,
    tensors: {
      ...Object.fromEntries(all),
      "kept.params": kept.params,
      ...packMoments("kept.observation", kept.observationMoments),
    },
  };
}

function unpackStanding(state: LearnerState, stages: readonly Stage[], learners: ReadonlyMap<Stage, Learner>): Standing {
  const stage = stageAt(stages, state.iteration);
  const tensors = Object.fromEntries(stages.map(({ id }) => [id, arraysOf(state, id)]));
  const learner = learners.get(stage)!;
  learner.restore({
    ...state,
    iteration: state.iteration - stage.first,
    envSteps: state.envSteps - stage.stepsBefore,
    tensors: tensors[stage.id]!,
  });
  const params = Float32Array.from(state.tensors["kept.params"]!);
  return { stage, learner, tensors, kept: { params, observationMoments: unpackMoments(state.tensors, "kept.observation") } };
}

function arraysOf({ tensors }: LearnerState, id: string): LearnerState["tensors"] {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${id}.`));
  return Object.fromEntries(own.map(([name, array]) => [name.slice(id.length + 1), array]));
}
