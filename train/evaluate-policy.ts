import { findAlgorithm } from "../agents/algorithms.js";
import { createPolicyScorer, type PolicyScore, type PolicyScorer } from "../agents/rollout/score-policies.js";
import { meanInterval } from "../core/mean-interval.js";
import { RANDOM_SCENARIO } from "../env/params.js";
import { buildController, type PolicySetting, planTrained } from "./build-controller.js";
import { gainOver, LEVEL, namedOnly, whyRefused } from "./gain.js";
import type { EvaluationRecord, EvaluationScore, TrainState } from "./train-state.js";

/**
 * Scores policies of one run on its selection markets: every named scenario and markets that are drawn as in training, with shocks that
 * neither training nor testing sees, the same at every call.
 */
export interface PolicyEvaluator {
  /** @throws UserError E_EPISODES_NOT_FINITE when a NaN or infinity comes out */
  readonly evaluate: (state: TrainState) => Promise<EvaluationScore>;
  readonly dispose: () => Promise<void>;
}

/** Nothing is allocated before the first evaluation. */
export function createPolicyEvaluator(setting: PolicySetting, numThreads: number): PolicyEvaluator {
  const { world, config } = setting;
  const hasBase = findAlgorithm(config.algorithm).structure(config, world).base !== null;
  const scorers = new Map<number, PolicyScorer>();
  let base: PolicyScore | undefined;
  const score = async (state: TrainState): Promise<PolicyScore> => {
    const controller = buildController(setting, state);
    const { decisionInterval, network, normalizer } = controller;
    let scorer = scorers.get(decisionInterval);
    if (!scorer) {
      scorer = await openScorer(setting, controller, numThreads);
      scorers.set(decisionInterval, scorer);
    }
    const scenarios = [RANDOM_SCENARIO, ...Object.keys(setting.world.scenarios)];
    const markets = { first: 0, episodes: config.evalEpisodes, block: 0, scenarios };
    return scorer.evaluate("learned", [network], markets, normalizer)[0]!;
  };
  return {
    evaluate: async (state) => {
      const found = await score(state);
      const { iteration, envSteps } = state;
      const own = { iteration, envSteps, ...meanInterval(namedOnly(found, found.returns), LEVEL) };
      if (!hasBase) return own;
      base ??= await score({ ...state, params: baseParams(setting) });
      const gain = gainOver(base, found);
      const refused = whyRefused(gain, config.scenarioLoss);
      return { ...own, gain, ...(refused ? { refused } : {}) };
    },
    dispose: async () => {
      for (const scorer of scorers.values()) await scorer.dispose();
    },
  };
}

function openScorer(
  { world, lane, config }: PolicySetting,
  controller: ReturnType<typeof buildController>,
  numThreads: number,
) {
  const { seed, evalEpisodes: episodes } = config;
  const horizon = config.horizon ?? world.horizon;
  return createPolicyScorer({
    ...{ world, lane, horizon, seed, episodes, numThreads, split: "selection" },
    controllers: { learned: controller },
  });
}

/** Of a network that says 0. */
const baseParams = ({ world, config }: PolicySetting): Float32Array =>
  new Float32Array(planTrained(world, config).parameterCount);

/** The record after one more evaluation: a new best gains more over its base, or without a base has a higher mean. */
export function recordEvaluation(record: EvaluationRecord | undefined, score: EvaluationScore): EvaluationRecord {
  if (!record || isBetter(score, record.best)) return { best: score, withoutBetter: 0 };
  return { ...record, withoutBetter: record.withoutBetter + 1 };
}

/** A refused policy is no better than any. */
const isBetter = (score: EvaluationScore, best: EvaluationScore): boolean =>
  score.refused === undefined && score.mean > best.mean;
