import { adjoint } from "../../compiler/adjoint/adjoint.js";
import type { Program } from "../../compiler/ir/program.js";
import { layoutRecord } from "../../compiler/schema.js";
import { breakerJumps } from "../breakers/compose.js";
import type { BreakerLimits } from "../breakers/limits.js";
import { isEconomy } from "../economy.js";
import type { World } from "../world.js";
import { type LanePrograms, lanePrograms } from "./programs.js";
import { type LaneRecords, storedRecords } from "./records.js";
import type { LaneOptions } from "./uses.js";

/** The lane driver and its way back through time. */
export interface BackwardPrograms extends LanePrograms {
  /**
   * One control step backwards, see {@link adjoint}: from the derivatives with respect to the lane after the step to those with
   * respect to the lane before it and to the request.
   */
  readonly backward: Program;
  /** The records that have derivatives, in the order of `backward`'s. */
  readonly followed: readonly (keyof LaneRecords)[];
}

/**
 * Ended episodes are not reset: what follows them must not count. Parameters are taken for constants.
 * @param jumps widths of the jumps that are smoothed on the way back, by field, see {@link adjoint}
 * @param seeds the fields and records that are worth something by themselves after a step; default all
 * @throws UserError E_STEP_* where a function of the world is outside of the compiler's subset, E_DERIVATIVE for an unknown jump
 */
export function backwardPrograms(
  world: World,
  options: LaneOptions,
  jumps: Readonly<Record<string, number>> = {},
  seeds?: readonly string[],
): BackwardPrograms {
  const programs = lanePrograms(world, options, { autoreset: false });
  const { records, step } = programs;
  const followed = storedRecords(records).filter((name) => name !== "params" && layoutRecord(records[name]).size > 0);
  return { ...programs, followed, backward: adjoint(step, { wrt: followed, jumps, ...(seeds ? { seeds } : {}) }) };
}

/** Every jump that a world and its breakers name. */
export function jumpsOf(world: World, limits: BreakerLimits): Readonly<Record<string, number>> {
  const breakers = isEconomy(world) ? Object.entries(breakerJumps(limits)) : [];
  return { ...world.jumps, ...Object.fromEntries(breakers.map(([name, width]) => [`breakers.${name}`, width])) };
}
