import { adjointName } from "../../compiler/adjoint/adjoint.js";
import type { Program } from "../../compiler/ir/program.js";
import type { Argument, Call, Job } from "../../models/wasm/plan.js";
import { kernel, stageCall } from "../rollout/rollout-jobs.js";
import type { TableLayout } from "./layout.js";
import { sizeOf, type TablePrograms } from "./programs.js";

interface TableJobs {
  /** Programs of the device's modules, in order. */
  readonly programs: readonly Program[];
  readonly start: Job;
  readonly forward: Job;
  readonly backward: Job;
  /** Episodes under each rule, which writes its requests into the table. */
  readonly rules: readonly { readonly start: Job; readonly play: Job }[];
}

type Order = "first to last" | "last to first";

/** Start of the episodes, every step forwards and every step backwards with requests of the table, and steps under rules. */
export function tableJobs(programs: TablePrograms, layout: TableLayout, horizon: number): TableJobs {
  const modules: Program[] = [];
  const { block, days } = layout;
  const run = (program: Program, order: Order = "first to last"): Call => {
    const known = modules.indexOf(program);
    const index = known < 0 ? modules.push(program) - 1 : known;
    const bases = program.records.map(({ name }) => placeOf(layout, horizon, name, order));
    return stageCall(index, 0, block.chunkLanes, ...bases);
  };
  const record = (name: string) => laneRecord(layout, name);
  const row = (part: "kept" | "requests" | "slopes", order: Order) =>
    rows(layout[part], part === "kept" ? days.kept : days.request, horizon, order);
  const { lane, kept, start, record: recordDay, seed, limit } = programs;
  const firstKept = record(kept[0]!.name);
  const [requested, slopes] = [record("requested"), record(adjointName("requested"))];
  const [there, back] = ["first to last", "last to first"] as const;
  return {
    programs: modules,
    start: { name: "start of episodes", calls: [run(lane.reset), run(start)] },
    forward: {
      name: "episodes forwards",
      repeat: horizon,
      calls: [
        kernel("copy", row("kept", there), firstKept, days.kept),
        kernel("copy", requested, row("requests", there), days.request),
        ...[run(lane.step), run(recordDay)],
      ],
    },
    backward: {
      name: "episodes backwards",
      repeat: horizon,
      calls: [
        kernel("copy", firstKept, row("kept", back), days.kept),
        kernel("copy", requested, row("requests", back), days.request),
        ...[seed, lane.backward, limit].map((program) => run(program, back)),
        kernel("copy", row("slopes", back), slopes, days.request),
        // What was requested before is overwritten by the table: nothing depends on it.
        kernel("fill", slopes, sizeOf(lane.records.requested) * block.capacity, 0),
      ],
    },
    rules: programs.rules.map((rule) => ({
      start: { name: "start of a rule", calls: [run(lane.reset), run(start), run(rule.start)] },
      play: {
        name: "episodes under a rule",
        repeat: horizon,
        calls: [
          run(rule.act),
          kernel("copy", row("requests", there), requested, days.request),
          ...[run(lane.step), run(recordDay)],
        ],
      },
    })),
  };
}

function laneRecord({ block, lanes }: TableLayout, name: string): Argument {
  const offset = block.offsets.get(name);
  if (offset === undefined) throw new Error(`internal: no record ${name} in the lane block`);
  return { base: lanes + offset, perChunk: block.chunkBytes };
}

function placeOf(layout: TableLayout, horizon: number, name: string, order: Order): Argument {
  const { days } = layout;
  switch (name) {
    case "control":
      return { ...rows(layout.control, days.control, horizon, order), perChunk: 0 };
    case "day":
      return rows(layout.day, days.day, horizon, order);
    case "scale":
      return layout.scale;
    case "p":
      // Parameters of rules are folded into their code.
      return layout.scale;
    default:
      return laneRecord(layout, name);
  }
}

/** What there is of each control step. */
function rows(base: number, bytes: number, horizon: number, order: Order) {
  const isForwards = order === "first to last";
  return {
    base: isForwards ? base : base + (horizon - 1) * bytes,
    perChunk: bytes * horizon,
    perRepeat: isForwards ? bytes : -bytes,
  };
}
