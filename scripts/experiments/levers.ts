import type { Controller } from "../../agents/controller/controller.js";
import { createRuleScorer } from "../../agents/rollout/score.js";
import { makeRule } from "../../agents/rules/registry.js";
import { withParams } from "../../agents/rules/rule-values.js";
import type { Interval } from "../../core/statistics.js";
import { bittensor, bittensorGlobal } from "../../env/economies/bittensor/index.js";
import type { Economy } from "../../env/economy.js";
import { parseEnvOptions } from "../../env/settings.js";
import { tune } from "../../train/tune.js";
import { differenceOverSeeds, meanInterval } from "./estimate.js";
import { testControllers, trainController } from "./train-and-test.js";

export interface Effort {
  readonly seeds: readonly number[];
  readonly totalSteps: number;
  readonly episodes: number;
  readonly numThreads: number;
}

export interface LeversResult {
  readonly scenarios: readonly string[];
  readonly scores: readonly { readonly id: string; readonly score: Interval }[];
  readonly differences: readonly { readonly what: string; readonly all: Interval; readonly byScenario: readonly Interval[] }[];
}

/**
 * One global emission lever against a lever for every subnet, on the same markets, both learned with the same steps, both beside an affine
 * rule tuned with as many.
 */
export async function compareLevers(effort: Effort, log: (line: string) => void): Promise<LeversResult> {
  const scenarios = Object.entries(bittensor.scenarios);
  const settings = scenarios.map(([, { overrides }]) => overrides);
  const returns = new Map<string, readonly Float64Array[]>();
  for (const [side, economy] of [
    ["subnets", bittensor],
    ["global", bittensorGlobal],
  ] as const) {
    const controllers: Record<string, Controller> = {
      none: makeRule("none", economy),
      affine: await tunedAffine(economy, effort),
    };
    for (const seed of effort.seeds) {
      log(`training ${economy.id}, seed ${seed}`);
      controllers[`learned ${seed}`] = await trainController({ economy, objective: "balanced", seed, ...effort });
    }
    const tested = await testControllers({
      economy,
      objective: "balanced",
      controllers,
      settings,
      seed: 1,
      block: 1,
      ...effort,
    });
    for (const [id, metrics] of tested)
      returns.set(
        `${id}, ${side}`,
        metrics.map((m) => m.return),
      );
  }
  const minus = (left: string, right: string) =>
    returns.get(left)!.map((x, i) => x.map((v, j) => v - returns.get(right)![i]![j]!));
  const learned = effort.seeds.map((seed) => minus(`learned ${seed}, subnets`, `learned ${seed}, global`));
  const difference = (what: string, runs: readonly (readonly Float64Array[])[]) => ({
    what,
    all: differenceOverSeeds(runs),
    byScenario: settings.map((_, i) => differenceOverSeeds(runs.map((strata) => [strata[i]!]))),
  });
  return {
    scenarios: scenarios.map(([name]) => name),
    scores: [...returns].map(([id, strata]) => ({ id, score: meanInterval(strata) })),
    differences: [
      difference("learned: a lever a subnet − one lever", learned),
      difference("tuned affine: a lever a subnet − one lever", [minus("affine, subnets", "affine, global")]),
      ...(["subnets", "global"] as const).map((side) =>
        difference(
          `${side === "subnets" ? "a lever a subnet" : "one lever"}: learned − tuned affine`,
          effort.seeds.map((seed) => minus(`learned ${seed}, ${side}`, `affine, ${side}`)),
        ),
      ),
    ],
  };
}

async function tunedAffine(economy: Economy, { totalSteps, numThreads }: Effort): Promise<Controller> {
  const { lane, horizon } = parseEnvOptions(economy, { objective: "balanced" });
  const rule = makeRule("affine", economy);
  const scorer = await createRuleScorer({ world: economy, lane, rule, horizon, seed: 1, split: "selection", numThreads });
  try {
    for await (const event of tune({ rule, evaluate: scorer.score, budgetEnvSteps: totalSteps, horizon, seed: 1 }))
      if (event.kind === "result") return withParams(rule, event.result.values);
    throw new Error("internal: tuning ended without a result");
  } finally {
    await scorer.dispose();
  }
}
