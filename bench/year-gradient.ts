import { z } from "zod";
import { createYearGradient, type YearGradient } from "../agents/apg/gradient.js";
import { APG_SETTINGS } from "../agents/apg/settings.js";
import { COMMON_SETTINGS } from "../agents/learner/settings.js";
import { structureOf } from "../agents/learner/structure-settings.js";
import { baseWeights } from "../agents/policy/first-weights.js";
import { loadLearned } from "../agents/policy/load-learned.js";
import { planPolicy } from "../agents/policy/plan-policy.js";
import { createPolicyScorer } from "../agents/rollout/score-policies.js";
import { ruleInForce } from "../agents/rules/registry.js";
import { uniform4 } from "../core/random.js";
import type { Economy } from "../env/economy.js";
import { RANDOM_SCENARIO } from "../env/params.js";
import { parseEnvOptions } from "../env/settings.js";
import { emptyMoments, mergeMoments } from "../models/normalizer.js";
import { cpuSeconds, median, takeTurns } from "./timing.js";

/** Seconds of processor time, on one thread. */
interface YearGradientSpeed {
  readonly episodes: number;
  readonly days: number;
  /** The episodes simulated with the policy by the ordinary rollout, and the gradient over them. */
  readonly forward: number;
  readonly gradient: number;
  /** Median over the rounds of the gradient's time over the simulation's, which take turns. */
  readonly ratio: number;
  /** Every call of a day by itself, for one chunk of episodes, those of one name together: the share of all. */
  readonly calls: readonly { readonly name: string; readonly share: number }[];
}

interface Effort {
  readonly episodes: number;
  readonly rounds: number;
}

/** A year's gradient of a policy as `--set algorithm=apg` trains it, against a forward simulation with the same policy. */
export async function measureYearGradient(economy: Economy, { episodes, rounds }: Effort): Promise<YearGradientSpeed> {
  const { policy, gradientOptions, scorerOptions, horizon } = await preparePolicy(economy, episodes);
  const gradient = await createYearGradient(gradientOptions);
  const scorer = await createPolicyScorer(scorerOptions(policy));
  const works = [
    () => void scorer.evaluate("policy", [policy.network], { first: 0, episodes, block: 0 }),
    () => evaluate(gradient, policy, episodes),
  ];
  const [forward, back] = takeTurns(works, rounds, 2, cpuSeconds) as [number[], number[]];
  const calls = measureCalls(gradient, rounds);
  await gradient.dispose();
  await scorer.dispose();
  return {
    ...{ episodes, calls, days: horizon, forward: median(forward), gradient: median(back) },
    ratio: median(back.map((seconds, i) => seconds / forward[i]!)),
  };
}

type Policy = ReturnType<typeof loadLearned> & { readonly params: Float32Array };

function evaluate(gradient: YearGradient, { params, normalizer }: Policy, each: number): void {
  gradient.evaluate(params, normalizer, { first: 0, each, scenarios: [RANDOM_SCENARIO] });
}

function measureCalls({ calls }: YearGradient, rounds: number): YearGradientSpeed["calls"] {
  const seconds = takeTurns(
    calls.map(({ run }) => run),
    rounds,
  ).map(median);
  const all = seconds.reduce((sum, part) => sum + part, 0);
  const shares = new Map<string, number>();
  for (const [i, { name }] of calls.entries()) shares.set(name, (shares.get(name) ?? 0) + seconds[i]! / all);
  return [...shares].map(([name, share]) => ({ name, share }));
}

/** The rule in force and a network with small weights in all layers, so that all have derivatives; observations as it meets them. */
async function preparePolicy(economy: Economy, episodes: number) {
  const { lane, horizon } = parseEnvOptions(economy, {});
  const base = { rule: ruleInForce(economy), values: {} };
  const settings = z.object({ ...COMMON_SETTINGS, ...APG_SETTINGS }).parse({ base });
  const structure = structureOf(settings, economy);
  const agent = planPolicy(economy, settings, structure);
  let drawn = 0;
  const draw = () => uniform4(1, drawn++, 0, 0).a;
  const params = baseWeights(agent, draw).map((weight) => weight + 0.02 * (draw() - 0.5));
  const { seed, maxSlope, smoothJumps, clampMargin } = settings;
  const load = (moments = emptyMoments(Object.keys(economy.observations).length)): Policy => {
    const common = { world: economy, lane, objective: "", agent, decisionInterval: 1, parameters: params, structure };
    return { ...loadLearned({ ...common, moments }), params };
  };
  const scorerOptions = (policy: Policy, observe = false) => ({
    ...{ world: economy, lane, horizon, numThreads: 1, episodes, seed, observe, split: "train" as const },
    controllers: { policy },
  });
  const observer = await createPolicyScorer(scorerOptions(load(), true));
  const [score] = observer.evaluate("policy", [load().network], { first: 0, episodes, block: 0 });
  await observer.dispose();
  const { count, sums, squares } = score!.observed!;
  const moments = mergeMoments(emptyMoments(sums.length), count, sums, squares);
  const gradientOptions = {
    ...{ world: economy, lane, structure, network: agent.actor, maxSlope, smoothJumps, clampMargin },
    ...{ horizon, window: horizon, episodes, seed, numThreads: 1 },
  };
  return { policy: load(moments), gradientOptions, scorerOptions, horizon };
}
