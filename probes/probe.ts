import type { EpisodeMetrics } from "../agents/rollout/episode-metrics.js";
import { defineRule } from "../agents/rules/define-rule.js";
import type { Rule } from "../agents/rules/rule.js";
import type { World } from "../env/world.js";
import { discountedWorld } from "./discounted.js";
import { DOUBLE_INTEGRATOR, type LinearQuadratic, LQR, solveLinearQuadratic } from "./riccati.js";
import { cartpole } from "./worlds/cartpole.js";
import { cartpoleForce, cartpoleUpright } from "./worlds/cartpole-force.js";
import { doubleIntegrator } from "./worlds/double-integrator.js";
import { lqr } from "./worlds/lqr.js";
import { pendulum } from "./worlds/pendulum.js";

/** What may learn a probe; ids of algorithms. */
export const METHODS = ["apg", "es", "ppo"] as const;
export type Method = (typeof METHODS)[number];

/** How a method learns a probe. */
export interface Trial {
  /** The world that it trains in. */
  readonly world: World;
  /** Settings of the training run, on top of the defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Score to reach. */
  readonly threshold: number;
}

/** A small problem whose best score is known, that learners must reach. */
export interface Probe {
  readonly id: string;
  /** What the score is, in words. */
  readonly score: string;
  /** The known optimum. */
  readonly optimum: number;
  readonly better: "higher" | "lower";
  /** Whether every seed must reach the threshold, or the median over seeds. */
  readonly demand: "every seed" | "median";
  readonly trials: Readonly<Partial<Record<Method, Trial>>>;
  readonly evaluation: {
    /** The world that episodes are scored in. */
    readonly world: World;
    readonly horizon: number;
    readonly episodes: number;
    /** A rule that runs on the same markets, for a paired score. */
    readonly reference?: Rule;
    /** @param reference metrics of the reference rule in the same episodes */
    readonly scoreOf: (metrics: EpisodeMetrics, reference: EpisodeMetrics | undefined) => number;
  };
}

const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;

/**
 * Mean discounted cost, from the optimum's closed form and the mean difference to the optimal rule in the same episodes:
 * the noise that both run on cancels out.
 */
function pairedCost(optimum: number, horizon: number): Probe["evaluation"]["scoreOf"] {
  return (metrics, reference) => optimum + horizon * (mean(reference!.return) - mean(metrics.return));
}

function linearQuadratic(world: World, problem: LinearQuadratic, gains: Readonly<Record<string, string>>) {
  const { gain, cost } = solveLinearQuadratic(problem);
  const names = Object.keys(gains);
  const rule = defineRule(world, {
    id: "optimum",
    doc: "the optimal linear feedback",
    state: {},
    params: Object.fromEntries(
      names.map((name, i) => [
        name,
        { value: gain[i]!, low: 0, high: 100, unit: gains[name]!, source: "Riccati equation", doc: `gain on ${name}` },
      ]),
    ),
    tunable: [],
    uses: {},
    reads: names,
    writes: ["push"],
    functions: {
      start() {},
      act(_c, o, p, a) {
        let push = 0 * a.push;
        for (const name in p) push = push - p[name]! * o[name]!;
        a.push = push;
      },
    },
  });
  return { rule, cost };
}

const scalar = linearQuadratic(lqr, LQR, { x: "1" });
const mass = linearQuadratic(doubleIntegrator, DOUBLE_INTEGRATOR, { x: "s^-2", v: "1/s" });

/** Plain PPO: these worlds answer to every single action, and their episodes have little chance to share. */
const PLAIN_PPO = { algorithm: "ppo", marketGroup: 1, noiseHold: 1, decisionInterval: 1, centerReward: false, clipReward: 1e6 };
/** A network alone. */
const ALONE = { base: null, memoryRates: [], lastRequest: false, evalEvery: 0 };
const PLAIN_APG = {
  ...{ ...ALONE, algorithm: "apg", checkpointEvery: 20 },
  ...{ smoothJumps: false, clampMargin: 0, scenarioShare: 0, tripMultiplier: 0, crashMultiplier: 0, maxSlope: 1e6 },
};
const PLAIN_ES = { ...ALONE, algorithm: "es", scenarioShare: 0, tripPenalty: 0, drawdownPenalty: 0, checkpointEvery: 5 };

const LQR_TRIALS: Probe["trials"] = {
  apg: {
    world: discountedWorld(lqr, LQR.gamma),
    config: {
      ...PLAIN_APG,
      ...{ hidden: [], horizon: 100, episodes: 256, totalSteps: 5_000_000, learningRate: 0.01, normalizeObservation: false },
    },
    threshold: 1.001 * scalar.cost,
  },
  es: {
    world: discountedWorld(lqr, LQR.gamma),
    config: {
      ...{ ...PLAIN_ES, hidden: [], horizon: 100, population: 16, episodes: 64, totalSteps: 4_000_000, sigma: 0.05 },
      normalizeObservation: false,
    },
    threshold: 1.01 * scalar.cost,
  },
  ppo: {
    world: lqr,
    // The first, wide exploration would leave its mark on the running deviations for long: rewards and states are of size 1
    // anyway. Relu, since the optimum is linear.
    config: {
      ...PLAIN_PPO,
      ...{ totalSteps: 1_000_000, numEnvs: 512, numSteps: 16, numMinibatches: 32, horizon: 12 },
      ...{ gamma: LQR.gamma, learningRate: 1e-3, logStdInit: -1, activation: "relu" },
      ...{ normalizeObservation: false, normalizeReward: false },
    },
    threshold: 1.01 * scalar.cost,
  },
};

