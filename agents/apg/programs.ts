import { adjoint, adjointName } from "../../compiler/adjoint/adjoint.js";
import { TAPE } from "../../compiler/adjoint/tape.js";
import type { Program } from "../../compiler/ir/program.js";
import { clamp } from "../../compiler/primitives.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { type BackwardPrograms, backwardPrograms } from "../../env/lane/backward.js";
import { storedRecords } from "../../env/lane/records.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { padded } from "../../models/spec.js";
import type { PolicyStructure } from "../learned/structure.js";
import { laneBinding, withoutUnits } from "../rollout/programs.js";
import { buildStructurePrograms, type StructurePrograms } from "../rollout/structure-programs.js";

const one = (doc: string) => ({ unit: "1", doc });

/** What is kept of each control step for the way back. */
const DAY = {
  reward: one("reward of the step, 0 after the end of the episode"),
  alive: one("1 until the episode ended"),
};

/** What runs along an episode, forwards and backwards. */
const COURSE = {
  alive: one("1 until the episode ended"),
  return: one("sum of rewards so far"),
  future: one("sum of the rewards after this step, on the way back"),
};

/** Everything that one episode is followed forwards and backwards with, and the records in the lane block. */
export interface ApgPrograms {
  readonly lane: BackwardPrograms;
  readonly policy: StructurePrograms;
  readonly course: RecordBinding;
  readonly day: RecordBinding;
  /** (course) */
  readonly start: Program;
  /** (lane, course, day) */
  readonly record: Program;
  /** (day, derivatives of lane, course, scale) */
  readonly seed: Program;
  /** (derivatives of the request, scale) */
  readonly limit: Program;
  readonly backward: { readonly input: Program; readonly request: Program; readonly base: Program | null };
  /** Lane records that a control step starts from: kept for each day. */
  readonly kept: readonly RecordBinding[];
  /** Derivatives with respect to those. */
  readonly derivatives: readonly RecordBinding[];
  /** All other lane records. */
  readonly others: readonly RecordBinding[];
}

export const NAMES = { memory: "memory", baseMemory: "baseMemory", input: "input", output: "output" } as const;

/** The smoothed jumps of a world that can be ruined. */
function ruinJumps(world: World, width: number): Readonly<Record<string, number>> {
  return width > 0 && "ruin" in world.terms ? { "terms.ruin": width } : {};
}

interface ProgramOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly structure: PolicyStructure;
  /** Width of the jump of ruin on the way back; 0 leaves the jump as it is. */
  readonly ruinWidth: number;
  readonly maxSlope: number;
}

