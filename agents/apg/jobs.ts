import { adjointName } from "../../compiler/adjoint/adjoint.js";
import type { Program } from "../../compiler/ir/program.js";
import type { Argument, Call, Job } from "../../models/wasm/plan.js";
import { bringElement, elements, moveOn, runElements } from "../rollout/element-calls.js";
import { kernel, stageCall } from "../rollout/rollout-jobs.js";
import type { ApgLayout } from "./layout.js";
import { type ApgPrograms, NAMES, RUN_SLOPES, sizeOf } from "./programs.js";

interface ApgJobs {
  /** Programs of the device's modules, in order. */
  readonly programs: readonly Program[];
  readonly start: Job;
  readonly forward: Job;
  readonly backward: Job;
}

/** What calls are written with. */
interface Calls {
  readonly programs: ApgPrograms;
  readonly layout: ApgLayout;
  readonly horizon: number;
  /** A program on a chunk, in the order of control steps or, backwards, from the last to the first. */
  readonly run: (program: Program, order: Order) => Call;
  readonly record: (name: string) => Argument;
  /** A lane record to another of the same size; nothing where it has no fields. */
  readonly copy: (from: string, to: string) => readonly Call[];
}

type Order = "first to last" | "last to first";

/** The jobs of a gradient: start of the episodes, every step forwards, every step backwards. */
export function apgJobs(programs: ApgPrograms, layout: ApgLayout, horizon: number): ApgJobs {
  const modules: Program[] = [];
  const { block } = layout;
  const record = (name: string) => laneRecord(layout, name);
  const calls: Calls = {
    ...{ programs, layout, horizon, record },
    run: (program, order) => {
      const known = modules.indexOf(program);
      const index = known < 0 ? modules.push(program) - 1 : known;
      const bases = program.records.map(({ name }) => placeOf(layout, horizon, name, order));
      return stageCall(index, 0, block.chunkLanes, ...bases);
    },
    copy: (from, to) => {
      const bytes = block.layouts.has(from) ? block.layouts.get(from)!.size * block.capacity * 4 : 0;
      return bytes > 0 ? [kernel("copy", record(to), record(from), bytes)] : [];
    },
  };
  const [start, forward, backward] = [startJob(calls), forwardJob(calls), backwardJob(calls)];
  return { programs: modules, start, forward, backward };
}

function laneRecord({ block, lanes }: ApgLayout, name: string): Argument {
  const offset = block.offsets.get(name);
  if (offset === undefined) throw new Error(`internal: no record ${name} in the lane block`);
  return { base: lanes + offset, perChunk: block.chunkBytes };
}

function placeOf(layout: ApgLayout, horizon: number, name: string, order: Order): Argument {
  const { days } = layout;
  switch (name) {
    case "control":
      return { ...rows(layout.control, days.control, horizon, order), perChunk: 0 };
    case "day":
      return rows(layout.dayRecords, days.day, horizon, order);
    case "normalizer":
      return layout.normalizer;
    case "scale":
      return layout.scale;
    case "p":
      // Parameters of the base are folded into its code.
      return layout.scale;
    default:
      return laneRecord(layout, name);
  }
}

/** What there is of each control step, chunk after chunk. */
function rows(base: number, bytes: number, horizon: number, order: Order) {
  const isForwards = order === "first to last";
  return {
    base: isForwards ? base : base + (horizon - 1) * bytes,
    perChunk: bytes * horizon,
    perRepeat: isForwards ? bytes : -bytes,
  };
}

function startJob({ programs, run }: Calls): Job {
  const { lane, policy, start } = programs;
  const { base } = policy;
  const all = [lane.reset, start, policy.start, ...(base ? [base.start] : [])];
  return { name: "start of episodes", calls: all.map((program) => run(program, "first to last")) };
}

function forwardJob(calls: Calls): Job {
  const { programs, layout, horizon, run } = calls;
  const keptDays = rows(layout.keptDays, layout.days.kept, horizon, "first to last");
  return {
    name: "episodes forwards",
    repeat: horizon,
    calls: [
      kernel("copy", keptDays, firstKept(calls), layout.days.kept),
      ...decide(calls, "first to last"),
      ...[programs.policy.addToBase, programs.lane.step, programs.record].map((program) => run(program, "first to last")),
    ],
  };
}

const firstKept = ({ programs, record }: Calls): Argument => record(programs.kept[0]!.name);

