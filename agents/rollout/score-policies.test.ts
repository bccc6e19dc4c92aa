import { describe, expect, test } from "vitest";
import { akash } from "../../env/economies/akash/index.js";
import { RANDOM_SCENARIO } from "../../env/params.js";
import { parseEnvOptions } from "../../env/settings.js";
import { learnerOptions } from "../../test/support/learner-memory.js";
import type { LearnedController, PolicyNetwork } from "../learned/learned-controller.js";
import { loadLearned } from "../policy/load-learned.js";
import { createLearner } from "../ppo/wasm/wasm-learner.js";
import { createSimulator } from "./episodes.js";
import { createPolicyScorer, type PolicyMarkets } from "./score-policies.js";

const { lane } = parseEnvOptions(akash, {});
const HORIZON = 12;
const COMMON = { world: akash, lane, seed: 5, split: "train" } as const;

async function untrained(decisionInterval: number): Promise<LearnedController> {
  const learner = await createLearner(learnerOptions(akash, { numEnvs: 64, hidden: [12, 8] }));
  await learner.iterate();
  const { params, observationMoments } = await learner.state();
  const { agent } = learner;
  await learner.dispose();
  const objective = Object.keys(akash.objectives)[0]!;
  return loadLearned({
    world: akash,
    lane,
    objective,
    decisionInterval,
    agent,
    parameters: params,
    moments: observationMoments,
  });
}

/** The last layer's first output moved by another constant in each network. */
function variants({ network }: LearnedController, count: number): readonly PolicyNetwork[] {
  const last = network.layers.at(-1)!;
  return Array.from({ length: count }, (_, i) => {
    const moves = Array.from({ length: last.inputs + 1 }, (_, k) => 0.01 * (i + 1) * (k % 2 === 0 ? 1 : -1));
    const weights = last.weights.map(
      (weight, at) => weight + (at % last.outputs === 0 ? moves[Math.floor(at / last.outputs)]! : 0),
    );
    const biases = last.biases.map((bias, output) => bias + (output === 0 ? moves.at(-1)! : 0));
    return { ...network, layers: [...network.layers.slice(0, -1), { ...last, weights, biases }] };
  });
}

/** Each network as the only controller of a simulator of its own, on one thread and in the chunks that evaluation has. */
async function oneAtATime(
  controller: LearnedController,
  networks: readonly PolicyNetwork[],
  { first, episodes, block }: PolicyMarkets,
): Promise<number[]> {
  const scores: number[] = [];
  for (const network of networks) {
    const simulator = await createSimulator({
      ...COMMON,
      controllers: { it: { ...controller, network } },
      maxLanes: episodes,
      maxHorizon: HORIZON,
      numThreads: 1,
    });
    const batches = [{ overrides: {}, episodes, first }];
    const [result] = simulator.run("it", { ...COMMON, batches, horizon: HORIZON, block, randomise: true });
    const { return: returns } = result!.metrics;
    scores.push(returns.reduce((sum, value) => sum + value, 0) / returns.length);
    await simulator.dispose();
  }
  return scores;
}

