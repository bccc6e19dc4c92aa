import { layoutRecord } from "../../../compiler/schema.js";
import { describeBytes } from "../../../core/bytes.js";
import { UserError } from "../../../core/errors.js";
import { onePass } from "../../../models/webgpu/passes.js";
import { createReadBack, type Wanted } from "../../../models/webgpu/read-back.js";
import { toGpuWords, toSavedLanes } from "../../rollout/webgpu/lane-words.js";
import { packStats, unpackStats } from "../../rollout/webgpu/stats-state.js";
import type { PpoState } from "../state.js";
import type { GpuContext, Progress } from "./gpu-context.js";
import { STATE_BUFFERS, UNIFORM_STRIDE } from "./gpu-layout.js";

/** Puts a saved state onto the device. */
export function restore(context: GpuContext, state: PpoState): void {
  const { gpu, buffers, kernels, block, layout, options } = context;
  const { queue } = gpu.device;
  const words = toGpuWords(state.lanes, block, layout.lanes);
  queue.writeBuffer(buffers.lanes, 0, words);
  queue.writeBuffer(buffers.params, 0, Float32Array.from(state.params));
  queue.writeBuffer(buffers.firstMoment, 0, Float32Array.from(state.firstMoment));
  queue.writeBuffer(buffers.secondMoment, 0, Float32Array.from(state.secondMoment));
  queue.writeBuffer(buffers.jobs, 0, layout.weightGradient.jobs);
  queue.writeBuffer(buffers.turns, 0, listTurns(context));
  queue.writeBuffer(buffers.stats, 0, packStats(state, options.ppo, firstInputs(context, words)));
  const encoder = gpu.device.createCommandEncoder();
  const passes = onePass(encoder);
  passes.dispatch(kernels.derive, 1);
  passes.end();
  queue.submit([encoder.finish()]);
}

/** For every step of a rollout: its decision and itself. */
function listTurns({ options, layout }: GpuContext): Uint32Array<ArrayBuffer> {
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
  const { observation, hidden } = programs.lane.records;
  return [observation, hidden].flatMap((record) =>
    Array.from({ length: layoutRecord(record).size }, (_, slot) => floats[offsets.get(record.name)! + slot * capacity]!),
  );
}

export async function readState(context: GpuContext, progress: Progress): Promise<PpoState> {
  const { buffers, layout, block, agent } = context;
  const whole = (name: (typeof STATE_BUFFERS)[number]): Wanted => ({ buffer: buffers[name], bytes: layout.buffers[name] });
  const [lanes, params, firstMoment, secondMoment, stats] = await readNow(context, STATE_BUFFERS.map(whole));
  const { numObservations, numInputs } = layout;
  const floats = (bytes: ArrayBuffer) => new Float32Array(bytes, 0, agent.parameterCount);
  return {
    ...progress,
    ...unpackStats(new Float32Array(stats!), { numObservations, numHidden: numInputs - numObservations }),
    params: floats(params!),
    firstMoment: floats(firstMoment!),
    secondMoment: floats(secondMoment!),
    lanes: toSavedLanes(new Uint32Array(lanes!), block, layout.lanes),
  };
}

/** Raw observations of the first lanes. */
export async function readObservations(context: GpuContext, count: number): Promise<number[][]> {
  const { programs, layout, buffers } = context;
  const { capacity, offsets } = layout.lanes;
  const { name, fields } = programs.lane.records.observation;
  const size = Object.keys(fields).length;
  const [bytes] = await readNow(context, [
    { buffer: buffers.lanes, offset: offsets.get(name)! * 4, bytes: size * capacity * 4 },
  ]);
  const floats = new Float32Array(bytes!);
  return Array.from({ length: Math.min(count, capacity) }, (_, lane) =>
    Array.from({ length: size }, (_, i) => floats[i * capacity + lane]!),
  );
}

/**
 * Through memory that is given back at once: a state is as large as all lanes. Each part has its own, as all together may be
 * more than one buffer holds.
 * @throws UserError `E_WEBGPU_MEMORY` where there is none left
 */
async function readNow({ gpu: { device } }: GpuContext, wanted: readonly Wanted[]): Promise<ArrayBuffer[]> {
  const readBack = createReadBack(device);
  try {
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    const encoder = device.createCommandEncoder();
    const reads = wanted.map((part) => readBack.copy(encoder, [part]));
    // Before the first wait: what is called next must not come before it.
    device.queue.submit([encoder.finish()]);
    const [full, refused] = await Promise.all([device.popErrorScope(), device.popErrorScope()]);
    if (full) throw fullError(wanted);
    if (refused) throw new Error(`the GPU refused a read: ${refused.message}`);
    return (await Promise.all(reads.map((read) => read()))).flat();
  } finally {
    readBack.dispose();
  }
}

function fullError(wanted: readonly Wanted[]): UserError {
  const bytes = wanted.reduce((sum, part) => sum + part.bytes, 0);
  const what = `the GPU has no memory left for the ${describeBytes(bytes)} that a state is read through`;
  return new UserError("E_WEBGPU_MEMORY", what, "use fewer numEnvs, close what else runs on the GPU, or use --device wasm");
}
