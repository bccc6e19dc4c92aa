import type { Decimal } from "decimal.js";
import type { Controller } from "../agents/controller/controller.js";
import { startController } from "../agents/controller/start-controller.js";
import type { Economy } from "../env/economy.js";
import { makeUnclippedEnv } from "../env/environment.js";
import { createExactLane, type ExactLane } from "../env/lane/exact.js";
import { type EnvOptions, parseEnvOptions } from "../env/settings.js";

/** One day: column to value; text where a number would not be exact. */
type Row = Readonly<Record<string, number | string>>;

export interface Trajectory {
  readonly rows: readonly Row[];
  /** Whether the economy was ruined before its time. */
  readonly terminated: boolean;
}

interface TrajectoryPlan {
  readonly economy: Economy;
  readonly controller: Controller;
  readonly options: EnvOptions;
  readonly seed: number;
}

/** The plain float64 functions as they stand. */
export function floatTrajectory(plan: TrajectoryPlan): Trajectory {
  const env = makeUnclippedEnv(plan.economy, plan.options);
  const { constraints, actionSpace } = env.spec;
  const act = startController(plan.controller, plan.economy);
  let { observation } = env.reset({ seed: plan.seed });
  const rows: Row[] = [];
  for (;;) {
    const wish = act(observation);
    const step = env.step(actionSpace.kind === "box" ? wish : wish[0]!);
    const { requested, applied, breakers, flows, terms, day } = step.info;
    rows.push({
      day,
      ...flows,
      ...prefixed("requested.", requested),
      ...prefixed("applied.", applied),
      ...prefixed("breaker.", breakers),
      ...prefixed("term.", terms),
      reward: step.reward,
      ...Object.fromEntries(constraints.map(({ name }, i) => [`cost.${name}`, step.costs[i]!])),
    });
    observation = step.observation;
    if (step.terminated || step.truncated) return { rows, terminated: step.terminated };
  }
}

/** The ledger: amounts of tokens in whole base units as text, everything else rounded to float64 for the table. */
export function exactTrajectory(plan: TrajectoryPlan): Trajectory {
  const { economy } = plan;
  const lane = createExactLane(economy, parseEnvOptions(economy, plan.options));
  const act = startController(plan.controller, plan.economy);
  lane.reset(plan.seed, 0);
  const rows: Row[] = [];
  for (;;) {
    const observation = lane.fields("observation").map((name) => Number(lane.read("observation", name)));
    lane.step(act(observation));
    rows.push(exactRow(economy, lane));
    const terminated = Number(lane.read("lane", "terminated")) === 1;
    if (terminated || Number(lane.read("lane", "truncated")) === 1) return { rows, terminated };
  }
}

function exactRow(economy: Economy, lane: ExactLane): Row {
  const { decimals } = economy.token;
  const base = (record: "state" | "flows", name: string) =>
    (lane.read(record, name) as Decimal).times(10 ** decimals).toFixed(0);
  const rounded = (record: Parameters<ExactLane["read"]>[0], prefix = "") => {
    return Object.fromEntries(lane.fields(record).map((name) => [prefix + name, Number(lane.read(record, name))]));
  };
  const balances = Object.fromEntries(economy.balances.map((name) => [`base.${name}`, base("state", name)]));
  return {
    day: Number(lane.read("lane", "day")),
    ...rounded("flows"),
    "base.supply": base("flows", "supply"),
    "base.minted": base("flows", "minted"),
    "base.burned": base("flows", "burned"),
    ...balances,
    ...rounded("requested", "requested."),
    ...rounded("applied", "applied."),
    ...rounded("breakers", "breaker."),
    ...rounded("terms", "term."),
    reward: Number(lane.read("lane", "reward")),
    ...rounded("costs", "cost."),
  };
}

function prefixed(prefix: string, values: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}
