import { ACTIONS } from "../../env/economies/akash/records.js";
import type { PathController } from "../plain-path.js";
import { type Gate, mean } from "./gates.js";
import { constantPath, cosmosPath, livePaths, type Path } from "./paths.js";

/**
 * The hand-made feedback rule of the proposal that this economy started from: issuance, burn and fee lean on utilisation, collateral
 * ratio and bonded share. Here it only witnesses that feedback pays; the rules proper are in agents/rules.
 */
export const feedbackPath: PathController = (o, a) => {
  const busy = o["utilizationSlow"]! - 0.7;
  const backed = Math.min(Math.max(o["collateralRatio"]! - 1.4, -0.6), 0.8);
  const bonded = o["bondedRatio"]! - 0.5;
  a["issuance"] = 0.047 * Math.exp(-0.08 * busy - 1.1 * bonded - 0.02 * backed);
  a["burnShare"] = 0.02 + 0.24 * backed - 0.52 * busy;
  a["fee"] = 0.19 + 0.23 * busy - 0.37 * backed - 0.14 * bonded;
};

/** Controllers that must lose: nothing but burning, nothing but emission. */
export const DEGENERATE: Readonly<Record<string, PathController>> = {
  "max-burn": constantPath(ACTIONS.issuance.low, 1, ACTIONS.fee.high),
  "max-emission": constantPath(ACTIONS.issuance.high, 0, 0.12),
};

interface Constant {
  readonly actions: readonly [number, number, number];
  readonly reward: number;
}

interface ScenarioControl {
  readonly scenario: string;
  readonly feedback: number;
  readonly cosmos: number;
  readonly best: Constant;
  readonly degenerate: Readonly<Record<string, number>>;
}

type Grid = readonly (readonly number[])[];
export const FINE_GRID: Grid = [
  [0.01, 0.025, 0.04, 0.06, 0.1],
  [0, 0.05, 0.15, 0.4, 0.8],
  [0.1, 0.15, 0.2, 0.25, 0.32],
];
export const COARSE_GRID: Grid = [
  [0.02, 0.04, 0.07],
  [0, 0.1, 0.4],
  [0.13, 0.2, 0.28],
];

const reward = (paths: readonly Path[]) => mean(paths.map((path) => path.reward));

/** What feedback, the best constant of a grid and the degenerate controllers reach on the same shocks. */
export function scenarioControl(scenario: string, grid: Grid, paths: number, seed = 10): ScenarioControl {
  const score = (controller: PathController) => reward(livePaths(controller, { scenario, paths, seed }));
  let best: Constant = { actions: [0, 0, 0], reward: Number.NEGATIVE_INFINITY };
  for (const issuance of grid[0]!) {
    for (const burnShare of grid[1]!) {
      for (const fee of grid[2]!) {
        const value = score(constantPath(issuance, burnShare, fee));
        if (value > best.reward) best = { actions: [issuance, burnShare, fee], reward: value };
      }
    }
  }
  const degenerate = Object.fromEntries(Object.entries(DEGENERATE).map(([name, controller]) => [name, score(controller)]));
  return { scenario, feedback: score(feedbackPath), cosmos: score(cosmosPath), best, degenerate };
}

/** Feedback beats every constant, no constant is best everywhere, degenerate controllers lose everywhere. */
export function controlGates(results: readonly ScenarioControl[]): Gate[] {
  const differs = [0, 1, 2].filter((j) => new Set(results.map(({ best }) => best.actions[j])).size > 1).length;
  const gates: Gate[] = [{ name: "actions whose best constant depends on the scenario", value: differs, low: 2, high: 3 }];
  for (const { scenario, feedback, best, degenerate } of results) {
    gates.push({
      name: `${scenario}: feedback over the best constant of the grid`,
      value: feedback - best.reward,
      low: 0.05,
      high: 2,
    });
    for (const [name, value] of Object.entries(degenerate)) {
      gates.push({ name: `${scenario}: best constant over ${name}`, value: best.reward - value, low: 0, high: 10 });
    }
  }
  return gates;
}
