import { adjointName } from "../../compiler/adjoint/adjoint.js";
import type { Program } from "../../compiler/ir/program.js";
import type { Argument, Call, Job } from "../../models/wasm/plan.js";
import { kernel, stageCall } from "../rollout/rollout-jobs.js";
import type { ApgLayout } from "./layout.js";
import { type ApgPrograms, NAMES, sizeOf } from "./programs.js";

interface ApgJobs {
  /** Programs of the device's modules, in order. */
  readonly programs: readonly Program[];
  readonly start: Job;
  readonly forward: Job;
  readonly backward: Job;
}

/** The jobs of a gradient: start of the episodes, every step forwards, every step backwards. */
export function apgJobs(programs: ApgPrograms, layout: ApgLayout, horizon: number): ApgJobs {
  const { block, days } = layout;
  const { lane, policy, backward, kept, derivatives } = programs;
  const modules: Program[] = [];
  const record = (name: string): Argument => {
    const offset = block.offsets.get(name);
    if (offset === undefined) throw new Error(`internal: no record ${name} in the lane block`);
    return { base: layout.lanes + offset, perChunk: block.chunkBytes };
  };
  /** Rows of a control step: the first or the last one first. */
  const rows = (base: number, bytes: number, isBack: boolean, chunkBytes = bytes * horizon): Argument => ({
    base: isBack ? base + (horizon - 1) * bytes : base,
    perChunk: chunkBytes,
    perRepeat: isBack ? -bytes : bytes,
  });
  const place = (name: string, isBack: boolean): Argument => {
    if (name === "control") return rows(layout.control, days.control, isBack, 0);
    if (name === "day") return rows(layout.dayRecords, days.day, isBack);
    if (name === "normalizer") return layout.normalizer;
    if (name === "scale") return layout.scale;
    // Parameters of the base are folded into its code.
    if (name === "p") return layout.scale;
    return record(name);
  };
  const call = (program: Program, isBack: boolean): Call => {
    const known = modules.indexOf(program);
    const index = known < 0 ? modules.push(program) - 1 : known;
    return stageCall(index, 0, block.chunkLanes, ...program.records.map(({ name }) => place(name, isBack)));
  };
  const keptBytes = days.kept;
  const laneBytes = block.capacity * 4;
  const memory = { bytes: sizeOf(policy.memory) * laneBytes };
  const baseMemory = { bytes: policy.base ? sizeOf(policy.base.memory) * laneBytes : 0 };
  const baseRequest = { bytes: policy.base ? sizeOf(lane.records.requested) * laneBytes : 0 };
  const keep = (from: string, to: string, binding: { readonly bytes: number }): readonly Call[] =>
    binding.bytes > 0 ? [kernel("copy", record(to), record(from), binding.bytes)] : [];
  const scratch: Argument = { base: layout.scratch, perThread: layout.scratchBytes };
  const { capacity, chunkLanes } = block;
  const gradient: Argument = { base: layout.gradient, perChunk: layout.gradientBytes };
  const forwardNetwork = kernel(
    "forward",
    ...[layout.table, layout.params, record(NAMES.input), capacity, chunkLanes, record(NAMES.output), capacity, scratch],
  );
  const outputDerivatives = record(adjointName(NAMES.output));
  const derivativeFloats = derivatives.reduce((sum, binding) => sum + sizeOf(binding), 0) * capacity;
  const firstDerivative = record(derivatives[0]!.name);
  const decide = (isBack: boolean): readonly Call[] => [
    ...(policy.base ? [call(policy.base.act, isBack)] : []),
    call(policy.readInput, isBack),
    forwardNetwork,
  ];
  const first = record(kept[0]!.name);
  const start: Job = {
    name: "start of episodes",
    calls: [
      call(lane.reset, false),
      call(programs.start, false),
      call(policy.start, false),
      ...(policy.base ? [call(policy.base.start, false)] : []),
    ],
  };
  const forward: Job = {
    name: "episodes forwards",
    repeat: horizon,
    calls: [
      kernel("copy", rows(layout.keptDays, keptBytes, false), first, keptBytes),
      ...decide(false),
      call(policy.addToBase, false),
      call(lane.step, false),
      call(programs.record, false),
    ],
  };
  const back: Job = {
    name: "episodes backwards",
    repeat: horizon,
    calls: [
      kernel("copy", first, rows(layout.keptDays, keptBytes, true), keptBytes),
      ...keep(NAMES.memory, "memoryBefore", memory),
      ...keep(NAMES.baseMemory, "baseMemoryBefore", baseMemory),
      ...decide(true),
      ...keep(NAMES.memory, "memoryBetween", memory),
      // The way back of the request needs the base's request, that of the step the policy's.
      ...keep("requested", "baseRequest", baseRequest),
      call(policy.addToBase, true),
      call(programs.seed, true),
      call(lane.backward, true),
      ...keep("memoryBetween", NAMES.memory, memory),
      ...keep("baseRequest", "requested", baseRequest),
      call(backward.request, true),
      ...keep("baseMemoryBefore", NAMES.baseMemory, baseMemory),
      ...(backward.base ? [call(backward.base, true)] : []),
      kernel(
        "backward",
        ...[
          layout.table,
          layout.params,
          record(NAMES.input),
          capacity,
          chunkLanes,
          outputDerivatives,
          capacity,
          gradient,
          scratch,
        ],
      ),
      kernel("inputGradient", layout.table, layout.params, chunkLanes, record(adjointName(NAMES.input)), capacity, scratch),
      kernel("fill", outputDerivatives, sizeOf(policy.output) * capacity, 0),
      ...keep("memoryBefore", NAMES.memory, memory),
      call(backward.input, true),
      {
        ...kernel("fill", firstDerivative, derivativeFloats, 0),
        when: { address: { base: layout.cuts, perRepeat: 16 }, count: 4 },
      },
    ],
  };
  return { programs: modules, start, forward, backward: back };
}
