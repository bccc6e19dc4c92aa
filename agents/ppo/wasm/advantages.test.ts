import { describe, expect, test, vi } from "vitest";
import { stream, uniform4 } from "../../../core/random.js";
import { akash } from "../../../env/economies/akash/index.js";
import { learnerOptions, RAW_REWARDS } from "../../../test/support/learner-memory.js";
import { countingWorld } from "../../../test/support/tiny-worlds.js";
import { floatsAt, rowsOf, seen } from "../../../test/support/watch-memory.js";
import { forward } from "../../learned/act-learned.js";
import { unpackLayers } from "../../learned/policy-layers.js";
import { createLearner, type PpoLearner } from "./wasm-learner.js";

vi.mock("../../../models/wasm/device.js", async (load) =>
  (await import("../../../test/support/watch-memory.js")).watchDevice(await load()),
);
vi.mock("./memory-layout.js", async (load) =>
  (await import("../../../test/support/watch-memory.js")).watchLayout(await load()),
);

describe("advantages of a rollout in a world whose returns are known", () => {
  const STEPS = 5;

  /** A critic that says V = n + 2 exactly: relu(n) x 1 + 2. */
  async function fixCritic(learner: PpoLearner): Promise<void> {
    const { agent } = learner;
    const state = await learner.state();
    const params = state.params.slice();
    params.fill(0, agent.criticOffset, agent.freeOffset);
    const [hidden, head] = agent.critic.layers;
    params[agent.criticOffset + hidden!.weight] = 1;
    params[agent.criticOffset + head!.weight] = 1;
    params[agent.criticOffset + head!.bias] = 2;
    learner.restore({ ...state, params });
  }

  interface Setup {
    readonly numSteps?: number;
    readonly decisionInterval?: number;
    readonly iterations?: number;
    readonly centerReward?: boolean;
    readonly clipReward?: number;
  }

  /** A lane that is ruined first and reaches its horizon in its second episode, and one that is cut off first. */
  async function rollout(gaeLambda: number, setup: Setup = {}) {
    const { numSteps = STEPS, decisionInterval = 1, iterations = 1, ...rewards } = setup;
    const options = learnerOptions(
      countingWorld,
      { numSteps, decisionInterval, numMinibatches: 1, hidden: [4], activation: "relu", marketGroup: 1, noiseHold: 1 },
      { gamma: 0.5, gaeLambda, normalizeObservation: false, ...RAW_REWARDS, ...rewards },
    );
    const learner = await createLearner(options);
    await fixCritic(learner);
    // The first 16 lanes start at day 0 of their episode: a quarter of the lanes for each day of the horizon.
    const lanes = Array.from({ length: 16 }, (_, lane) => lane);
    const doomed = (episode: number) => uniform4(options.ppo.seed, episode, 0, stream("reset", "train")).a < 0.5;
    const states = [await learner.state()];
    for (let i = 0; i < iterations; i++) {
      await learner.iterate();
      states.push(await learner.state());
    }
    await learner.dispose();
    return {
      states,
      ruined: lanes.find((lane) => doomed(lane) && !doomed(lane + 64))!,
      cutOff: lanes.find((lane) => !doomed(lane))!,
    };
  }

  const of = (field: string, lane: number, numSteps = STEPS) => rowsOf(field, numSteps).map((row) => row[lane]!);

  // gamma 0.5, rewards 1 2 3 (4), values n + 2. The ruined lane ends with its third step and is worth nothing then; the other
  // is cut off after four and worth V(4) = 6 there, whatever the new episode is worth. Each then starts anew with n = 0.
  const TABLE = [
    { lambda: 0, ruined: [0.5, 1, -1, 0.5, 1], cutOff: [0.5, 1, 1.5, 2, 0.5] },
    { lambda: 1, ruined: [0.75, 0.5, -1, 1, 1], cutOff: [1.625, 2.25, 2.5, 2, 0.5] },
  ];

  test.each(TABLE)("are those of the table worked by hand, lambda $lambda", async ({ lambda, ...expected }) => {
    const lanes = await rollout(lambda);
    expect(of("reward", lanes.ruined)).toEqual([1, 2, 3, 1, 2]);
    expect(of("reward", lanes.cutOff)).toEqual([1, 2, 3, 4, 1]);
    expect(of("terminated", lanes.ruined)).toEqual([0, 0, 1, 0, 0]);
    expect(of("truncated", lanes.ruined)).toEqual([0, 0, 0, 0, 0]);
    expect(of("terminated", lanes.cutOff)).toEqual([0, 0, 0, 0, 0]);
    expect(of("truncated", lanes.cutOff)).toEqual([0, 0, 0, 1, 0]);
    expect(of("value", lanes.ruined)).toEqual([2, 3, 4, 2, 3]);
    expect(of("value", lanes.cutOff)).toEqual([2, 3, 4, 5, 2]);
    // All numbers are halves and quarters: float32 holds them exactly.
    for (const kind of ["ruined", "cutOff"] as const) {
      expect(of("advantage", lanes[kind])).toEqual(expected[kind]);
      const values = of("value", lanes[kind]);
      expect(of("return", lanes[kind])).toEqual(expected[kind].map((advantage, i) => advantage + values[i]!));
    }
  });

  // A decision's reward is the discounted sum of its steps' up to the end of the episode; what the next episode earns under it
  // is nobody's. The advantage of the first decision does not change: it is the discounted return less the value.
  test.each([
    { decisionInterval: 2, kind: "ruined", rewards: [2, 3, 3.5], advantages: [0.75, -1, 1.75] },
    { decisionInterval: 3, kind: "ruined", rewards: [2.75, 2.75], advantages: [0.75, 1.375] },
    { decisionInterval: 2, kind: "cutOff", rewards: [2, 5, 2], advantages: [1.625, 2.5, 1] },
    { decisionInterval: 3, kind: "cutOff", rewards: [2.75, 4], advantages: [1.625, 2] },
  ] as const)(
    "of decisions that hold for $decisionInterval steps are so too: $kind",
    async ({ kind, rewards, advantages, ...held }) => {
      const numSteps = rewards.length;
      const lanes = await rollout(1, { ...held, numSteps });
      expect(of("reward", lanes[kind], numSteps)).toEqual(rewards);
      expect(of("advantage", lanes[kind], numSteps)).toEqual(advantages);
    },
  );

  test("bootstrap from the first end where two episodes end under one decision", async () => {
    const options = learnerOptions(
      countingWorld,
      { numSteps: 1, decisionInterval: 6, numMinibatches: 1, hidden: [4], activation: "relu", marketGroup: 1 },
      { gamma: 0.5, normalizeObservation: false, ...RAW_REWARDS },
    );
    const learner = await createLearner(options);
    await fixCritic(learner);
    await learner.iterate();
    await learner.dispose();
    // Lanes 32 to 47 start at day 2: cut off at n = 2, worth V(2) = 4, and unless doomed then again at n = 4 in step 6. So
    // A = 1 + 0.5 x 2 + 0.25 x 4 - V(0) = 1.
    expect(rowsOf("reward", 1)[0]!.slice(32, 48)).toEqual(Array(16).fill(2));
    expect(rowsOf("advantage", 1)[0]!.slice(32, 48)).toEqual(Array(16).fill(1));
  });

  test("of clipped rewards are those of the smaller ones, step by step; the statistics see them whole", async () => {
    const lanes = await rollout(0, { clipReward: 2.5 });
    expect(of("reward", lanes.ruined)).toEqual([1, 2, 2.5, 1, 2]);
    expect(of("reward", lanes.cutOff)).toEqual([1, 2, 2.5, 2.5, 1]);
    expect(of("advantage", lanes.ruined)).toEqual([0.5, 1, -1.5, 0.5, 1]);
    const raw = await rollout(0);
    expect(lanes.states.at(-1)!.gainMoments).toEqual(raw.states.at(-1)!.gainMoments);
    // Each step of a decision is clipped by itself: 2 + 0.5 x 2.5, not the least of 3.5 and 2.5.
    const held = await rollout(1, { clipReward: 2.5, decisionInterval: 2, numSteps: 2 });
    expect(of("reward", held.cutOff, 2)).toEqual([2, 3.75]);
  });

  test("of centered rewards lack the mean of the iterations before, and an early end is then worth 0", async () => {
    const clipReward = 1;
    const lanes = await rollout(0, { centerReward: true, clipReward, iterations: 2 });
    const [first, before] = lanes.states.map(({ gainMoments }) => gainMoments);
    expect(first!.mean[1]).toBe(0);
    // Rewards of 1 to 4: in the first iteration they were raw, and their mean lies between.
    const mean = before!.mean[1]!;
    expect(mean).toBeGreaterThan(1.5);
    expect(mean).toBeLessThan(2.5);
    const ends = [0, 0];
    const fields = ["reward", "value", "nextValue", "terminated", "truncated", "advantage"];
    const [reward, value, next, terminated, truncated, advantage] = fields.map((field) => rowsOf(field, STEPS));
    for (let step = 0; step < STEPS; step++) {
      for (let lane = 0; lane < 64; lane++) {
        // The observation says how many steps went before.
        const at = seen.layout.samples + (step * 64 + lane) * seen.layout.sampleStride * 4;
        const n = floatsAt(at, 1)[0]! + 1;
        const expected = Math.max(-clipReward, Math.min(clipReward, n - mean));
        // Float32 of numbers below 5.
        expect(Math.abs(reward![step]![lane]! - expected)).toBeLessThan(1e-6);
        const ruined = terminated![step]![lane] === 1;
        ends[ruined ? 1 : 0]! += ruined ? 1 : truncated![step]![lane]!;
        const worth = ruined ? 0 : 0.5 * next![step]![lane]!;
        expect(Math.abs(advantage![step]![lane]! - (expected + worth - value![step]![lane]!))).toBeLessThan(1e-5);
      }
    }
    // Both kinds of end were met.
    for (const count of ends) expect(count).toBeGreaterThan(0);
  });

  test("reach the minibatches together with the very step that they belong to", async () => {
    await rollout(1);
    const { samples, sampleStride } = seen.layout;
    const [advantages, targets, values] = ["advantage", "return", "value"].map((field) => rowsOf(field, STEPS));
    // Observation, action, its log-probability, value, advantage, return.
    for (let step = 0; step < STEPS; step++) {
      for (let lane = 0; lane < 64; lane++) {
        const sample = floatsAt(samples + (step * 64 + lane) * sampleStride * 4, 6);
        const row = [values![step]![lane]! - 2, values![step]![lane]!, advantages![step]![lane]!, targets![step]![lane]!];
        expect([sample[0], ...sample.subarray(3)]).toEqual(row);
      }
    }
  });
});

