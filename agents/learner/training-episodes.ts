import { RANDOM_SCENARIO } from "../../env/params.js";
import type { World } from "../../env/world.js";

/** Episodes of one iteration: training markets `first` .. `first + each - 1` in each scenario, one after the other. */
export interface TrainingEpisodes {
  readonly first: number;
  readonly each: number;
  /** Named scenarios, or the one that is drawn alone. */
  readonly scenarios: readonly string[];
}

export const isDrawn = ({ scenarios }: TrainingEpisodes): boolean => scenarios[0] === RANDOM_SCENARIO;

interface Choice {
  /** At most. */
  readonly episodes: number;
  /** Share of iterations whose episodes are those of the named scenarios. */
  readonly scenarioShare: number;
}

/**
 * The named scenarios, or markets that are drawn, in turns. No iteration sees a market of another.
 * @param iteration from 0
 */
export function trainingEpisodes(world: World, iteration: number, { episodes, scenarioShare }: Choice): TrainingEpisodes {
  const first = iteration * episodes;
  const names = Object.keys(world.scenarios);
  const isNamed = Math.floor((iteration + 1) * scenarioShare) > Math.floor(iteration * scenarioShare);
  if (!isNamed) return { first, each: episodes, scenarios: [RANDOM_SCENARIO] };
  // With fewer episodes than scenarios those take turns as well.
  const turn = names.map((_, i) => names[(iteration * episodes + i) % names.length]!).slice(0, episodes);
  return { first, each: Math.floor(episodes / turn.length), scenarios: turn };
}
