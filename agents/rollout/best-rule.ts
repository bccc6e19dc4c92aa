import { mean } from "../../core/statistics.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import type { Rule } from "../rules/rule.js";
import { createSimulator } from "./episodes.js";

interface Contest {
  readonly world: World;
  readonly lane: LaneOptions;
  /** By id. */
  readonly rules: Readonly<Record<string, Rule>>;
  readonly horizon: number;
  readonly seed: number;
  /** Of each scenario. */
  readonly episodes: number;
  readonly numThreads: number;
}

/** The id of the rule with the highest mean objective over the named scenarios, on selection markets, the same for all. */
export async function findBestRule({ world, lane, rules, horizon, seed, episodes, numThreads }: Contest): Promise<string> {
  const scenarios = Object.values(world.scenarios);
  const simulator = await createSimulator({
    ...{ world, lane, controllers: rules, maxLanes: episodes * scenarios.length, maxHorizon: horizon, numThreads },
  });
  const batches = scenarios.map(({ overrides }) => ({ overrides, episodes }));
  let best = { id: "", objective: Number.NEGATIVE_INFINITY };
  for (const id of Object.keys(rules)) {
    const results = simulator.run(id, { batches, horizon, seed, split: "selection", block: 0 });
    const objective = mean(results.map(({ metrics }) => mean(metrics.return)));
    if (objective > best.objective) best = { id, objective };
  }
  await simulator.dispose();
  return best.id;
}
