import { describe, expect, test } from "vitest";
import { createSimulator } from "../agents/rollout/episodes.js";
import { type Split, stream } from "../core/random.js";
import { mean } from "../core/statistics.js";
import { akash } from "../env/economies/akash/index.js";
import { parseEnvOptions } from "../env/settings.js";
import type { World } from "../env/world.js";
import { cartpole } from "../probes/worlds/cartpole.js";
import { lqr } from "../probes/worlds/lqr.js";
import { countingWorld } from "../test/support/tiny-worlds.js";
import { buildController } from "./build-controller.js";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { parseConfig, type TrainConfig } from "./config.js";
import { createPolicyEvaluator, recordEvaluation } from "./evaluate-policy.js";
import { checkpointOf } from "./learner-checkpoint.js";
import { readState, type TrainEvent, train } from "./train.js";
import type { EvaluationScore, TrainState } from "./train-state.js";

/** 1,024 decisions and env-steps an iteration. */
const SMALL = {
  numEnvs: 64,
  numSteps: 16,
  numMinibatches: 2,
  hidden: [8],
  decisionInterval: 1,
  checkpointEvery: 2,
};

const configOf = (iterations: number, settings: Readonly<Record<string, unknown>> = {}) =>
  parseConfig({ algorithm: "ppo", ...SMALL, marketGroup: 8, totalSteps: 1024 * iterations, ...settings });

interface Run {
  readonly world?: World;
  readonly config: TrainConfig;
  readonly resume?: TrainState;
  readonly numThreads?: number;
  /** Stops when this many iterations are done, as Ctrl-C does. */
  readonly stopAfter?: number;
}

async function run({ world = akash, config, resume, stopAfter, numThreads = 1 }: Run) {
  const abort = new AbortController();
  const events: TrainEvent[] = [];
  const { lane } = parseEnvOptions(world, {});
  const options = { world, lane, config, numThreads, signal: abort.signal, ...(resume ? { resume } : {}) };
  for await (const event of train(options)) {
    events.push(event);
    if (event.kind === "iteration" && event.metrics.iteration === stopAfter) abort.abort();
  }
  const all = <Kind extends TrainEvent["kind"]>(kind: Kind) =>
    events.filter((event): event is Extract<TrainEvent, { kind: Kind }> => event.kind === kind);
  return { all, last: all("checkpoint").at(-1)?.state ?? resume!, end: all("end")[0]! };
}

const bytesOf = (state: TrainState) => encodeCheckpoint(checkpointOf(state, [], {}));

/** Through the bytes of a checkpoint file, as a resumed process reads it. */
function throughFile(state: TrainState, config: TrainConfig, world: World = akash): TrainState {
  const { lane } = parseEnvOptions(world, {});
  return readState(decodeCheckpoint(bytesOf(state)), { world, lane, config, numThreads: 1 });
}

test("without evalEvery nothing is evaluated, and with it nothing else is computed", async () => {
  const [without, evaluated] = await Promise.all([
    run({ config: configOf(5) }),
    run({ config: configOf(5, { evalEvery: 2, evalEpisodes: 8 }) }),
  ]);
  expect(without.all("evaluation")).toEqual([]);
  expect(without.all("best")).toEqual([]);
  expect("evaluations" in without.last).toBe(false);
  // Every second iteration and the last.
  expect(evaluated.all("evaluation").map(({ score }) => score.iteration)).toEqual([2, 4, 5]);
  const { evaluations, ...rest } = evaluated.last;
  expect(evaluations).toBeDefined();
  expect(rest).toEqual(without.last);
  expect(evaluated.all("iteration")).toEqual(without.all("iteration"));
});

test("the best policy is kept when later ones are worse, and scores again what it scored", async () => {
  // A learning rate at which the policy jumps about instead of settling.
  const config = configOf(10, { evalEvery: 1, evalEpisodes: 32, learningRate: 0.5, annealLearningRate: false });
  const { all, last } = await run({ world: lqr, config });
  const scores = all("evaluation").map(({ score }) => score);
  const highest = scores.reduce((best, score) => (score.mean > best.mean ? score : best));
  expect(scores.at(-1)!.mean).toBeLessThan(highest.mean);
  const kept = all("best").at(-1)!.state;
  expect(kept.iteration).toBe(highest.iteration);
  expect(kept.evaluations).toEqual({ best: highest, withoutBetter: 0 });
  expect(last.evaluations).toEqual({ best: highest, withoutBetter: 10 - highest.iteration });
  const evaluator = createPolicyEvaluator({ world: lqr, lane: parseEnvOptions(lqr, {}).lane, config }, 2);
  expect(await evaluator.evaluate(kept)).toEqual(highest);
  await evaluator.dispose();
});