describe("many networks scored at once", () => {
  test.each([1, 2])("score to the bit what each of them scores alone, on %i threads", async (numThreads) => {
    const [daily, weekly] = [await untrained(1), await untrained(7)];
    const networks = variants(daily, 5);
    // 30 episodes are a chunk of 32 lanes; 75 are three chunks, the last one not full.
    const scorer = await createPolicyScorer({
      ...COMMON,
      controllers: { daily, weekly },
      horizon: HORIZON,
      episodes: 30,
      numThreads,
    });
    for (const [id, controller] of Object.entries({ daily, weekly })) {
      for (const markets of [
        { first: 0, episodes: 30, block: 1 },
        { first: 11, episodes: 75, block: 2 },
      ]) {
        const scores = scorer.score(id, networks, markets);
        expect(scores).toEqual(await oneAtATime(controller, networks, markets));
        expect(new Set(scores).size).toBe(networks.length);
        // Alone in the same scorer, after the others have been there, and in another order.
        expect(networks.map((network) => scorer.score(id, [network], markets)[0])).toEqual(scores);
        expect(scorer.score(id, networks.toReversed(), markets).toReversed()).toEqual(scores);
      }
    }
    await scorer.dispose();
  });

  test("are done in turns where they are more than memory is kept for", async () => {
    const daily = await untrained(1);
    const networks = variants(daily, 3);
    const scorer = await createPolicyScorer({
      ...COMMON,
      controllers: { daily },
      horizon: HORIZON,
      episodes: 4,
      numThreads: 2,
    });
    // 3 x 60 chunks of 4 lanes: 128 of them at a time, so that the third network begins in one turn and ends in the next.
    const markets = { first: 0, episodes: 239, block: 1 };
    expect(scorer.score("daily", networks, markets)).toEqual(await oneAtATime(daily, networks, markets));
    await scorer.dispose();
  });

  test("share chunks of at most 256 lanes where each has many episodes", async () => {
    const daily = await untrained(1);
    const networks = variants(daily, 2);
    const markets = { first: 3, episodes: 301, block: 1 };
    const options = { ...COMMON, controllers: { daily }, horizon: HORIZON, episodes: 301 };
    const scorer = await createPolicyScorer({ ...options, numThreads: 2 });
    expect(scorer.score("daily", networks, markets)).toEqual(await oneAtATime(daily, networks, markets));
    await scorer.dispose();
  });

  test("tell trips, drawdowns and scenario of each episode as evaluation measures them", async () => {
    const daily = await untrained(1);
    const options = { ...COMMON, controllers: { daily }, horizon: 60 };
    const scorer = await createPolicyScorer({ ...options, episodes: 8, numThreads: 1 });
    const scenarios = ["crash", RANDOM_SCENARIO, "collapse"];
    const networks = variants(daily, 2);
    const scores = scorer.evaluate("daily", networks, { first: 2, episodes: 10, block: 1, scenarios });
    await scorer.dispose();
    for (const [owner, score] of scores.entries()) {
      expect(score.scenarios).toEqual(scenarios.flatMap((name) => Array(10).fill(name)));
      const simulator = await createSimulator({
        ...{ ...options, controllers: { it: { ...daily, network: networks[owner]! } } },
        ...{ maxLanes: 10, maxHorizon: 60, numThreads: 1 },
      });
      for (const [i, name] of scenarios.entries()) {
        const batches = [{ overrides: akash.scenarios[name]?.overrides ?? {}, episodes: 10, first: 2 }];
        const randomise = name === RANDOM_SCENARIO;
        const [result] = simulator.run("it", { ...COMMON, batches, horizon: 60, block: 1, randomise });
        const { return: returns, trips, maxDrawdown } = result!.metrics;
        for (const [here, there] of [
          [score.returns, returns],
          [score.trips, trips],
          [score.maxDrawdown, maxDrawdown],
        ] as const)
          expect(here.slice(10 * i, 10 * i + 10)).toEqual(there);
      }
      await simulator.dispose();
      expect(score.objective).toBeCloseTo(
        score.returns.reduce((sum, value) => sum + value / 30, 0),
        12,
      );
      expect(Math.max(...score.maxDrawdown)).toBeGreaterThan(0.1);
    }
  });

  test("refuse a scenario that the economy does not have", async () => {
    const daily = await untrained(1);
    const scorer = await createPolicyScorer({
      ...{ ...COMMON, controllers: { daily }, horizon: HORIZON },
      ...{ episodes: 4, numThreads: 1 },
    });
    const markets = { first: 0, episodes: 4, block: 1, scenarios: ["no such"] };
    expect(() => scorer.evaluate("daily", [daily.network], markets)).toThrow("has no scenario no such");
    await scorer.dispose();
  });
});
