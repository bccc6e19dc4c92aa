import type { Uses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import type { LaneValues } from "../lane/records.js";
import { type LaneUses, stepLane } from "../lane/step.js";
import { type LaneOptions, laneUses, laneUseUnits } from "../lane/uses.js";
import type { Values } from "../world.js";
import { PORT_UNITS, type PortUses, portUses, startPort } from "./ports.js";
import type { SectorParams } from "./sector-params.js";

/*
 * One economy within a world of several: the lane driver of a single world, between the sector's answer of the last step and the
 * figures for its next one. Plain functions like those of the lane driver.
 */

/** The records of a lane and the economy's port to the sector. */
export interface AgentValues extends LaneValues {
  readonly port: Values;
}

export interface AgentUses {
  readonly lane: LaneUses;
  readonly port: PortUses;
  readonly stepLane: typeof stepLane;
  readonly startPort: typeof startPort;
}

export function agentUses(economy: Economy, options: LaneOptions, sector: SectorParams, stepDays: number): Uses {
  const uses = { lane: laneUses(economy, options), port: portUses(economy, sector, stepDays), stepLane, startPort };
  return uses satisfies Record<keyof AgentUses, unknown>;
}

export function agentUseUnits(economy: Economy): Record<string, string> {
  const units: Record<string, string> = {};
  for (const [name, unit] of Object.entries(laneUseUnits(economy))) units[`lane.${name}`] = unit;
  for (const [name, unit] of Object.entries(PORT_UNITS)) units[`port.${name}`] = unit;
  return units;
}

/**
 * One control step of one economy. When its agent has ended, the economy goes on with the actions that were in force, since its
 * token still trades besides the others; reward and costs are 0 then and nothing ends again.
 */
export function stepAgent(records: AgentValues, u: AgentUses): void {
  const { lane, state, requested, applied, flows, terms, costs, port } = records;
  const alive = port["alive"]!;
  const returned = lane.return;
  if (alive < 0.5) for (const name in requested) requested[name] = applied[name]!;
  u.port.writePort(state, port, u.port);
  u.stepLane(records, u.lane);
  u.port.readPort(port, state, flows, u.port);
  port["steps"] = port["steps"]! + alive;
  port["terminated"] = alive * lane.terminated;
  port["truncated"] = alive * lane.truncated;
  port["alive"] = alive * (1 - lane.ended);
  port["ruined"] = Math.max(port["ruined"]!, port["terminated"]!);
  lane.terminated = port["terminated"]!;
  lane.truncated = port["truncated"]!;
  lane.ended = port["terminated"]! + port["truncated"]!;
  if (alive < 0.5) {
    lane.reward = 0;
    lane.return = returned;
    for (const name in terms) terms[name] = 0;
    for (const name in costs) costs[name] = 0;
  }
}

/**
 * Starts the next episode where the world is over. Rewards, costs and terms of the step that ended it stay to be read; the last
 * observation is kept in `lastObservation`.
 */
export function restartAgent(records: AgentValues, u: AgentUses): void {
  const { control, lane, state, flows, observation, lastObservation, hidden, lastHidden, port } = records;
  if (port["over"]! > 0.5) {
    for (const name in observation) lastObservation[name] = observation[name]!;
    for (const name in lastHidden) lastHidden[name] = hidden[name]!;
    lane.lastReturn = lane.return;
    lane.lastLength = port["steps"]!;
    lane.episode = (lane.episode + control.numLanes) >>> 0;
    for (const name in flows) flows[name] = 0;
    u.lane.startEpisode(records, u.lane);
    for (const name in hidden) hidden[name] = state[name]!;
    u.startPort(port, state, flows, u.port);
  }
}
