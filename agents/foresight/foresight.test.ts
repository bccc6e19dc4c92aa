import { describe, expect, test } from "vitest";
import { makeEnv } from "../../env/environment.js";
import { findEconomy } from "../../env/registry.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";
import { discountedWorld } from "../../probes/discounted.js";
import { LQR } from "../../probes/riccati.js";
import { cartpole } from "../../probes/worlds/cartpole.js";
import { lqr } from "../../probes/worlds/lqr.js";
import { makeRule } from "../rules/registry.js";
import { CLIMB, climbOn, startClimb } from "./climb.js";
import { replayRequests } from "./replay.js";
import { searchRequests } from "./search.js";
import { createTableGradient, type Market } from "./table-gradient.js";

interface Search {
  readonly world: World;
  readonly markets: readonly Market[];
  readonly horizon: number;
  readonly every: number;
  readonly rules: readonly string[];
  readonly iterations?: number;
  readonly numThreads?: number;
  readonly smoothJumps?: boolean;
}

const SEED = 4;

async function search({ world, markets, horizon, every, rules, iterations = 40, numThreads = 1 }: Search) {
  const { lane } = parseEnvOptions(world, {});
  const gradient = await createTableGradient({
    ...{ world, lane, horizon, every, numThreads, rules: rules.map((id) => makeRule(id, world)) },
    ...{ seed: SEED, split: "test", block: 2, markets: 3 * markets.length, maxSlope: 10, smoothJumps: true, randomise: false },
  });
  const climb = { ...CLIMB, iterations };
  const running = searchRequests({ gradient, rules: rules.length, randomStarts: 1, markets, seed: SEED, climb });
  let last = { done: 0, of: 0, gradients: 0, expected: 0 };
  for (const progress of running.steps()) last = progress;
  await gradient.dispose();
  const found = running.found().map((one) => one!);
  const env = { split: "test", block: 2, horizon } as const;
  const play = (i: number) => replayRequests({ world, env, seed: SEED, every }, markets[i]!, found[i]!.knots);
  return { found, last, replayed: found.map((_, i) => play(i)) };
}

const inBase = (count: number): readonly Market[] =>
  Array.from({ length: count }, (_, episode) => ({ scenario: "base", episode }));

/** Cost of the best requests where all noise is known: V(x) = p x² + 2 q x + c, from the last step to the first. */
function knownNoiseOptimum(start: number, noise: readonly number[]): number {
  const { gamma } = LQR;
  let [p, q, c] = [0, 0, 0];
  for (const w of [...noise].reverse()) {
    const linear = p * w + q;
    const scale = 1 + gamma * p;
    c = gamma * (c + p * w * w + 2 * q * w) - (gamma * linear) ** 2 / scale;
    q = (gamma * linear) / scale;
    p = 1 + (gamma * p) / scale;
  }
  return p * start * start + 2 * q * start + c;
}

test("linear-quadratic control: the optimum with known noise is found, that of the closed form", async () => {
  const world = discountedWorld(lqr, LQR.gamma);
  const [horizon, markets] = [12, inBase(8)];
  const { replayed } = await search({ world, markets, horizon, every: 1, rules: ["constant"], iterations: 400 });
  const optima = markets.map(({ episode }) => {
    const env = makeEnv(lqr, { split: "test", block: 2, horizon: horizon + 1 });
    env.reset({ seed: SEED, options: { scenario: "base", episode } });
    // Without requests the state moves by the noise alone.
    const states = Array.from({ length: horizon + 1 }, () => env.step([0]).info.flows["before"]!);
    const noise = states.slice(1).map((x, i) => x - states[i]!);
    return -knownNoiseOptimum(states[0]!, noise) / horizon;
  });
  for (const [i, optimum] of optima.entries()) {
    expect(replayed[i]).toBeLessThanOrEqual(optimum + 1e-6);
    expect(replayed[i]).toBeGreaterThan(optimum - 2e-4);
  }
});

describe.each([
  ["akash", "akash-bme"],
  ["worldcoin", "wld-treasury"],
  ["render", "constant"],
  ["bittensor", "subnet-quality"],
  ["akash+traditional", "akash-bme"],
])("what is found for %s", (id, rule) => {
  test("is what it says in the plain simulator, and nowhere below its starts", async () => {
    const world = findEconomy(id);
    const markets = inBase(4);
    const { found, replayed } = await search({ world, markets, horizon: 45, every: 7, rules: [rule, "none"], iterations: 25 });
    for (const [i, { value, climbs }] of found.entries()) {
      expect(climbs).toHaveLength(3);
      // Float32 in the search, float64 here.
      expect(Math.abs(replayed[i]! - value)).toBeLessThan(1e-4);
      for (const { started } of climbs) expect(replayed[i]).toBeGreaterThanOrEqual(started - 1e-4);
    }
    const gain = found.reduce((sum, { value, climbs }) => sum + value - Math.max(...climbs.map(({ started }) => started)), 0);
    expect(gain / 4).toBeGreaterThan(1e-4);
  });
});

test("the same requests are found on any number of threads", async () => {
  const options = { world: findEconomy("akash"), markets: inBase(30), horizon: 20, every: 7, rules: ["akash-bme", "none"] };
  const one = await search({ ...options, iterations: 8 });
  const two = await search({ ...options, iterations: 8, numThreads: 2 });
  expect(two.found).toEqual(one.found);
  expect(one.last).toMatchObject({ done: 90, of: 90 });
});

describe("the search of one market", () => {
  const settings = { iterations: 100, learningRate: 0.1, patience: 3, minGain: 1e-3, reductions: 1 };

  test("keeps the best point, not the last", () => {
    // Slopes point the wrong way: behind a jump that no derivative sees.
    let climb = startClimb(Float32Array.of(0));
    while (!climb.isDone) climb = climbOn(climb, -Math.abs(climb.point[0]!), Float64Array.of(1), settings);
    expect(climb).toMatchObject({ value: -0, isConverged: true, iterations: 7 });
    expect([...climb.best]).toEqual([0]);
  });

  test("ends with its budget, stays within the band and passes over what is no number", () => {
    let climb = startClimb(Float32Array.of(0.9, -0.9));
    const slopes = Float64Array.of(1, Number.NaN);
    for (let i = 0; !climb.isDone; i++) climb = climbOn(climb, i === 4 ? Number.NaN : i, slopes, settings);
    expect(climb).toMatchObject({ iterations: 100, isConverged: false, value: 99 });
    expect(climb.best[0]).toBe(1);
    expect(climb.best[1]).toBe(Math.fround(-0.9));
  });
});

test("worlds with a choice, and horizons that do not fit, are refused", async () => {
  await expect(search({ world: cartpole, markets: inBase(1), horizon: 5, every: 1, rules: [] })).rejects.toThrow(
    "has a choice of 2 instead of levers",
  );
  const options = { world: findEconomy("bittensor"), markets: inBase(1), every: 7, rules: [] };
  await expect(search({ ...options, horizon: 100_000 })).rejects.toThrow(
    /the states of 100000 control steps take \d+\.\d GiB, a WebAssembly memory has 4/,
  );
});
