import type { Uses } from "../../compiler/schema.js";
import type { uniform4 } from "../../core/random.js";
import type { BreakerUses } from "../breakers/breaker.js";
import type { BreakerGroup } from "../breakers/compose.js";
import type { Economy } from "../economy.js";
import type { Objective, WorldFunctions } from "../world.js";
import type { LaneValues } from "./records.js";

/*
 * One lane is one world. This file composes the functions of any world into one control step with delays, breakers,
 * objective, end of episode and same-step autoreset, as plain functions that run as they stand and are compiled.
 */

/** What the driver's functions use besides records; `uses` is the world's own. */
export interface LaneUses extends BreakerUses, BreakerGroup {
  readonly uniform4: typeof uniform4;
  readonly observe: typeof observeDelayed;
  readonly takeRequest: typeof takeRequest;
  readonly startEpisode: typeof startEpisode;
  /** `account` only for a token. */
  readonly world: WorldFunctions & Pick<Economy, "account">;
  readonly uses: Uses;
  /** 1 for a world with a token, 1 for one choice of several. */
  readonly hasToken: number;
  readonly discrete: number;
  /** Control steps. */
  readonly actionDelay: number;
  readonly observationDelay: number;
  readonly weights: Objective;
}

/** One control step of one lane. */
export function stepLane(records: LaneValues, u: LaneUses): void {
  const { control, lane, state, params, applied, shocks, flows, terms, costs } = records;
  const { observation, lastObservation, due, hidden, lastHidden } = records;
  u.takeRequest(records, u);
  let frozen = 0;
  if (u.hasToken > 0) {
    for (const id in u.breakers.halted) frozen = Math.max(frozen, u.breakers.halted[id]!(records, u));
    applied["mintLimit"] = flows["supply"]!;
    applied["burnLimit"] = flows["supply"]!;
    for (const id in u.breakers.limitSupply) u.breakers.limitSupply[id]!(records, u);
  }
  if (u.discrete > 0) applied["choice"] = due["choice"]!;
  else for (const id in u.breakers.limitActions) u.breakers.limitActions[id]!(records, frozen, u);

  u.world.draw(shocks, { seed: control.seed, episode: lane.episode, day: lane.day, stream: control.market }, u.uses);
  u.world.step(state, params, applied, shocks, flows, u.uses);
  u.world.objective(terms, state, params, applied, flows, u.uses);
  u.world.costs(costs, state, params, applied, flows, u.uses);
  if (u.hasToken > 0) {
    for (const id in u.breakers.record) u.breakers.record[id]!(records, u);
  }

  let reward = 0;
  for (const term in terms) reward += u.weights[term]! * terms[term]!;
  lane.reward = reward;
  lane.day = (lane.day + 1) >>> 0;
  lane.terminated = u.world.terminated(state, params, flows, u.uses);
  lane.truncated = lane.terminated < 0.5 && lane.day >= control.horizon ? 1 : 0;
  lane.ended = lane.terminated + lane.truncated;
  lane.return = lane.return + reward;

  u.observe(records, u);
  for (const name in hidden) hidden[name] = state[name]!;
  if (control.autoreset > 0.5 && lane.ended > 0.5) {
    for (const name in observation) lastObservation[name] = observation[name]!;
    for (const name in lastHidden) lastHidden[name] = hidden[name]!;
    lane.lastReturn = lane.return;
    lane.lastLength = lane.day;
    lane.episode = (lane.episode + control.numLanes) >>> 0;
    u.startEpisode(records, u);
    for (const name in hidden) hidden[name] = state[name]!;
  }
}

/** Puts a lane at the start of the episode `lane.episode`. */
export function resetLane(records: LaneValues, u: LaneUses): void {
  const { lane, state, requested, flows, terms, costs, lastObservation, due, hidden, lastHidden } = records;
  for (const name in requested) requested[name] = u.discrete > 0 ? 0 : u.actions[name]!.start;
  for (const name in due) due[name] = requested[name]!;
  for (const name in terms) terms[name] = 0;
  for (const name in costs) costs[name] = 0;
  for (const name in flows) flows[name] = 0;
  for (const name in lastObservation) lastObservation[name] = 0;
  lane.reward = 0;
  lane.terminated = 0;
  lane.truncated = 0;
  lane.ended = 0;
  lane.lastReturn = 0;
  lane.lastLength = 0;
  u.startEpisode(records, u);
  for (const name in hidden) {
    hidden[name] = state[name]!;
    lastHidden[name] = 0;
  }
}

/** The request that is due now: the one of `actionDelay` steps ago. */
export function takeRequest({ control, requested, delays, due }: LaneValues, u: LaneUses): void {
  for (const name in requested) {
    due[name] = requested[name]!;
    if (u.actionDelay > 0) {
      due[name] = delays[`action.${name}`]![control.actionSlot]!;
      delays[`action.${name}`]![control.actionSlot] = requested[name]!;
    }
  }
}

/** Draws parameters and state of the episode `lane.episode` and makes its first observation. */
export function startEpisode(records: LaneValues, u: LaneUses): void {
  const { control, lane, state, params, applied, shocks, flows, delays, observation, undelayed } = records;
  lane.day = 0;
  lane.return = 0;
  if (control.randomise > 0.5) {
    u.world.drawParams(params, { seed: control.seed, episode: lane.episode, day: 0, stream: control.scenario }, u.uses);
  }
  const key = { seed: control.seed, episode: lane.episode, day: 0, stream: control.reset };
  u.world.reset(state, params, key, u.uses);
  for (const name in applied) {
    if (name !== "mintLimit" && name !== "burnLimit") {
      applied[name] = u.discrete > 0 ? 0 : u.actions[name]!.start;
      if (u.actionDelay > 0) for (let i = 0; i < u.actionDelay; i++) delays[`action.${name}`]![i] = applied[name]!;
    } else {
      applied[name] = 0;
    }
  }
  if (u.hasToken > 0) {
    u.world.account(flows, state, params, u.uses);
    for (const id in u.breakers.reset) u.breakers.reset[id]!(records, u);
  }
  // The shocks of a reset only serve the noise of the first observation.
  u.world.draw(shocks, { seed: key.seed, episode: key.episode, day: 0, stream: (key.stream + 1024) >>> 0 }, u.uses);
  u.world.observe(undelayed, state, params, shocks, u.uses);
  for (const name in observation) {
    observation[name] = undelayed[name]!;
    if (u.observationDelay > 0)
      for (let i = 0; i < u.observationDelay; i++) delays[`observation.${name}`]![i] = undelayed[name]!;
  }
}

/** The observation that reaches the controller: the one of `observationDelay` steps ago. */
export function observeDelayed(records: LaneValues, u: LaneUses): void {
  const { control, state, params, shocks, delays, observation, undelayed } = records;
  u.world.observe(undelayed, state, params, shocks, u.uses);
  for (const name in observation) {
    if (u.observationDelay > 0) {
      observation[name] = delays[`observation.${name}`]![control.observationSlot]!;
      delays[`observation.${name}`]![control.observationSlot] = undelayed[name]!;
    } else {
      observation[name] = undelayed[name]!;
    }
  }
}
