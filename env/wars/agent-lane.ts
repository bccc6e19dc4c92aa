import type { Uses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import { type LaneOptions, laneUses, laneUseUnits, stepLane } from "../lane.js";
import type { Values, WorldUses } from "../world.js";
import { PORT_UNITS, portUses, startPort } from "./ports.js";
import type { SectorParams } from "./sector-params.js";

/**
 * One economy within a world of several: the lane driver of a single world, between the sector's answer of the last step and the
 * figures for its next one. Plain functions like those of the lane driver; `y` is the economy's port.
 */
export function agentUses(economy: Economy, options: LaneOptions, sector: SectorParams, stepDays: number): Uses {
  return { lane: laneUses(economy, options), port: portUses(economy, sector, stepDays), stepLane, startPort };
}

export function agentUseUnits(economy: Economy): Record<string, string> {
  const units: Record<string, string> = {};
  for (const [name, unit] of Object.entries(laneUseUnits(economy))) units[`lane.${name}`] = unit;
  for (const [name, unit] of Object.entries(PORT_UNITS)) units[`port.${name}`] = unit;
  return units;
}

/**
 * One control step of one economy. When its agent has ended, the economy goes on with the actions that were in force, since its
 * token still trades beside the others; reward and costs are 0 then and nothing ends again.
 */
export function stepAgent(
  c: Values,
  l: Values,
  s: Values,
  p: Values,
  q: Values,
  a: Values,
  z: Values,
  f: Values,
  r: Values,
  k: Values,
  b: Values,
  h: Values,
  o: Values,
  x: Values,
  e: Values,
  n: Values,
  v: Values,
  w: Values,
  y: Values,
  u: WorldUses,
): void {
  const alive = y["alive"]!;
  const returned = l["return"]!;
  if (alive < 0.5) for (const j in q) q[j] = a[j]!;
  u.port.writePort(s, y, u.port);
  u.stepLane(c, l, s, p, q, a, z, f, r, k, b, h, o, x, e, n, v, w, u.lane);
  u.port.readPort(y, s, f, u.port);
  y["lived"] = y["lived"]! + alive;
  y["terminated"] = alive * l["terminated"]!;
  y["truncated"] = alive * l["truncated"]!;
  y["alive"] = alive * (1 - l["ended"]!);
  y["ruined"] = Math.max(y["ruined"]!, y["terminated"]!);
  l["terminated"] = y["terminated"]!;
  l["truncated"] = y["truncated"]!;
  l["ended"] = y["terminated"]! + y["truncated"]!;
  if (alive < 0.5) {
    l["reward"] = 0;
    l["return"] = returned;
    for (const name in r) r[name] = 0;
    for (const name in k) k[name] = 0;
  }
}

/**
 * Starts the next episode where the world is over. Rewards, costs and terms of the step that ended it stay to be read; the last
 * observation is kept in `x`. Same records as {@link stepAgent}.
 */
export function restartAgent(
  c: Values,
  l: Values,
  s: Values,
  p: Values,
  _q: Values,
  a: Values,
  z: Values,
  f: Values,
  _r: Values,
  _k: Values,
  b: Values,
  h: Values,
  o: Values,
  x: Values,
  _e: Values,
  n: Values,
  v: Values,
  w: Values,
  y: Values,
  u: WorldUses,
): void {
  if (y["over"]! > 0.5) {
    for (const name in o) x[name] = o[name]!;
    for (const name in w) w[name] = v[name]!;
    l["lastReturn"] = l["return"]!;
    l["lastLength"] = y["lived"]!;
    l["episode"] = (l["episode"]! + c["numLanes"]!) >>> 0;
    for (const name in f) f[name] = 0;
    u.lane.resetWorld(c, l, s, p, a, z, f, b, h, o, n, u.lane);
    for (const name in v) v[name] = s[name]!;
    u.startPort(y, s, f, u.port);
  }
}
