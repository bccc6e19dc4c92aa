import { clamp } from "../../compiler/primitives.js";
import type { Uses } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import { breakerUses } from "../breakers/compose.js";
import type { BreakerLimits } from "../breakers/limits.js";
import { isEconomy } from "../economy.js";
import type { Objective, World } from "../world.js";
import { type LaneUses, observeDelayed, startEpisode, takeRequest } from "./step.js";

export interface LaneOptions {
  readonly weights: Objective;
  readonly limits: BreakerLimits;
  /** Values of the parameters: preset and params file applied. Varying ones are the start values of each lane. */
  readonly params: Readonly<Record<string, number>>;
}

export function laneUses(world: World, options: LaneOptions): Uses {
  const fields = world.actions.kind === "continuous" ? world.actions.fields : {};
  return {
    clamp,
    uniform4,
    ...breakerUses(options.limits),
    world: { ...world.functions, ...(isEconomy(world) ? { account: world.account } : {}) },
    uses: world.uses,
    hasToken: isEconomy(world) ? 1 : 0,
    discrete: world.actions.kind === "discrete" ? 1 : 0,
    actionDelay: world.actionDelay,
    observationDelay: world.observationDelay,
    weights: options.weights,
    actions: Object.fromEntries(
      Object.entries(fields).map(([name, { low, high, maxMove, start }]) => [name, { low, high, maxMove, start }]),
    ),
    observe: observeDelayed,
    takeRequest,
    startEpisode,
  } satisfies Uses & Record<keyof LaneUses, unknown>;
}

export function laneUseUnits(world: World): Record<string, string> {
  const units: Record<string, string> = {};
  for (const [name, unit] of Object.entries(world.useUnits ?? {})) units[`uses.${name}`] = unit;
  if (world.actions.kind === "continuous") {
    for (const [name, { unit }] of Object.entries(world.actions.fields)) {
      for (const key of ["low", "high", "maxMove", "start"]) units[`actions.${name}.${key}`] = unit;
    }
  }
  return units;
}
