import type { EpisodeMetrics } from "../agents/rollout/episode-metrics.js";
import { defineRule } from "../agents/rules/define-rule.js";
import type { Rule } from "../agents/rules/rule.js";
import type { World } from "../env/world.js";
import { discountedWorld } from "./discounted.js";
import { DOUBLE_INTEGRATOR, type LinearQuadratic, LQR, solveLinearQuadratic } from "./riccati.js";
import { cartpole } from "./worlds/cartpole.js";
import { doubleIntegrator } from "./worlds/double-integrator.js";
import { lqr } from "./worlds/lqr.js";
import { pendulum } from "./worlds/pendulum.js";

/** A small problem whose best score is known, that the learner must reach. */
export interface Probe {
  readonly id: string;
  readonly world: World;
  /** Settings of the training run, on top of the defaults. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What the score is, in words. */
  readonly score: string;
  /** The known optimum. */
  readonly optimum: number;
  readonly threshold: number;
  readonly better: "higher" | "lower";
  /** Whether every seed must reach the threshold, or the median over seeds. */
  readonly demand: "every seed" | "median";
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
const PLAIN = { marketGroup: 1, noiseHold: 1, decisionInterval: 1, polishShare: 0, centerReward: false, clipReward: 1e6 };

export const PROBES: readonly Probe[] = [
  {
    id: "lqr",
    world: lqr,
    // The first, wide exploration would leave its mark on the running deviations for long: rewards and states are of size 1
    // anyway. Relu, since the optimum is linear.
    config: {
      ...PLAIN,
      totalSteps: 1_000_000,
      numEnvs: 512,
      numSteps: 16,
      numMinibatches: 32,
      gamma: LQR.gamma,
      learningRate: 1e-3,
      normalizeObservation: false,
      normalizeReward: false,
      activation: "relu",
      logStdInit: -1,
      horizon: 12,
    },
    score: "mean discounted cost over 100,000 episodes, paired with the optimal gain",
    optimum: scalar.cost,
    threshold: 1.01 * scalar.cost,
    better: "lower",
    demand: "every seed",
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
    world: doubleIntegrator,
    config: {
      ...PLAIN,
      totalSteps: 2_000_000,
      numEnvs: 512,
      numSteps: 32,
      numMinibatches: 32,
      gamma: DOUBLE_INTEGRATOR.gamma,
      vfCoef: 0.1,
      learningRate: 1e-3,
      normalizeObservation: false,
      normalizeReward: false,
      activation: "relu",
      logStdInit: -3,
      horizon: 50,
    },
    score: "mean discounted cost over 20,000 episodes, paired with the optimal gain",
    optimum: mass.cost,
    threshold: 1.05 * mass.cost,
    better: "lower",
    demand: "median",
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
    world: pendulum,
    config: {
      ...PLAIN,
      totalSteps: 1_000_000,
      numEnvs: 128,
      numSteps: 64,
      numMinibatches: 16,
      updateEpochs: 10,
      gamma: 0.95,
      learningRate: 1e-3,
    },
    score: "mean return over 2,000 episodes",
    optimum: -138.1,
    threshold: -170,
    better: "higher",
    demand: "median",
    evaluation: {
      world: pendulum,
      horizon: 200,
      episodes: 2000,
      scoreOf: (metrics) => 200 * mean(metrics.return),
    },
  },
  {
    id: "cartpole",
    world: cartpole,
    config: {
      ...PLAIN,
      totalSteps: 300_000,
      numEnvs: 64,
      numSteps: 64,
      numMinibatches: 8,
      updateEpochs: 10,
      gamma: 0.99,
      learningRate: 1e-3,
    },
    score: "mean length over 2,000 episodes",
    optimum: 500,
    threshold: 475,
    better: "higher",
    demand: "every seed",
    evaluation: {
      world: cartpole,
      horizon: 500,
      episodes: 2000,
      scoreOf: (metrics) => mean(metrics.length),
    },
  },
];