const PENDULUM_TRIALS: Probe["trials"] = {
  // The derivative through all 200 steps of a swing is chaotic: followed back for 30, it shows the way.
  apg: {
    world: pendulum,
    config: { ...PLAIN_APG, episodes: 64, totalSteps: 4_000_000, learningRate: 0.01, window: 30 },
    threshold: -170,
  },
  es: {
    world: pendulum,
    config: {
      ...{ ...PLAIN_ES, hidden: [16], activation: "relu" },
      ...{ method: "cma", population: 32, episodes: 64, totalSteps: 60_000_000, sigma: 1 },
    },
    threshold: -170,
  },
  ppo: {
    world: pendulum,
    config: {
      ...PLAIN_PPO,
      ...{ totalSteps: 1_000_000, numEnvs: 128, numSteps: 64, numMinibatches: 16, updateEpochs: 10 },
      ...{ gamma: 0.95, learningRate: 1e-3 },
    },
    threshold: -170,
  },
};

const CARTPOLE_TRIALS: Probe["trials"] = {
  es: {
    world: cartpole,
    config: { ...PLAIN_ES, hidden: [], population: 16, episodes: 16, totalSteps: 4_000_000, sigma: 0.2 },
    threshold: 475,
  },
  ppo: {
    world: cartpole,
    config: {
      ...PLAIN_PPO,
      ...{ totalSteps: 300_000, numEnvs: 64, numSteps: 64, numMinibatches: 8, updateEpochs: 10 },
      ...{ gamma: 0.99, learningRate: 1e-3 },
    },
    threshold: 475,
  },
};

const meanLength = { horizon: 500, episodes: 2000, scoreOf: (metrics: EpisodeMetrics) => mean(metrics.length) };

export const PROBES: readonly Probe[] = [
  {
    id: "lqr",
    score: "mean discounted cost over 100,000 episodes, paired with the optimal gain",
    optimum: scalar.cost,
    better: "lower",
    demand: "every seed",
    trials: LQR_TRIALS,
    // Beyond 150 steps lies at most 0.95^150 x 0.32 = 0.0001 of the cost.
    evaluation: {
      world: discountedWorld(lqr, LQR.gamma),
      horizon: 150,
      episodes: 100_000,
      reference: scalar.rule,
      scoreOf: pairedCost(scalar.cost, 150),
    },
  },
  {
    id: "double-integrator",
    score: "mean discounted cost over 20,000 episodes, paired with the optimal gain",
    optimum: mass.cost,
    better: "lower",
    demand: "median",
    trials: {
      ppo: {
        world: doubleIntegrator,
        config: {
          ...PLAIN_PPO,
          ...{ totalSteps: 2_000_000, numEnvs: 512, numSteps: 32, numMinibatches: 32, horizon: 50 },
          ...{ gamma: DOUBLE_INTEGRATOR.gamma, vfCoef: 0.1, learningRate: 1e-3, logStdInit: -3, activation: "relu" },
          ...{ normalizeObservation: false, normalizeReward: false },
        },
        threshold: 1.05 * mass.cost,
      },
    },
    evaluation: {
      world: discountedWorld(doubleIntegrator, DOUBLE_INTEGRATOR.gamma),
      horizon: 500,
      episodes: 20_000,
      reference: mass.rule,
      scoreOf: pairedCost(mass.cost, 500),
    },
  },
  {
    id: "pendulum",
    score: "mean return over 2,000 episodes",
    optimum: -138.1,
    better: "higher",
    demand: "median",
    trials: PENDULUM_TRIALS,
    evaluation: {
      world: pendulum,
      horizon: 200,
      episodes: 2000,
      scoreOf: (metrics) => 200 * mean(metrics.return),
    },
  },
  {
    id: "cartpole",
    score: "mean length over 2,000 episodes",
    optimum: 500,
    better: "higher",
    demand: "every seed",
    trials: CARTPOLE_TRIALS,
    evaluation: { world: cartpole, ...meanLength },
  },
  {
    id: "cartpole-force",
    score: "mean length over 2,000 episodes with a continuous force",
    optimum: 500,
    better: "higher",
    demand: "every seed",
    trials: {
      apg: {
        world: cartpoleUpright,
        config: { ...PLAIN_APG, hidden: [], horizon: 60, episodes: 64, totalSteps: 4_000_000, learningRate: 0.05 },
        threshold: 475,
      },
    },
    evaluation: { world: cartpoleForce, ...meanLength },
  },
];
