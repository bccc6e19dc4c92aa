import { UserError } from "../core/errors.js";
import type { Env, ResetRequest, ResetResult, StepResult } from "./contract.js";
import { describeWorld } from "./contract.js";
import type { EpisodeStart } from "./episode-start.js";
import { parseReset } from "./episode-start.js";
import { ringPositions } from "./lane/clock.js";
import { checkAction, plainLane, readInfo, requestAction, toArray } from "./lane/plain.js";
import { type LaneValues, laneRecords } from "./lane/records.js";
import { type LaneUses, resetLane, stepLane } from "./lane/step.js";
import { laneUses } from "./lane/uses.js";
import type { EnvOptions, EnvSettings } from "./settings.js";
import { parseEnvOptions } from "./settings.js";
import { checkDrawnAccounts } from "./start-accounts.js";
import type { World } from "./world.js";

const worlds = new WeakMap<Env, World>();

/** The world that {@link makeEnv} made an environment of; undefined for environments from elsewhere. */
export function worldOf(env: Env): World | undefined {
  return worlds.get(env);
}

/**
 * One world as a Gymnasium-like environment. It runs the plain functions as they stand: nothing is compiled, so a debugger
 * steps through them and pages that forbid `new Function` can use it.
 * @throws UserError for an unknown or bad option; `reset` and `step` do so too
 */
export function makeEnv(world: World, options: EnvOptions = {}): Env {
  return createEnv(world, options, checkAction);
}

/**
 * As {@link makeEnv}, for controllers whose requests are to be seen as they are: a request beyond its band is no error, the breakers hold
 * it in the band and the step says that they did.
 */
export function makeUnclippedEnv(world: World, options: EnvOptions = {}): Env {
  return createEnv(world, options, () => {});
}

function createEnv(world: World, options: EnvOptions, check: typeof checkAction): Env {
  const settings = parseEnvOptions(world, options);
  const spec = describeWorld(world, settings.horizon, "disabled");
  const driver = startLane(world, settings);
  let phase: "new" | "running" | "ended" = "new";
  let seed = settings.seed;
  let episode = -1;

  const env: Env = {
    spec,
    reset(request: ResetRequest = {}): ResetResult {
      const start = parseReset(world, settings, request);
      const next = {
        seed: request.seed ?? seed,
        episode: request.options?.episode ?? (request.seed === undefined ? (episode + 1) >>> 0 : 0),
      };
      const draw = { seed: next.seed, streams: settings.streams, first: next.episode, count: 1 };
      if (start.randomise) checkDrawnAccounts(world, start.params, draw);
      ({ seed, episode } = next);
      driver.reset(seed, episode, start);
      phase = "running";
      return { observation: toArray(driver.records.observation), info: readInfo(world, driver.records) };
    },
    step(action): StepResult {
      if (phase !== "running") throw orderError(phase);
      check(spec, action, `action of ${spec.id}`, "spec.actionSpace");
      requestAction(driver.records, spec, action);
      driver.step();
      const { lane, observation, costs } = driver.records;
      const terminated = lane.terminated === 1;
      const truncated = lane.truncated === 1;
      if (terminated || truncated) phase = "ended";
      return {
        observation: toArray(observation),
        reward: lane.reward,
        costs: toArray(costs),
        terminated,
        truncated,
        info: readInfo(world, driver.records),
      };
    },
  };
  worlds.set(env, world);
  return env;
}

/** The lane driver on plain records. */
function startLane(world: World, settings: EnvSettings) {
  const bindings = laneRecords(world, settings.lane.params, settings.lane);
  const { records, call } = plainLane<LaneValues, LaneUses>(bindings, laneUses(world, settings.lane));
  const { control, lane, params } = records;
  let clock = 0;
  return {
    records,
    reset(seed: number, episode: number, start: EpisodeStart): void {
      clock = 0;
      Object.assign(params, start.params);
      Object.assign(control, settings.streams, { seed, numLanes: 1, autoreset: 0, horizon: settings.horizon });
      Object.assign(control, { randomise: start.randomise ? 1 : 0 }, ringPositions(world, clock));
      lane.episode = episode;
      call(resetLane);
      lane.day = start.day;
    },
    step(): void {
      Object.assign(control, ringPositions(world, clock));
      call(stepLane);
      clock++;
    },
  };
}

function orderError(phase: "new" | "ended"): UserError {
  const what = phase === "new" ? "step was called before the first reset" : "step was called after the end of the episode";
  return new UserError("E_ENV_ORDER", what, "call reset() first");
}
