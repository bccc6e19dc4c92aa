import { UserError } from "../core/errors.js";
import type { ResetRequest } from "./contract.js";
import { checkParams, RANDOM_SCENARIO, scenarioOverrides } from "./params.js";
import type { EnvSettings } from "./settings.js";
import { checkKeys, checkWhole, checkWord, RESET_KEYS } from "./settings.js";
import type { Values, World } from "./world.js";

/** What a checked reset starts with, in one lane or many. */
export interface EpisodeStart {
  readonly params: Readonly<Values>;
  readonly randomise: boolean;
  readonly day: number;
}

/** @throws UserError for an unknown or bad request */
export function parseReset(world: World, settings: EnvSettings, request: ResetRequest): EpisodeStart {
  const { seed, options = {} } = request;
  checkKeys("reset option", options, RESET_KEYS);
  if (seed !== undefined) checkWord("seed", seed);
  if (options.episode !== undefined) checkWord("episode", options.episode);
  const scenario = options.scenario ?? settings.scenario;
  const randomise = scenario === RANDOM_SCENARIO;
  if (randomise && options.params !== undefined) {
    throw new UserError(
      "E_RESET_PARAMS",
      "reset option params was given for the random scenario, which draws them",
      "name a scenario, for example base, or leave params out",
    );
  }
  return {
    params: {
      ...settings.lane.params,
      ...scenarioOverrides(world, scenario),
      ...checkParams(world, options.params ?? {}, world.varying),
    },
    randomise,
    day: checkWhole("day", options.day ?? 0, 0, settings.horizon - 1),
  };
}
