import { adjointName } from "../../compiler/adjoint/adjoint.js";
import type { Program } from "../../compiler/ir/program.js";
import { clamp } from "../../compiler/primitives.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { LaneRecords } from "../../env/lane/records.js";
import type { World } from "../../env/world.js";
import { laneBinding, withoutUnits } from "../rollout/programs.js";
import { COURSE, courseUses, DAY, limitSlopes, recordDay, SCALE, seedDay, startCourse } from "./course.js";

/** What is recorded of an episode forwards, and what its derivatives start from backwards. */
export interface EpisodePrograms {
  readonly course: RecordBinding;
  readonly day: RecordBinding;
  /** (course) */
  readonly start: Program;
  /** (lane, breakers, state, course, day) */
  readonly record: Program;
  /** (day, derivatives of lane and state, course, scale) */
  readonly seed: Program;
  /** (derivatives of the request, course, scale) */
  readonly limit: Program;
}

interface EpisodeOptions {
  readonly world: World;
  readonly records: LaneRecords;
  readonly tripDrawdown: number;
  readonly maxSlope: number;
}

export function buildEpisode({ world, records, tripDrawdown, maxSlope }: EpisodeOptions): EpisodePrograms {
  const [course, day] = [laneBinding("course", COURSE), laneBinding("day", DAY)];
  const scale: RecordBinding = { name: "scale", kind: "uniform", fields: SCALE };
  const derivativesOf = (name: "lane" | "state") => ({ ...records[name], name: adjointName(name) });
  const hasFalls = "trips" in records.breakers.fields && "maxDrawdown" in records.state.fields;
  const falls = hasFalls ? { breakers: records.breakers, state: records.state } : {};
  const fallDerivatives = hasFalls ? { stateDerivatives: derivativesOf("state") } : {};
  const uses = courseUses(hasFalls, tripDrawdown);
  return {
    ...{ course, day },
    start: buildProgram({ name: "start of an episode", uses: {}, step: startCourse, records: { course } }),
    record: buildProgram({
      name: "record a day",
      uses,
      step: recordDay,
      records: { lane: records.lane, ...falls, course, day },
    }),
    seed: buildProgram({
      name: "derivatives of a day",
      uses,
      step: seedDay,
      records: { day, derivatives: derivativesOf("lane"), ...fallDerivatives, course, scale },
    }),
    limit: buildProgram({
      name: "limit of slopes",
      uses: { clamp, maxSlope, bands: halfBands(world) },
      step: limitSlopes,
      records: { derivatives: { ...withoutUnits(records.requested), name: adjointName("requested") }, course, scale },
    }),
  };
}

function halfBands({ actions }: World): Readonly<Record<string, number>> {
  const bands = actions.kind === "continuous" ? Object.entries(actions.fields) : [];
  return Object.fromEntries(bands.map(([name, { low, high }]) => [name, 0.5 * (high - low)]));
}
