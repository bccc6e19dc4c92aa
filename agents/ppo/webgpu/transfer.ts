import { layoutRecord } from "../../../compiler/schema.js";
import { onePass } from "../../../models/webgpu/passes.js";
import type { LearnerState } from "../state.js";
import type { GpuContext, Progress } from "./context.js";
import { gpuWordsOf, savedLanesOf } from "./lane-words.js";
import { UNIFORM_STRIDE } from "./layout.js";
import { createReadBack, type Wanted } from "./read-back.js";
import { momentsOfStats, statsOfState } from "./stats-state.js";

/** Puts a saved state onto the device. */
export function restore(context: GpuContext, state: LearnerState): void {
  const { gpu, buffers, kernels, block, layout, options } = context;
  const { queue } = gpu.device;
  const words = gpuWordsOf(state.lanes, block, layout.lanes);
  queue.writeBuffer(buffers.lanes, 0, words);
  queue.writeBuffer(buffers.params, 0, Float32Array.from(state.params));
  queue.writeBuffer(buffers.firstMoment, 0, Float32Array.from(state.firstMoment));
  queue.writeBuffer(buffers.secondMoment, 0, Float32Array.from(state.secondMoment));
  queue.writeBuffer(buffers.jobs, 0, layout.weightGradient.jobs);
  queue.writeBuffer(buffers.turns, 0, turnsOf(context));
  queue.writeBuffer(buffers.stats, 0, statsOfState(state, options.ppo, firstInputs(context, words)));
  const encoder = gpu.device.createCommandEncoder();
  const passes = onePass(encoder);
  passes.dispatch(kernels.derive, 1);
  passes.end();
  queue.submit([encoder.finish()]);
}

/** For every step of a rollout: its decision and itself. */
function turnsOf({ options, layout }: GpuContext): Uint32Array<ArrayBuffer> {
  const { decisionInterval } = options.ppo;
  const turns = new Uint32Array(layout.buffers.turns / 4);
  for (let step = 0; step * UNIFORM_STRIDE < layout.buffers.turns; step++) {
    turns.set([Math.floor(step / decisionInterval), step], (step * UNIFORM_STRIDE) / 4);
  }
  return turns;
}

/** Observation and hidden state of the first lane. */
function firstInputs({ programs, layout }: GpuContext, words: Uint32Array<ArrayBuffer>): number[] {
  const { capacity, offsets } = layout.lanes;
  const floats = new Float32Array(words.buffer);
  const { o, v } = programs.lane.records;
  return [o, v].flatMap((record) =>
    Array.from({ length: layoutRecord(record).size }, (_, slot) => floats[offsets.get(record.name)! + slot * capacity]!),
  );
}

export async function readState(context: GpuContext, progress: Progress): Promise<LearnerState> {
  const { buffers, layout, block, agent } = context;
  const whole = (name: "lanes" | "params" | "firstMoment" | "secondMoment" | "stats"): Wanted => ({
    buffer: buffers[name],
    bytes: layout.buffers[name],
  });
  const names = ["lanes", "params", "firstMoment", "secondMoment", "stats"] as const;
  const [lanes, params, firstMoment, secondMoment, stats] = await readNow(context, names.map(whole));
  const { numObservations, numInputs } = layout;
  const floats = (bytes: ArrayBuffer) => new Float32Array(bytes, 0, agent.parameterCount);
  return {
    ...progress,
    ...momentsOfStats(new Float32Array(stats!), { numObservations, numHidden: numInputs - numObservations }),
    params: floats(params!),
    firstMoment: floats(firstMoment!),
    secondMoment: floats(secondMoment!),
    lanes: savedLanesOf(new Uint32Array(lanes!), block, layout.lanes),
  };
}

/** Raw observations of the first lanes. */
export async function readObservations(context: GpuContext, count: number): Promise<number[][]> {
  const { programs, layout, buffers } = context;
  const { capacity, offsets } = layout.lanes;
  const { name, fields } = programs.lane.records.o;
  const size = Object.keys(fields).length;
  const [bytes] = await readNow(context, [
    { buffer: buffers.lanes, offset: offsets.get(name)! * 4, bytes: size * capacity * 4 },
  ]);
  const floats = new Float32Array(bytes!);
  return Array.from({ length: Math.min(count, capacity) }, (_, lane) =>
    Array.from({ length: size }, (_, i) => floats[i * capacity + lane]!),
  );
}

/** Through memory that is given back at once: a state is as large as all lanes. */
async function readNow({ gpu }: GpuContext, wanted: readonly Wanted[]): Promise<ArrayBuffer[]> {
  const readBack = createReadBack(gpu.device);
  try {
    const encoder = gpu.device.createCommandEncoder();
    const read = readBack.copy(encoder, wanted);
    gpu.device.queue.submit([encoder.finish()]);
    return await read();
  } finally {
    readBack.dispose();
  }
}
