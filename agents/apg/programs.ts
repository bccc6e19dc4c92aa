import { adjoint, adjointName } from "../../compiler/adjoint/adjoint.js";
import { TAPE } from "../../compiler/adjoint/tape.js";
import type { Program } from "../../compiler/ir/program.js";
import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import { type BackwardPrograms, backwardPrograms, jumpsOf } from "../../env/lane/backward.js";
import { storedRecords } from "../../env/lane/records.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { padded } from "../../models/spec.js";
import { networkInputs, type Places } from "../learned/places.js";
import type { PolicyStructure } from "../learned/structure.js";
import { laneBinding } from "../rollout/programs.js";
import { buildStructurePrograms, type StructurePrograms } from "../rollout/structure-programs.js";
import { buildEpisode, type EpisodePrograms } from "./episode-programs.js";

const one = (doc: string) => ({ unit: "1", doc });

/** Everything that one episode is followed forwards and backwards with, and the records in the lane block. */
export interface ApgPrograms extends EpisodePrograms {
  readonly lane: BackwardPrograms;
  readonly policy: StructurePrograms;
  readonly backward: {
    readonly input: Program;
    readonly request: Program;
    readonly base: Program | null;
    /** (derivatives of one run's inputs, of all inputs): those of the context are added; null where the network runs once. */
    readonly pool: Program | null;
  };
  /** Lane records that a control step starts from and the way back reads: kept for each day. */
  readonly kept: readonly RecordBinding[];
  /** Derivatives with respect to what a control step starts from, and to its request. */
  readonly derivatives: readonly RecordBinding[];
  /** All other lane records. */
  readonly others: readonly RecordBinding[];
}

export const NAMES = { memory: "memory", baseMemory: "baseMemory", input: "input", output: "output" } as const;

/** Record of the derivatives of one run's inputs, where the network runs for each element of a group. */
export const RUN_SLOPES = "runSlopes";

export interface ProgramOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly structure: PolicyStructure;
  readonly maxSlope: number;
  readonly smoothJumps: boolean;
  /** In halves of a request's band. */
  readonly clampMargin: number;
}

export function buildApgPrograms({
  world,
  lane: options,
  structure,
  maxSlope,
  smoothJumps,
  clampMargin,
}: ProgramOptions): ApgPrograms {
  const jumps = smoothJumps ? jumpsOf(world, options.limits) : {};
  const lane = backwardPrograms(world, options, jumps, seedsOf(world));
  const { records } = lane;
  const policy = buildStructurePrograms({ world, records, structure }, NAMES);
  const { memory, input, output, base } = policy;
  const episode = buildEpisode({ world, records, tripDrawdown: options.limits.tripDrawdown, maxSlope });
  const backward = {
    input: adjoint(policy.readInput, { wrt: ["observation", NAMES.memory, NAMES.input] }),
    request: adjoint(policy.addToBase, { wrt: [NAMES.output, NAMES.memory, "requested"], clamps: { beyond: clampMargin } }),
    base: base ? adjoint(base.act, { wrt: [NAMES.baseMemory, "observation", "requested"] }) : null,
    pool: policy.places.numOwn > 0 ? poolProgram(policy.places) : null,
  };
  const followed = [...lane.followed.map((name) => records[name]), memory, ...(base ? [base.memory] : [])];
  const readers = [lane.backward, backward.input, backward.request, ...(backward.base ? [backward.base] : [])];
  // The request is written to where it is kept.
  const inBlock = followed.filter(({ name }) => name !== "requested");
  const kept = inBlock.filter(({ name }) => readers.some((program) => reads(program, name)));
  const inputDerivatives = laneBinding(adjointName(NAMES.input), {
    x: { ...one(""), length: padded(input.fields["x"]!.length!) },
  });
  // The kernel writes whole groups of four.
  const runSlopes = laneBinding(RUN_SLOPES, { x: { ...one(""), length: padded(networkInputs(policy.places)) } });
  const tapes = readers.map((program) => program.records.at(-1)?.size ?? 0);
  const tape = laneBinding(TAPE, { all: { ...one(""), length: Math.max(1, ...tapes) } });
  return {
    ...{ lane, policy, backward, kept, ...episode },
    derivatives: followed.map((record) => ({ ...record, name: adjointName(record.name) })),
    others: [
      ...inBlock.filter((record) => !kept.includes(record)),
      ...storedRecords(records)
        .filter((name) => name !== "requested" && !lane.followed.includes(name))
        .map((name) => records[name]),
      ...[episode.course, inputDerivatives, ...(backward.pool ? [runSlopes] : []), tape],
      { ...output, name: adjointName(NAMES.output) },
    ],
  };
}

function poolProgram(places: Places): Program {
  const of = (name: string, length: number) => laneBinding(name, { x: { ...one(""), length } });
  return buildProgram({
    name: "derivatives of the context",
    uses: { numContext: places.numContext },
    step: addContext,
    records: { run: of(RUN_SLOPES, networkInputs(places)), all: of(adjointName(NAMES.input), places.rowLength) },
  });
}

function addContext(
  { run, all }: { readonly run: { readonly x: readonly number[] }; readonly all: { readonly x: number[] } },
  u: { readonly numContext: number },
): void {
  for (let i = 0; i < u.numContext; i++) all.x[i] = all.x[i]! + run.x[i]!;
}

/** What {@link EpisodePrograms.seed} and the policy put derivatives to. */
function seedsOf({ state }: World): readonly string[] {
  return ["lane.reward", "lane.terminated", ...("maxDrawdown" in state ? ["state.maxDrawdown"] : []), "observation"];
}

const reads = ({ nodes }: Program, record: string): boolean =>
  nodes.some(({ op }) => op.kind === "load" && op.record === record);

/** Floats of a record per lane. */
export const sizeOf = (record: RecordBinding): number => layoutRecord(record).size;
