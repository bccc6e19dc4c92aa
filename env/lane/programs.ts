import type { Program } from "../../compiler/ir/program.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { World } from "../world.js";
import { type LaneRecordOptions, type LaneRecords, laneRecords } from "./records.js";
import { resetLane, stepLane } from "./step.js";
import { type LaneOptions, laneUses, laneUseUnits } from "./uses.js";

/** The lane driver of a world, compiled for no device yet. */
export interface LanePrograms {
  readonly records: LaneRecords;
  readonly step: Program;
  readonly reset: Program;
}

/** @throws UserError E_STEP_* where a function of the world is outside of the compiler's subset */
export function lanePrograms(world: World, options: LaneOptions, kept: Omit<LaneRecordOptions, "limits"> = {}): LanePrograms {
  const records = laneRecords(world, options.params, { limits: options.limits, ...kept });
  const common = { uses: laneUses(world, options), useUnits: laneUseUnits(world), records: { ...records } };
  return {
    records,
    step: buildProgram({ name: `${world.id} step`, step: stepLane, ...common }),
    reset: buildProgram({ name: `${world.id} reset`, step: resetLane, ...common }),
  };
}