export function buildApgPrograms({ world, lane: options, structure, ruinWidth, maxSlope }: ProgramOptions): ApgPrograms {
  const lane = backwardPrograms(world, options, ruinJumps(world, ruinWidth));
  const { records } = lane;
  const policy = buildStructurePrograms({ world, records, structure }, NAMES);
  const { memory, input, output, base } = policy;
  const [course, day] = [laneBinding("course", COURSE), laneBinding("day", DAY)];
  const laneDerivatives = { ...records.lane, name: adjointName("lane") };
  const scale: RecordBinding = { name: "scale", kind: "uniform", fields: { scale: one("weight of a reward") } };
  const backward = {
    input: adjoint(policy.readInput, { wrt: ["observation", NAMES.memory, NAMES.input] }),
    request: adjoint(policy.addToBase, { wrt: [NAMES.output, NAMES.memory, "requested"], clamps: "inward" }),
    base: base ? adjoint(base.act, { wrt: [NAMES.baseMemory, "observation", "requested"] }) : null,
  };
  const kept = [...lane.followed.map((name) => records[name]), memory, ...(base ? [base.memory] : [])];
  const copies = [
    { ...memory, name: "memoryBefore" },
    { ...memory, name: "memoryBetween" },
    ...(base
      ? [
          { ...base.memory, name: "baseMemoryBefore" },
          { ...records.requested, name: "baseRequest" },
        ]
      : []),
  ];
  const inputDerivatives = laneBinding(adjointName(NAMES.input), {
    x: { ...one(""), length: padded(input.fields["x"]!.length!) },
  });
  const tapes = [lane.backward, ...Object.values(backward)].map((program) => program?.records.at(-1)?.size ?? 0);
  const tape = laneBinding(TAPE, { all: { ...one(""), length: Math.max(1, ...tapes) } });
  return {
    ...{ lane, policy, course, day, backward, kept },
    start: buildProgram({ name: "start of an episode", uses: {}, step: startCourse, records: { course } }),
    record: buildProgram({ name: "record a day", uses: {}, step: recordDay, records: { lane: records.lane, course, day } }),
    seed: buildProgram({
      name: "derivatives of a day",
      uses: {},
      step: seedDay,
      records: { day, derivatives: laneDerivatives, course, scale },
    }),
    limit: buildProgram({
      name: "limit of slopes",
      uses: { clamp, maxSlope, bands: halfBands(world) },
      step: limitSlopes,
      records: { derivatives: { ...withoutUnits(records.requested), name: adjointName("requested") }, scale },
    }),
    derivatives: kept.map((record) => ({ ...record, name: adjointName(record.name) })),
    others: [
      ...storedRecords(records)
        .filter((name) => !lane.followed.includes(name))
        .map((name) => records[name]),
      ...[input, output, course, inputDerivatives, tape],
      { ...output, name: adjointName(NAMES.output) },
      ...copies,
    ],
  };
}

function halfBands({ actions }: World): Readonly<Record<string, number>> {
  const bands = actions.kind === "continuous" ? Object.entries(actions.fields) : [];
  return Object.fromEntries(bands.map(([name, { low, high }]) => [name, 0.5 * (high - low)]));
}

/** Floats of a record per lane. */
export const sizeOf = (record: RecordBinding): number => layoutRecord(record).size;

interface Course {
  alive: number;
  return: number;
  future: number;
}

function startCourse({ course }: { readonly course: Course }): void {
  course.alive = 1;
  course.return = 0;
  course.future = 0;
}

/** A ruined world earns nothing for the days after. */
function recordDay(records: {
  readonly lane: { readonly reward: number; readonly terminated: number };
  readonly course: Course;
  readonly day: { reward: number; alive: number };
}): void {
  const { lane, course, day } = records;
  const reward = course.alive > 0.5 ? lane.reward : 0;
  day.reward = reward;
  day.alive = course.alive;
  course.return = course.return + reward;
  course.alive = lane.terminated > 0.5 ? 0 : course.alive;
}

/** Each reward counts; ruin also costs what would still have come. */
function seedDay(records: {
  readonly day: { readonly reward: number; readonly alive: number };
  readonly derivatives: { reward: number; terminated: number };
  readonly course: Course;
  readonly scale: { readonly scale: number };
}): void {
  const { day, derivatives, course, scale } = records;
  derivatives.reward = derivatives.reward + day.alive * scale.scale;
  derivatives.terminated = derivatives.terminated - day.alive * scale.scale * course.future;
  course.future = course.future + day.reward;
}

/**
 * In a closed loop derivatives can grow from day to day without bound while what they are of hardly changes: chaos (Metz et al. 2021).
 * What one request of one episode may count for is limited, so that no episode drowns the others. A NaN counts for nothing.
 */
function limitSlopes(
  records: { readonly derivatives: Record<string, number>; readonly scale: { readonly scale: number } },
  u: { readonly clamp: typeof clamp; readonly maxSlope: number; readonly bands: Readonly<Record<string, number>> },
): void {
  const { derivatives, scale } = records;
  for (const name in derivatives) {
    const unit = scale.scale / u.bands[name]!;
    derivatives[name] = unit * u.clamp(derivatives[name]! / unit, -u.maxSlope, u.maxSlope, 0);
  }
}
