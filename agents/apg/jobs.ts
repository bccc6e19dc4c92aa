import { adjointName } from "../../compiler/adjoint/adjoint.js";
import type { Program } from "../../compiler/ir/program.js";
import type { Argument, Call, Job } from "../../models/wasm/plan.js";
import { bringElement, elements, moveOn, runElements } from "../rollout/element-calls.js";
import { kernel, stageCall } from "../rollout/rollout-jobs.js";
import { ACTIVATIONS, type ApgLayout, BASE_REQUEST } from "./layout.js";
import { type ApgPrograms, NAMES, RUN_SLOPES, sizeOf } from "./programs.js";

export interface ApgJobs {
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
  /** A program on a chunk, with records at other places than usual. */
  readonly run: (program: Program, order: Order, places?: Readonly<Record<string, Argument>>) => Call;
  /** A lane record in the block. */
  readonly record: (name: string) => Argument;
  /** What there is of each control step. */
  readonly row: (name: string, order: Order) => Argument;
}

/** Control steps in the order in which a job meets them. */
type Order = "first to last" | "last to first";

/** The jobs of a gradient: start of the episodes, every step forwards, every step backwards. */
export function apgJobs(programs: ApgPrograms, layout: ApgLayout, horizon: number): ApgJobs {
  const modules: Program[] = [];
  const { block } = layout;
  const record = (name: string) => laneRecord(layout, name);
  const calls: Calls = {
    ...{ programs, layout, record },
    run: (program, order, places = {}) => {
      const known = modules.indexOf(program);
      const index = known < 0 ? modules.push(program) - 1 : known;
      const bases = program.records.map(({ name }) => places[name] ?? placeOf(layout, horizon, name, order));
      return stageCall(index, 0, block.chunkLanes, ...bases);
    },
    row: (name, order) => dayRow(layout, horizon, name, order),
  };
  const start = startJob(calls);
  const steps = { forward: forwardJob(calls), backward: backwardJob(calls) };
  return {
    programs: modules,
    start,
    forward: { name: "episodes forwards", repeat: horizon, calls: steps.forward },
    backward: { name: "episodes backwards", repeat: horizon, calls: steps.backward },
  };
}

function laneRecord({ block, lanes }: ApgLayout, name: string): Argument {
  const offset = block.offsets.get(name);
  if (offset === undefined) throw new Error(`internal: no record ${name} in the lane block`);
  return { base: lanes + offset, perChunk: block.chunkBytes };
}

/** Lane records are in the block on the way forward; on the way back those that are kept of each day are read where they are kept. */
function placeOf(layout: ApgLayout, horizon: number, name: string, order: Order): Argument {
  switch (name) {
    case "control":
      return { ...rows(layout.control, layout.days.control, horizon, order), perChunk: 0 };
    case "normalizer":
      return layout.normalizer;
    case "scale":
      return layout.scale;
    case "p":
      // Parameters of the base are folded into its code.
      return layout.scale;
    default: {
      const isDaily = layout.dayOffsets.has(name) && (order === "last to first" || !layout.block.offsets.has(name));
      return isDaily ? dayRow(layout, horizon, name, order) : laneRecord(layout, name);
    }
  }
}

function dayRow({ dayRows, dayOffsets, days }: ApgLayout, horizon: number, name: string, order: Order): Argument {
  const offset = dayOffsets.get(name);
  if (offset === undefined) throw new Error(`internal: nothing is kept of ${name}`);
  return rows(dayRows + offset, days.row, horizon, order);
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

/** What a step starts from is kept; its request, the network's input and activations are written where they are kept. */
function forwardJob(calls: Calls): readonly Call[] {
  const { programs, layout, run, record, row } = calls;
  const { policy, lane, kept } = programs;
  const { capacity } = layout.block;
  const step = (program: Program, places?: Readonly<Record<string, Argument>>) => run(program, "first to last", places);
  const at = (name: string) => row(name, "first to last");
  const [first, baseRequest] = [kept[0]!.name, at(BASE_REQUEST)];
  const rows = { input: at(NAMES.input), output: at(NAMES.output), capacity };
  return [
    kernel("copy", at(first), record(first), layout.days.kept),
    ...(policy.base ? [step(policy.base.act, { requested: baseRequest })] : []),
    ...(policy.base ? [kernel("copy", at("requested"), baseRequest, sizeOf(lane.records.requested) * capacity * 4)] : []),
    step(policy.readInput),
    ...runElements(policy.places, rows, (input, output, element) =>
      networkForward(layout, input, output, activations(calls, element, "first to last")),
    ),
    ...[policy.addToBase, lane.step, programs.record].map((program) => step(program)),
  ];
}

function networkForward({ table, params, block }: ApgLayout, input: Argument, output: Argument, own: Argument): Call {
  const { capacity, chunkLanes } = block;
  return kernel("forward", ...[table, params, input, capacity, chunkLanes, output, capacity, own]);
}

/** Of one run of the network: what is kept of the day, or room that the next run uses too. */
function activations({ layout, row }: Calls, element: number, order: Order): Argument {
  const { dayOffsets, scratch, activationBytes } = layout;
  if (!dayOffsets.has(ACTIVATIONS)) return { base: scratch, perThread: activationBytes };
  return moveOn(row(ACTIVATIONS, order), element * activationBytes);
}

/** Each part goes back from the records as it found them. */
function backwardJob(calls: Calls): readonly Call[] {
  const { programs, run, row } = calls;
  const { lane, backward, seed, limit } = programs;
  const back = (program: Program, places?: Readonly<Record<string, Argument>>) => run(program, "last to first", places);
  const ofBase = { requested: row(BASE_REQUEST, "last to first") };
  return [
    ...[seed, lane.backward, limit].map((program) => back(program)),
    back(backward.request, ofBase),
    ...(backward.base ? [back(backward.base, ofBase)] : []),
    ...networkBack(calls),
    back(backward.input),
    cut(calls),
  ];
}

/** Gradient of the weights, and the derivatives with respect to the network's input. The kept activations are overwritten. */
function networkBack(calls: Calls): readonly Call[] {
  const { programs, layout, record, row } = calls;
  const { table, params, block } = layout;
  const { capacity, chunkLanes } = block;
  const { places } = programs.policy;
  const gradient: Argument = { base: layout.gradient, perChunk: layout.gradientBytes };
  const slopes = record(adjointName(NAMES.output));
  const [input, output] = [row(NAMES.input, "last to first"), row(NAMES.output, "last to first")];
  const isAlone = programs.backward.pool === null;
  const inputSlopes = record(isAlone ? adjointName(NAMES.input) : RUN_SLOPES);
  const isKept = layout.dayOffsets.has(ACTIVATIONS);
  return [
    ...elements(places).flatMap((element) => {
      const own = activations(calls, element, "last to first");
      const moved = element * places.numOutputs * capacity * 4;
      return [
        ...bringElement(places, { input, output: slopes, capacity }, element),
        ...(isKept ? [] : [networkForward(layout, input, moveOn(output, moved), own)]),
        kernel("backward", ...[table, params, input, capacity, chunkLanes, moveOn(slopes, moved), capacity, gradient, own]),
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
