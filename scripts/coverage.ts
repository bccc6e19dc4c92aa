// How often the intervals of a report cover: writes the tables of docs/explanation/evaluation.md. `npm run coverage`; 3 minutes.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRule } from "../agents/rules/registry.js";
import { packageRoot } from "../cli/package-root.js";
import { findEconomy, findScenarios } from "../env/registry.js";
import { parseEnvOptions } from "../env/settings.js";
import { simulateRuns } from "../eval/simulate-runs.js";
import { insertCoverage, renderCoverage } from "./intervals/page.js";
import { POPULATIONS, type Population, populationOf } from "./intervals/populations.js";

const EPISODES = 4000;
const SAMPLES = 2000;

/** Differences of returns of two rules over all scenarios, and in the scenario where they are most skewed, as Flyball simulates them. */
async function simulated(name: string, rule: string, baseline: string): Promise<Population[]> {
  const economy = findEconomy(name);
  const { lane, horizon } = parseEnvOptions(economy, {});
  const scenarios = findScenarios(economy, "all");
  const candidates = [rule, baseline].map((id) => ({ id, tuned: false, controller: makeRule(id, economy) }));
  const markets = { scenarios, episodes: EPISODES, horizon, seed: 77, block: 3, seriesEpisodes: 0, numThreads: 2 };
  const [own, theirs] = await simulateRuns({ world: economy, lane, candidates, ...markets }, async () => {});
  const gains = scenarios.map((scenario) => {
    const other = theirs!.scenarios[scenario]!.metrics.return;
    return own!.scenarios[scenario]!.metrics.return.map((value, i) => value - other[i]!);
  });
  const average = gains[0]!.map((_, i) => gains.reduce((sum, row) => sum + row[i]!, 0) / gains.length);
  const what = `${name}: ${rule} − ${baseline}`;
  return [populationOf(`${what}, all scenarios`, average), populationOf(`${what}, ${scenarios[0]}`, gains[0]!)];
}

const path = join(packageRoot(), "docs/explanation/evaluation.md");
const real = [
  ...(await simulated("akash", "none", "akash-bme")),
  ...(await simulated("render", "pid", "render-schedule")),
  ...(await simulated("bittensor", "none", "tao-protocol")),
];
const tables = renderCoverage({ populations: [...POPULATIONS, ...real], samples: SAMPLES });
writeFileSync(path, insertCoverage(readFileSync(path, "utf8"), tables));
console.error(`wrote ${path}`);
