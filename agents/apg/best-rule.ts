import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { createSimulator } from "../rollout/episodes.js";
import type { Rule } from "../rules/rule.js";

interface Contest {
  readonly world: World;
  readonly lane: LaneOptions;
  /** By id. */
  readonly rules: Readonly<Record<string, Rule>>;
  readonly horizon: number;
  readonly seed: number;
  readonly episodes: number;
  readonly numThreads: number;
}

/** The id of the rule with the highest mean objective on selection markets, the same for all. */
export async function findBestRule({ world, lane, rules, horizon, seed, episodes, numThreads }: Contest): Promise<string> {
  const simulator = await createSimulator({
    ...{ world, lane, controllers: rules, maxLanes: episodes, maxHorizon: horizon, numThreads },
  });
  const batches = [{ overrides: {}, episodes }];
  let best = { id: "", mean: Number.NEGATIVE_INFINITY };
  for (const id of Object.keys(rules)) {
    const [result] = simulator.run(id, { batches, horizon, seed, split: "selection", block: 0, randomise: true });
    const mean = result!.metrics.return.reduce((sum, value) => sum + value, 0) / episodes;
    if (mean > best.mean) best = { id, mean };
  }
  await simulator.dispose();
  return best.id;
}
