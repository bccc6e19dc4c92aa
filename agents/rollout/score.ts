import type { Split } from "../../core/random.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { Values, World } from "../../env/world.js";
import type { Rule } from "../rules/rule.js";
import { createSimulator } from "./episodes.js";

/** Returns of many versions of a rule on the same randomised markets, all in one run. */
interface RuleScorer {
  /**
   * @param candidates values of parameters that differ from the rule's own
   * @param markets evaluation indices first .. first + count - 1
   * @returns objective per control step of each episode, [candidate][market]; NaN when it is not finite
   */
  readonly score: (
    candidates: readonly Values[],
    markets: { readonly first: number; readonly count: number },
  ) => Promise<readonly Float64Array[]>;
  readonly dispose: () => Promise<void>;
}

interface ScorerOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly rule: Rule;
  readonly horizon: number;
  readonly seed: number;
  readonly split: Split;
  readonly numThreads: number;
}

/** Episodes simulated together; more candidates or markets are done in turns. */
const MAX_LANES = 8192;

export async function createRuleScorer(options: ScorerOptions): Promise<RuleScorer> {
  const { world, lane, rule, horizon, seed, split, numThreads } = options;
  const simulator = await createSimulator({
    world,
    lane,
    controllers: { rule },
    perBatch: ["rule"],
    maxLanes: MAX_LANES,
    maxHorizon: horizon,
    numThreads,
  });
  const own = Object.fromEntries(Object.entries(rule.params).map(([name, { value }]) => [name, value]));
  const scoreTurn = (candidates: readonly Values[], first: number, episodes: number): Float64Array[] =>
    simulator
      .run("rule", {
        batches: candidates.map((values) => ({ overrides: {}, episodes, first, ruleParams: { ...own, ...values } })),
        horizon,
        seed,
        split,
        block: 0,
        randomise: true,
      })
      .map(({ metrics }) => metrics.return);
  return {
    score: async (candidates, { first, count }) => {
      const returns = candidates.map(() => new Float64Array(count));
      const perTurn = Math.min(count, MAX_LANES);
      const together = Math.max(1, Math.floor(MAX_LANES / perTurn));
      for (let done = 0; done < count; done += perTurn) {
        const episodes = Math.min(perTurn, count - done);
        for (let from = 0; from < candidates.length; from += together) {
          const turn = scoreTurn(candidates.slice(from, from + together), first + done, episodes);
          turn.forEach((values, i) => {
            returns[from + i]!.set(values, done);
          });
        }
      }
      return returns;
    },
    dispose: () => simulator.dispose(),
  };
}
