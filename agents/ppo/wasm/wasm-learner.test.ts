import { describe, expect, test, vi } from "vitest";
import { akash } from "../../../env/economies/akash/index.js";
import { makeBittensor } from "../../../env/economies/bittensor/index.js";
import { makeEnv } from "../../../env/environment.js";
import type { World } from "../../../env/world.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { learnerOptions, RAW_REWARDS } from "../../../test/support/learner-memory.js";
import { countingWorld, type Poison, poisonedWorld } from "../../../test/support/tiny-worlds.js";
import { toyEconomy } from "../../../test/support/toy-economy.js";
import { floatsAt, rowsOf, seen } from "../../../test/support/watch-memory.js";
import { NotFiniteError } from "../../learner/not-finite.js";
import { readField } from "../../rollout/lane-block.js";
import { LOSS_OUTPUT } from "../loss.js";
import type { PpoState } from "../state.js";
import type { LearnerOptions } from "./wasm-context.js";
import { createLearner, type PpoLearner } from "./wasm-learner.js";

vi.mock("../../../models/wasm/device.js", async (load) =>
  (await import("../../../test/support/watch-memory.js")).watchDevice(await load()),
);
vi.mock("./memory-layout.js", async (load) =>
  (await import("../../../test/support/watch-memory.js")).watchLayout(await load()),
);

async function using<T>(options: LearnerOptions, work: (learner: PpoLearner) => Promise<T>): Promise<T> {
  const learner = await createLearner(options);
  try {
    return await work(learner);
  } finally {
    await learner.dispose();
  }
}

const stateAfter = (iterations: number, options: LearnerOptions): Promise<PpoState> =>
  using(options, async (learner) => {
    for (let i = 0; i < iterations; i++) await learner.iterate();
    return learner.state();
  });

/** Words instead of floats, so that NaN, -0 and the last bit count. */
const bits = (state: PpoState) => ({
  ...state,
  params: new Uint32Array(state.params.buffer),
  firstMoment: new Uint32Array(state.firstMoment.buffer),
  secondMoment: new Uint32Array(state.secondMoment.buffer),
});

test("sixty-seven actions, the most of any economy, can be learned", async () => {
  const finite = await using(learnerOptions(makeBittensor(64), { numSteps: 16, hidden: [8] }), async (learner) => {
    const { approxKl } = await learner.iterate();
    return Number.isFinite(approxKl) && (await learner.state()).params.every(Number.isFinite);
  });
  expect(finite).toBe(true);
});

describe("the first minibatch of the first epoch", () => {
  const WORLDS: [string, World][] = [
    ["akash", akash],
    ["toy", toyEconomy],
    ["cartpole", cartpole],
  ];

  test.each(WORLDS)("meets the very policy that made it: ratio exactly 1, on %s", async (_name, world) => {
    for (const relaxed of [false, true]) {
      const settings = { numEnvs: 128, hidden: [64, 64], updateEpochs: 1, numMinibatches: 1, learningRate: 0.003 };
      const state = await using({ ...learnerOptions(world, settings), relaxed }, async (learner) => {
        for (let i = 0; i < 4; i++) {
          const { approxKl, clipFraction } = await learner.iterate();
          expect({ approxKl, clipFraction }).toEqual({ approxKl: 0, clipFraction: 0 });
        }
        return learner.state();
      });
      // The divergence is of second order: it would still be 0 for a ratio of 1 + 2^-23. A clip range of nothing counts those.
      await using({ ...learnerOptions(world, { ...settings, clipCoef: 1e-9 }), relaxed }, async (learner) => {
        learner.restore(state);
        expect((await learner.iterate()).clipFraction).toBe(0);
      });
    }
  });

  test("and only that one: the next ones meet a policy that has moved", async () => {
    await using(learnerOptions(akash, { updateEpochs: 2, numMinibatches: 4, learningRate: 0.003 }), async (learner) => {
      await learner.iterate();
      const divergences: number[] = [];
      const row = Object.keys(LOSS_OUTPUT).indexOf("approxKl");
      let pending = false;
      // What a minibatch sums up lies in memory until the next one is prepared.
      seen.beforeJob = (name) => {
        if (pending) divergences.push(new Float64Array(seen.buffer, seen.layout.lossSums + row * 8, 1)[0]!);
        pending = name === "gradient";
      };
      await learner.iterate();
      seen.beforeJob = undefined;
      expect(divergences.length).toBe(7);
      expect(divergences[0]).toBe(0);
      for (const divergence of divergences.slice(1)) expect(divergence).toBeGreaterThan(0);
    });
  });
});

