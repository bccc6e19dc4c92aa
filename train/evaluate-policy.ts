import { createPolicyScorer, type PolicyScorer } from "../agents/rollout/score-policies.js";
import { meanInterval } from "../core/mean-interval.js";
import { buildController, type PolicySetting } from "./build-controller.js";
import type { EvaluationRecord, EvaluationScore, TrainState } from "./train-state.js";

const LEVEL = 0.95;

/** Scores policies of one run on its selection markets: the same at every call, and none that training or testing sees. */
export interface PolicyEvaluator {
  /** @throws UserError E_EPISODES_NOT_FINITE when a NaN or infinity comes out */
  readonly evaluate: (state: TrainState) => Promise<EvaluationScore>;
  readonly dispose: () => Promise<void>;
}

/** Nothing is allocated before the first evaluation. */
export function createPolicyEvaluator(setting: PolicySetting, numThreads: number): PolicyEvaluator {
  const { world, lane, config } = setting;
  const horizon = config.horizon ?? world.horizon;
  const scorers = new Map<number, PolicyScorer>();
  return {
    evaluate: async (state) => {
      const controller = buildController(setting, state);
      const { decisionInterval, network, normalizer } = controller;
      let scorer = scorers.get(decisionInterval);
      if (!scorer) {
        scorer = await createPolicyScorer({
          world,
          lane,
          controllers: { learned: controller },
          horizon,
          seed: config.seed,
          split: "selection",
          episodes: config.evalEpisodes,
          numThreads,
        });
        scorers.set(decisionInterval, scorer);
      }
      const markets = { first: 0, episodes: config.evalEpisodes, block: 0 };
      const [score] = scorer.evaluate("learned", [network], markets, normalizer);
      return { iteration: state.iteration, envSteps: state.envSteps, ...meanInterval(score!.returns, LEVEL) };
    },
    dispose: async () => {
      for (const scorer of scorers.values()) await scorer.dispose();
    },
  };
}

/** The record after one more evaluation; only a higher mean is a new best. */
export function recordEvaluation(record: EvaluationRecord | undefined, score: EvaluationScore): EvaluationRecord {
  if (!record || score.mean > record.best.mean) return { best: score, withoutBetter: 0 };
  return { ...record, withoutBetter: record.withoutBetter + 1 };
}