describe("advantages on akash", () => {
  const SETTINGS = { numEnvs: 128, numSteps: 24, numMinibatches: 2, hidden: [32, 32] };

  test("follow from rewards, ends and the critic's values, computed again in float64", async () => {
    const options = learnerOptions({ ...akash, horizon: 20 }, { ...SETTINGS, marketGroup: 1 });
    const { gamma, gaeLambda, numSteps } = options.ppo;
    const learner = await createLearner(options);
    await learner.iterate();
    await learner.iterate();
    await learner.dispose();
    const fields = ["reward", "value", "nextValue", "terminated", "truncated", "advantage"];
    const [reward, value, next, terminated, truncated, advantage] = fields.map((field) => rowsOf(field, numSteps));
    expect(truncated!.flat().some((x) => x === 1)).toBe(true);
    for (let lane = 0; lane < 128; lane++) {
      let expected = 0;
      for (let t = numSteps - 1; t >= 0; t--) {
        const [ruined, cutOff] = [terminated![t]![lane]! > 0, truncated![t]![lane]! > 0];
        const delta = reward![t]![lane]! + (ruined ? 0 : gamma * next![t]![lane]!) - value![t]![lane]!;
        expected = delta + (ruined || cutOff ? 0 : gamma * gaeLambda * expected);
        expect(Math.abs(advantage![t]![lane]! - expected)).toBeLessThan(1e-6 * (1 + Math.abs(expected)));
        // A step that ended nothing goes on with the value of the next row.
        if (!ruined && !cutOff && t < numSteps - 1) expect(next![t]![lane]).toBe(value![t + 1]![lane]);
      }
    }
  });

  test("the values in memory are the critic's on the stored inputs", async () => {
    const learner = await createLearner(learnerOptions(akash, SETTINGS));
    await learner.iterate();
    const { params } = await learner.state();
    await learner.iterate();
    const { critic, criticOffset } = learner.agent;
    await learner.dispose();
    const network = { activation: critic.spec.activation, layers: unpackLayers(critic, params, criticOffset) };
    const values = rowsOf("value", 24);
    for (const [step, lane] of [
      [0, 0],
      [3, 127],
      [11, 64],
      [23, 5],
    ] as const) {
      const at = seen.layout.samples + (step * 128 + lane) * seen.layout.sampleStride * 4;
      const [expected] = forward(network, [...floatsAt(at, critic.spec.inputs)]);
      // Float32 sums of 32 terms.
      expect(Math.abs(values[step]![lane]! - expected!)).toBeLessThan(1e-5 * (1 + Math.abs(expected!)));
    }
  });

  test("of lanes that share a market are centred on their group, day by day, and the critic's targets are not", async () => {
    const options = learnerOptions(akash, { ...SETTINGS, marketGroup: 8, horizon: 40, gaeLambda: 0.9 });
    const learner = await createLearner(options);
    for (let i = 0; i < 3; i++) await learner.iterate();
    await learner.dispose();
    const fields = ["advantage", "return", "value", "episode", "day"];
    const [advantage, target, value, episode, day] = fields.map((field) => rowsOf(field, 24));
    for (let t = 0; t < 24; t++) {
      for (let lane = 0; lane < 128; lane++) {
        const group = Array.from({ length: 8 }, (_, i) => lane - (lane % 8) + i);
        const company = group.filter((l) => episode![t]![l] === episode![t]![lane] && day![t]![l] === day![t]![lane]);
        const raw = (l: number) => target![t]![l]! - value![t]![l]!;
        const mean = company.reduce((sum, l) => sum + raw(l), 0) / company.length;
        // The target is rounded to float32 before the value is taken off again.
        expect(Math.abs(advantage![t]![lane]! - (raw(lane) - mean))).toBeLessThan(1e-5);
      }
    }
  });
});