describe("the learner's state", () => {
  const SMALL = { numEnvs: 128, numMinibatches: 4, updateEpochs: 2 };

  test("keeps its weights bit for bit when the learning rate is 0", async () => {
    const options = learnerOptions(akash, SMALL, { learningRate: 0 });
    await using(options, async (learner) => {
      const before = bits(await learner.state());
      for (let i = 0; i < 3; i++) await learner.iterate();
      const after = bits(await learner.state());
      expect(after.params).toEqual(before.params);
      expect(after.firstMoment).not.toEqual(before.firstMoment);
      expect(after.lanes).not.toEqual(before.lanes);
    });
  });

  test("is the same for the same seed and another for another", async () => {
    const [one, again, other] = await Promise.all(
      [1, 1, 2].map((seed) => stateAfter(3, learnerOptions(akash, { ...SMALL, seed }))),
    );
    expect(bits(again!)).toEqual(bits(one!));
    expect(bits(other!).params).not.toEqual(bits(one!).params);
    expect(bits(other!).lanes).not.toEqual(bits(one!).lanes);
    // Not only through the first weights: with those of seed 1, seed 2 runs on other markets and draws.
    const options = learnerOptions(akash, SMALL);
    const reseeded = await stateAfter(3, { ...options, ppo: { ...options.ppo, seed: 2 } });
    expect(bits(reseeded).params).not.toEqual(bits(one!).params);
  });

  test.each([
    ["akash in chunks of 64 lanes", akash, { numEnvs: 192, numSteps: 4, numMinibatches: 6, decisionInterval: 3 }],
    ["akash in chunks of 256 lanes", akash, { numEnvs: 512, numSteps: 4, numMinibatches: 2 }],
    ["cartpole", cartpole, { numEnvs: 128, numMinibatches: 8, marketGroup: 1, noiseHold: 1 }],
  ] as const)("does not depend on the number of threads: %s", async (_name, world, settings) => {
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map((numThreads) => stateAfter(4, learnerOptions(world, { ...settings, updateEpochs: 2 }, { numThreads }))),
    );
    expect(bits(two!)).toEqual(bits(one!));
    expect(bits(three!)).toEqual(bits(one!));
  });

  test("is all that a new learner needs to go on, whatever its first weights were", async () => {
    const whole = await stateAfter(6, learnerOptions(toyEconomy, SMALL));
    const half = await stateAfter(3, learnerOptions(toyEconomy, SMALL));
    const rest = await using({ ...learnerOptions(toyEconomy, SMALL), random: () => 0.25 }, async (learner) => {
      learner.restore(half);
      for (let i = 0; i < 3; i++) await learner.iterate();
      return learner.state();
    });
    expect(bits(rest)).toEqual(bits(whole));
  });
});

describe("a rollout", () => {
  test.each([
    ["toy, with late observations and actions", toyEconomy, { numSteps: 7 }, 84],
    ["akash", akash, { numSteps: 9, horizon: 50 }, 63],
  ] as [string, World, Record<string, unknown>, number][])(
    "is what the float64 environment does with the same actions, from update to update and over resets: %s",
    async (_name, world, settings, steps) => {
      const options = learnerOptions(world, {
        ...settings,
        numMinibatches: 1,
        marketGroup: 1,
        noiseHold: 1,
        logStdInit: -0.5,
        normalizeObservation: false,
        ...RAW_REWARDS,
      });
      const { numSteps, numEnvs, seed } = options.ppo;
      const bands = Object.values((world.actions as { fields: Record<string, { low: number; high: number }> }).fields);
      const env = makeEnv(world, { split: "train", scenario: "random", horizon: options.horizon });
      // Lane 0 starts at day 0 of its first episode.
      let episode = 0;
      let { observation } = env.reset({ seed, options: { episode } });
      await using(options, async (learner) => {
        const { sampleStride, samples } = seen.layout;
        for (let done = 0; done < steps; done += numSteps) {
          await learner.iterate();
          const rewards = rowsOf("reward", numSteps);
          for (let step = 0; step < numSteps; step++) {
            const sample = floatsAt(samples + step * numEnvs * sampleStride * 4, sampleStride);
            for (const [i, value] of observation.entries()) {
              // Float32 over tens of steps.
              expect(Math.abs(sample[i]! - value)).toBeLessThan(1e-3 * (1 + Math.abs(value)));
            }
            const drawn = sample.subarray(learner.agent.critic.spec.inputs);
            const action = bands.map(
              ({ low, high }, i) => low + 0.5 * (high - low) * (1 + Math.max(-1, Math.min(1, drawn[i]!))),
            );
            const taken = env.step(action);
            expect(Math.abs(rewards[step]![0]! - taken.reward)).toBeLessThan(1e-3 * (1 + Math.abs(taken.reward)));
            observation = taken.observation;
            if (!taken.terminated && !taken.truncated) continue;
            episode += numEnvs;
            ({ observation } = env.reset({ seed, options: { episode } }));
          }
        }
      });
      expect(episode).toBeGreaterThan(0);
    },
  );
});