test("policies that choose and those of random search are evaluated too", async () => {
  const evaluated = { evalEvery: 1, evalEpisodes: 8 };
  const choosing = await run({ world: cartpole, config: configOf(2, evaluated) });
  expect(choosing.all("evaluation").map(({ score }) => score.iteration)).toEqual([1, 2]);
  const search = { algorithm: "random-search", numDirections: 2, topDirections: 2, episodes: 4, horizon: 8 };
  const searching = parseConfig({ ...search, ...evaluated, totalSteps: 2 * 4 * 4 * 8 });
  const { all, last } = await run({ config: searching });
  expect(all("evaluation").map(({ score }) => score.iteration)).toEqual([1, 2]);
  expect(throughFile(last, searching)).toEqual(last);
});

test("only a higher mean is a new best", () => {
  const score = (iteration: number, mean: number): EvaluationScore => ({ iteration, envSteps: 0, mean, low: 0, high: 9 });
  const [first, second, third] = [score(1, 2), score(2, 3), score(3, 3)];
  const record = [first, second, third].reduce(recordEvaluation, recordEvaluation(undefined, first));
  expect(record).toEqual({ best: second, withoutBetter: 1 });
});

describe("early stop", () => {
  // Nothing depends on the action there: every evaluation is like the first, and none is better.
  const stopping = (earlyStop: number) => configOf(9, { evalEvery: 2, evalEpisodes: 8, earlyStop });

  test("learning stops after as many evaluations without a better one, the end says so, and the state is kept", async () => {
    const { all, last, end } = await run({ world: countingWorld, config: stopping(2) });
    expect(all("evaluation").map(({ score, isBest }) => [score.iteration, isBest])).toEqual([
      [2, true],
      [4, false],
      [6, false],
    ]);
    expect(end).toEqual({ kind: "end", aborted: false, stoppedEarly: true });
    expect(last.iteration).toBe(6);
  });

  test("a run that stopped early stays where it is when it is resumed, and goes on with more patience", async () => {
    const { last } = await run({ world: countingWorld, config: stopping(2) });
    const again = await run({ world: countingWorld, config: stopping(2), resume: last });
    expect(again.all("iteration")).toEqual([]);
    expect(again.end).toEqual({ kind: "end", aborted: false, stoppedEarly: true });
    const further = await run({ world: countingWorld, config: stopping(3), resume: last });
    expect(further.all("evaluation").map(({ score }) => score.iteration)).toEqual([8]);
    expect(further.end.stoppedEarly).toBe(true);
    expect(further.last.iteration).toBe(8);
  });

  test("it is refused without evaluations", () => {
    expect(() => parseConfig({ algorithm: "ppo", earlyStop: 3 })).toThrow("earlyStop=3 needs evaluations, but evalEvery is 0");
  });
});

describe("N iterations are N/2, a checkpoint file and N/2 more, evaluations included", () => {
  test.each([
    ["a break between two evaluations", 3, {}],
    ["a break at an evaluation", 4, {}],
    ["a run that stops early in its second half", 3, { earlyStop: 1, learningRate: 0.5, annealLearningRate: false }],
  ] as const)("%s", async (_name, stopAfter, settings) => {
    const config = configOf(8, { evalEvery: 2, evalEpisodes: 16, ...settings });
    const [whole, half] = await Promise.all([run({ config }), run({ config, stopAfter })]);
    expect(half.last.iteration).toBe(stopAfter);
    const rest = await run({ config, numThreads: 2, resume: throughFile(half.last, config) });
    expect(Buffer.compare(bytesOf(rest.last), bytesOf(whole.last))).toBe(0);
    const evaluations = [...half.all("evaluation"), ...rest.all("evaluation")];
    expect(evaluations).toEqual(whole.all("evaluation"));
    expect(rest.end).toEqual(whole.end);
  });
});

describe("selection markets", () => {
  test("the policy is scored on the selection split of the run's seed, not on test or training markets", async () => {
    const config = configOf(2, { evalEvery: 2, evalEpisodes: 200 });
    const { lane } = parseEnvOptions(countingWorld, {});
    const { all, last } = await run({ world: countingWorld, config });
    const controller = buildController({ world: countingWorld, lane, config }, last);
    const { horizon } = countingWorld;
    const simulator = await createSimulator({
      world: countingWorld,
      lane,
      controllers: { controller },
      maxLanes: 200,
      maxHorizon: horizon,
      numThreads: 1,
    });
    const scoreOn = (split: Split) => {
      const batches = [{ overrides: {}, episodes: 200 }];
      const request = { batches, horizon, seed: config.seed, split, block: 0, randomise: true };
      return mean(simulator.run("controller", request)[0]!.metrics.return);
    };
    const [score] = all("evaluation").map((event) => event.score.mean);
    // Half of the episodes are ruined in step 3, and which ones is the market's choice: (1 + 2 + 3) / 4, else 10 / 4.
    expect(score).toBe(scoreOn("selection"));
    expect(score).not.toBe(scoreOn("test"));
    expect(score).not.toBe(scoreOn("train"));
    await simulator.dispose();
  });

  test("their random numbers are never those of test markets, whatever the block", () => {
    const blocks = Array.from({ length: 1024 }, (_, block) => block);
    const selection = new Set(blocks.map((block) => stream("market", "selection", block)));
    expect(blocks.some((block) => selection.has(stream("market", "test", block)))).toBe(false);
  });
});
