import { describe, expect, test } from "vitest";
import { stream, uniform4 } from "../../core/random.js";
import type { Play } from "../play.js";
import { playEpisodes } from "../play.js";
import { DOUBLE_INTEGRATOR, LQR, solveLinearQuadratic } from "../riccati.js";
import { cartpole } from "./cartpole.js";
import { doubleIntegrator } from "./double-integrator.js";
import { lqr } from "./lqr.js";
import { pendulum } from "./pendulum.js";

const POLICY = stream("policy", "train");
const random = (episode: number, day: number) => uniform4(7, episode, day, POLICY).a;
const plain = { seed: 1, split: "train", gamma: 1 } as const;

function mean(values: Float64Array): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

/** Tolerances are three standard errors of the sample, plus what the published number itself is uncertain by. */
function standardError(values: Float64Array): number {
  const m = mean(values);
  return Math.sqrt(values.reduce((sum, x) => sum + (x - m) ** 2, 0) / (values.length - 1) / values.length);
}

describe("scalar LQR", () => {
  test("the Riccati equation has the published solutions", () => {
    const at = (gamma: number) => solveLinearQuadratic({ ...LQR, gamma });
    expect(at(0.9).gain[0]).toBeCloseTo(0.58840335, 8);
    expect(at(0.99).gain[0]).toBeCloseTo(0.61525125, 8);
    expect([0.9, 0.95, 0.99].map((gamma) => Number(at(gamma).cost.toFixed(6)))).toEqual([1.73136, 1.908441, 3.21435]);
  });

  test("the optimal gain costs 1.908441 on average, and gains 5 % off cost more on the same noise", () => {
    const gain = solveLinearQuadratic(LQR).gain[0]!;
    const costs = (factor: number) => {
      const play: Play = (o, a) => {
        a["push"] = -factor * gain * o["x"]!;
      };
      // The cost of steps beyond 120 is at most 0.95^120 x 0.32 = 0.0007.
      return playEpisodes(lqr, play, { ...plain, gamma: 0.95, horizon: 120, episodes: 20_000 }).map((x) => -x);
    };
    const best = costs(1);
    expect(Math.abs(mean(best) - 1.908441)).toBeLessThan(3 * standardError(best) + 0.0007);
    expect(mean(costs(1.05))).toBeGreaterThan(mean(best));
    expect(mean(costs(0.95))).toBeGreaterThan(mean(best));
  });
});

describe("double integrator", () => {
  test("the Riccati equation has the published solution", () => {
    const { gain, cost } = solveLinearQuadratic(DOUBLE_INTEGRATOR);
    expect(gain[0]).toBeCloseTo(7.426194, 6);
    expect(gain[1]).toBeCloseTo(4.512169, 6);
    expect(cost).toBeCloseTo(6.541036, 6);
  });

  test("the optimal gain costs 6.541036 on average", () => {
    const [k0, k1] = solveLinearQuadratic(DOUBLE_INTEGRATOR).gain as [number, number];
    const play: Play = (o, a) => {
      a["push"] = -(k0 * o["x"]! + k1 * o["v"]!);
    };
    const costs = playEpisodes(doubleIntegrator, play, { ...plain, gamma: 0.99, episodes: 4000 }).map((x) => -x);
    expect(Math.abs(mean(costs) - 6.541036)).toBeLessThan(3 * standardError(costs) + 0.001);
  });
});

describe("pendulum", () => {
  test("random play returns -1229.5 and zero torque -1218 on average", () => {
    const randomly: Play = (_o, a, episode, day) => {
      a["torque"] = 4 * random(episode, day) - 2;
    };
    const never: Play = (_o, a) => {
      a["torque"] = 0;
    };
    for (const [play, expected] of [
      [randomly, -1229.5],
      [never, -1218],
    ] as const) {
      const returns = playEpisodes(pendulum, play, { ...plain, episodes: 5000 });
      expect(Math.abs(mean(returns) - expected)).toBeLessThan(3 * standardError(returns) + 2);
    }
  });
});

describe("cartpole", () => {
  test("random play lives 22.3 steps on average", () => {
    const play: Play = (_o, a, episode, day) => {
      a["choice"] = random(episode, day) < 0.5 ? 0 : 1;
    };
    const lives = playEpisodes(cartpole, play, { ...plain, episodes: 30_000 });
    expect(Math.abs(mean(lives) - 22.3)).toBeLessThan(3 * standardError(lives) + 0.1);
  });

  test("pushing to the side that the pole falls to lives 484 steps, a linear rule always 500", () => {
    const sign: Play = (o, a) => {
      a["choice"] = o["angle"]! + o["spin"]! > 0 ? 1 : 0;
    };
    const linear: Play = (o, a) => {
      a["choice"] = 0.1 * o["position"]! + 0.3 * o["speed"]! + 3 * o["angle"]! + o["spin"]! > 0 ? 1 : 0;
    };
    const lives = playEpisodes(cartpole, sign, { ...plain, episodes: 2000 });
    expect(Math.abs(mean(lives) - 484)).toBeLessThan(3 * standardError(lives) + 1);
    expect(Math.min(...playEpisodes(cartpole, linear, { ...plain, episodes: 2000 }))).toBe(500);
  });
});