describe("lanes that share a market", () => {
  const GROUP = 8;
  const LANES = 256;
  const STEPS = 16;
  const placed = () => ({ block: seen.layout.block, start: seen.layout.lanes, buffer: seen.buffer });

  test("see the same shocks on the same day and draw noise of their own", async () => {
    // On akash thin markets answer to the same shocks by more, and how thin they are is up to the policy; not so here.
    const world = { ...toyEconomy, functions: { ...toyEconomy.functions, terminated: () => 0 } };
    const options = learnerOptions(world, { numEnvs: LANES, numSteps: STEPS, marketGroup: GROUP, noiseHold: 1 });
    await using(options, async (learner) => {
      for (let i = 0; i < 3; i++) await learner.iterate();
      const word = (field: string) => new Uint32Array(readField(placed(), "lane", field).buffer);
      const [episode, day] = [word("episode"), word("day")];
      const exogenous = readField(placed(), "state", "exogenous");
      const action = readField(placed(), "t", "action");
      for (let first = 0; first < LANES; first += GROUP) {
        const group = Array.from({ length: GROUP }, (_, i) => first + i);
        // Nobody is ever ruined, so all are on one day.
        for (const values of [episode, day, exogenous]) expect(new Set(group.map((lane) => values[lane])).size).toBe(1);
        expect(new Set(group.map((lane) => action[lane])).size).toBe(GROUP);
      }
      expect(new Set(exogenous).size).toBe(LANES / GROUP);
      expect(new Set(episode).size).toBe(LANES / GROUP);
    });
  });

  test("draw standard normal noise that is held for noiseHold steps and independent between lanes", async () => {
    const hold = 4;
    const options = learnerOptions(
      akash,
      { numEnvs: LANES, numSteps: STEPS, marketGroup: GROUP, noiseHold: hold, logStdInit: 0, updateEpochs: 1 },
      { learningRate: 0 },
    );
    const episodes: number[][] = [];
    const actions = await using(options, async (learner) => {
      const state = await learner.state();
      // A network of zeros asks for 0, so that the action is the noise itself.
      learner.restore({ ...state, params: new Float32Array(state.params.length) });
      // An iteration of 16 steps holds whole windows of 4.
      await learner.iterate();
      await learner.iterate();
      const { samples, sampleStride } = seen.layout;
      const inputs = learner.agent.critic.spec.inputs;
      episodes.push(...rowsOf("episode", STEPS));
      return Array.from({ length: STEPS }, (_, step) =>
        Array.from({ length: LANES }, (_, lane) => [
          ...floatsAt(samples + ((step * LANES + lane) * sampleStride + inputs) * 4, learner.agent.freeCount),
        ]),
      );
    });
    for (let step = 0; step < STEPS; step++) {
      for (let lane = 0; step > 0 && lane < LANES; lane++) {
        // A new episode draws anew.
        const same = step % hold !== 0 && episodes[step]![lane] === episodes[step - 1]![lane];
        if (same) expect(actions[step]![lane]).toEqual(actions[step - 1]![lane]);
        else expect(actions[step]![lane]).not.toEqual(actions[step - 1]![lane]);
      }
    }
    const draws = actions.filter((_, step) => step % hold === 0);
    const all = draws.flat(2);
    const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
    // Five standard errors of n = 256 lanes x 4 windows x 3 actions; the noise of a seed is fixed, so this never flickers.
    const bound = 5 / Math.sqrt(all.length);
    expect(Math.abs(mean(all))).toBeLessThan(bound);
    expect(Math.abs(mean(all.map((x) => x * x)) - 1)).toBeLessThan(bound * Math.SQRT2);
    const neighbours = draws.flatMap((row) =>
      row.flatMap((of, lane) => (lane % GROUP === 0 ? [] : of.map((x, i) => x * row[lane - 1]![i]!))),
    );
    expect(Math.abs(mean(neighbours))).toBeLessThan(5 / Math.sqrt(neighbours.length));
    const otherAction = draws.flatMap((row) => row.map((of) => of[0]! * of[1]!));
    expect(Math.abs(mean(otherAction))).toBeLessThan(5 / Math.sqrt(otherAction.length));
    const nextDraw = draws.slice(1).flatMap((row, i) => row.map((of, lane) => of[0]! * draws[i]![lane]![0]!));
    expect(Math.abs(mean(nextDraw))).toBeLessThan(5 / Math.sqrt(nextDraw.length));
  });

  test("that are ruined early go on to the next market of their group", async () => {
    const options = learnerOptions(countingWorld, { numSteps: 8, numMinibatches: 1, marketGroup: 4, horizon: 6 });
    await using(options, async (learner) => {
      for (let i = 0; i < 3; i++) await learner.iterate();
      const episodes = rowsOf("episode", 8);
      // Episodes of at most 6 steps: by now each group is in a later one, and skips none.
      expect(new Set(episodes.flat().map((episode) => Math.floor(episode / 16))).has(4)).toBe(true);
      for (const row of episodes) {
        // 16 markets at a time: group g runs on g, g + 16, g + 32 …
        row.forEach((episode, lane) => {
          expect(episode % 16).toBe(Math.floor(lane / 4));
        });
      }
    });
  });
});