/** From observation and memory to the request of the base and the network's output. */
function decide({ programs, layout, run, record }: Calls, order: Order): readonly Call[] {
  const { policy } = programs;
  const { table, params, block } = layout;
  const { capacity, chunkLanes } = block;
  const rows = { input: record(NAMES.input), output: record(NAMES.output), capacity };
  return [
    ...(policy.base ? [run(policy.base.act, order)] : []),
    run(policy.readInput, order),
    ...runElements(policy.places, rows, (input, output, element) =>
      kernel("forward", ...[table, params, input, capacity, chunkLanes, output, capacity, scratch(layout, element)]),
    ),
  ];
}

/** The activations of each run of the network are kept for the way back. */
const scratch = ({ scratch: base, scratchBytes, elementScratchBytes }: ApgLayout, element: number): Argument => ({
  base: base + element * elementScratchBytes,
  perThread: scratchBytes,
});

/** Each part goes back from the records as it found them; what it has changed is put back before it. */
function backwardJob(calls: Calls): Job {
  const { programs, layout, horizon, run, copy } = calls;
  const { lane, policy, backward, seed, limit } = programs;
  const back = (program: Program) => run(program, "last to first");
  const keptDays = rows(layout.keptDays, layout.days.kept, horizon, "last to first");
  return {
    name: "episodes backwards",
    repeat: horizon,
    calls: [
      kernel("copy", firstKept(calls), keptDays, layout.days.kept),
      ...copy(NAMES.memory, "memoryBefore"),
      ...copy(NAMES.baseMemory, "baseMemoryBefore"),
      ...decide(calls, "last to first"),
      ...copy(NAMES.memory, "memoryBetween"),
      ...(policy.base ? copy("requested", "baseRequest") : []),
      ...[policy.addToBase, seed, lane.backward, limit].map(back),
      ...copy("memoryBetween", NAMES.memory),
      ...(policy.base ? copy("baseRequest", "requested") : []),
      back(backward.request),
      ...copy("baseMemoryBefore", NAMES.baseMemory),
      ...(backward.base ? [back(backward.base)] : []),
      ...networkBack(calls),
      ...copy("memoryBefore", NAMES.memory),
      back(backward.input),
      cut(calls),
    ],
  };
}

/** Gradient of the weights, and the derivatives with respect to the network's input. */
function networkBack(calls: Calls): readonly Call[] {
  const { programs, layout, record } = calls;
  const { table, params, block } = layout;
  const { capacity, chunkLanes } = block;
  const { places } = programs.policy;
  const gradient: Argument = { base: layout.gradient, perChunk: layout.gradientBytes };
  const slopes = record(adjointName(NAMES.output));
  const input = record(NAMES.input);
  const isAlone = programs.backward.pool === null;
  const inputSlopes = record(isAlone ? adjointName(NAMES.input) : RUN_SLOPES);
  return [
    ...elements(places).flatMap((element) => {
      const own = scratch(layout, element);
      const outputSlopes = moveOn(slopes, element * places.numOutputs * capacity * 4);
      return [
        ...bringElement(places, { input, output: slopes, capacity }, element),
        kernel("backward", ...[table, params, input, capacity, chunkLanes, outputSlopes, capacity, gradient, own]),
        kernel("inputGradient", table, params, chunkLanes, inputSlopes, capacity, own),
        ...gatherSlopes(calls, element),
      ];
    }),
    kernel("fill", slopes, sizeOf(programs.policy.output) * capacity, 0),
  ];
}

/** The context's derivatives add up over the elements; each element's own go to their place. */
function gatherSlopes({ programs, layout, record, run }: Calls, element: number): readonly Call[] {
  const { pool } = programs.backward;
  if (!pool) return [];
  const { numContext, numOwn, ownAt } = programs.policy.places;
  const row = layout.block.capacity * 4;
  const target = moveOn(record(adjointName(NAMES.input)), (ownAt + element * numOwn) * row);
  return [run(pool, "last to first"), kernel("copy", target, moveOn(record(RUN_SLOPES), numContext * row), numOwn * row)];
}

/** At the start of a window nothing is left of what came later. */
function cut({ programs, layout, record }: Calls): Call {
  const { derivatives } = programs;
  const floats = derivatives.reduce((sum, binding) => sum + sizeOf(binding), 0) * layout.block.capacity;
  const when = { address: { base: layout.cuts, perRepeat: 16 }, count: 4 };
  return { ...kernel("fill", record(derivatives[0]!.name), floats, 0), when };
}