describe("a NaN or infinity", () => {
  const KINDS: [Poison, RegExp][] = [
    ["state", /^state level of lane \d+ in step \d+ /],
    ["reward", /^reward of lane \d+ in step \d+ /],
    // Seen in the last step, or else by the sum over a chunk of lanes.
    ["observation", /^observation level of (a )?lane \d+ (to \d+ )?in (a )?step \d+ /],
    ["cost", /^cost level of (a )?lane \d+ (to \d+ )?in (a )?step \d+ /],
  ];
  const settings = { hidden: [8], marketGroup: 1, noiseHold: 1 };

  function whatStops(world: World, more: Readonly<Record<string, unknown>> = {}) {
    return using(learnerOptions(world, { ...settings, ...more }), async (learner) => {
      for (let i = 0; i < 12; i++) {
        const before = await learner.state();
        try {
          await learner.iterate();
        } catch (error) {
          return { error: error as Error, before };
        }
      }
      return undefined;
    });
  }

  for (const value of ["NaN", "Infinity"] as const) {
    for (const step of [3, 40]) {
      test.each(KINDS)(`that is ${value} in step ${step} of an episode's %s stops the run and is named`, async (kind, name) => {
        for (const normalizeObservation of [true, false]) {
          const world = poisonedWorld(kind, step, value);
          const stopped = await whatStops(world, { normalizeObservation });
          expect(stopped?.error, `normalised: ${normalizeObservation}`).toBeInstanceOf(NotFiniteError);
          expect(stopped!.error.message).toMatch(name);
          expect(stopped!.error.message).toMatch(/ is not finite in iteration \d+$/);
          // What was there before the iteration that failed is whole.
          expect(stopped!.before.params.every(Number.isFinite)).toBe(true);
          expect(stopped!.before.observationMoments.mean.every(Number.isFinite)).toBe(true);
          expect(stopped!.before.gainMoments.mean.every(Number.isFinite)).toBe(true);
        }
      });
    }
  }

  test("is named even where it belongs to nobody: a reward that comes after the end of the episode that was decided on", async () => {
    // Episodes of 6 steps and decisions of 8: the first step of an episode is in most lanes not the first of a decision.
    const world = poisonedWorld("reward", 1, "NaN", 6);
    const stopped = await whatStops(world, { decisionInterval: 8, numSteps: 2 });
    expect(stopped?.error.message).toMatch(/reward of (a )?lane \d+ (to \d+ )?in (a )?step /);
  });

  test("in a weight is named by its place in the network", async () => {
    await using(learnerOptions(countingWorld, settings), async (learner) => {
      await learner.iterate();
      const state = await learner.state();
      const params = state.params.slice();
      params[learner.agent.criticOffset + learner.agent.critic.layers[0]!.weight + 1] = Number.NaN;
      learner.restore({ ...state, params });
      await expect(learner.iterate()).rejects.toThrow(NotFiniteError);
      await expect(learner.iterate()).rejects.toThrow("critic.layer1.weight[0][1] is not finite");
    });
  });
});
