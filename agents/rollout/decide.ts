import { clamp } from "../../compiler/primitives.js";
import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { createDevice } from "../../models/wasm/device.js";
import type { Call } from "../../models/wasm/plan.js";
import type { RecordedPair } from "../learned/controller-file.js";
import { isControls, type LearnedController } from "../learned/learned-controller.js";
import { prepareStage } from "./decision-stage.js";
import { planLaneBlock, readField, writeField } from "./lane-block.js";
import { buildLanePrograms } from "./programs.js";

/** A learned controller in its world. */
export interface Deployment {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly controller: LearnedController;
}

/**
 * Single decisions of a controller without structure on the device, in float32.
 * @param observations raw, in the order of the world's observations
 * @returns requested actions in the action's units, one row per observation
 */
export async function decide(deployment: Deployment, observations: readonly (readonly number[])[]): Promise<number[][]> {
  const device = await openStage(deployment, observations.length);
  device.observe((lane, i) => observations[lane]![i]!);
  device.run(device.calls.act);
  const columns = device.readRequests();
  await device.dispose();
  return observations.map((_, lane) => columns.map((column) => column[lane]!));
}

/**
 * The decisions of one episode from its start on the device, in float32: what the controller remembers is kept from one control step
 * to the next.
 * @param observations raw, one row per control step, in the order of the world's observations
 */
export async function decideInOrder(
  deployment: Deployment,
  observations: readonly (readonly number[])[],
): Promise<readonly RecordedPair[]> {
  const { controller } = deployment;
  const controls = isControls(controller.actions) ? controller.actions : [];
  const device = await openStage(deployment, 1);
  const { start, base = [], act } = device.calls;
  const readRequest = () => device.readRequests().map(([value]) => value!);
  device.run(start);
  const pairs = observations.map((observation, step): RecordedPair => {
    device.schedule(step % controller.decisionInterval === 0);
    device.observe((_, i) => observation[i]!);
    device.run(base);
    // The policy starts from the base's request within the bands.
    const asked = readRequest().map((value, i) => clamp(value, controls[i]!.low, controls[i]!.high));
    device.run(act.slice(base.length));
    const seen = observation.map(Math.fround);
    return { observation: seen, action: readRequest(), ...(base.length > 0 ? { base: asked } : {}) };
  });
  await device.dispose();
  return pairs;
}

/** A controller's stage on a device of its own, without a simulator around it. */
async function openStage({ world, lane, controller }: Deployment, numLanes: number) {
  const programs = buildLanePrograms(world, lane);
  const stage = prepareStage({ id: "controller", index: 0, controller, world, programs });
  const { observation, requested } = programs.records;
  const block = planLaneBlock(numLanes, [observation, requested, ...stage.records]);
  const schedule = 64;
  const address = 128;
  const scratch = address + Math.ceil(stage.memoryBytes / 64) * 64;
  const start = scratch + Math.ceil(stage.scratchBytes / 64) * 64;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((start + block.bytes) / 65_536), maximum: 65_536, shared: true });
  const modules = stage.programs.map(
    (program) => new WebAssembly.Module(emitWasm(program, { capacity: block.capacity }) as BufferSource),
  );
  const device = await createDevice({ memory, modules });
  stage.load(memory.buffer, address);
  const placed = { block, start, buffer: memory.buffer };
  const record = (name: string) => ({ base: start + block.offsets.get(name)!, perChunk: block.chunkBytes });
  const setSchedule = (isDue: boolean) => new Float32Array(memory.buffer, schedule, 4).fill(isDue ? 1 : 0);
  setSchedule(true);
  return {
    calls: stage.calls({ block, address, scratch, firstInstance: 1, lane: record, schedule }),
    /** Whether the network decides anew in the next step. */
    schedule: setSchedule,
    observe: (value: (lane: number, i: number) => number) => {
      for (const [i, name] of Object.keys(observation.fields).entries())
        writeField(placed, "observation", name, (lane) => value(lane, i));
    },
    run: (calls: readonly Call[]) => device.run({ name: "decide", calls }, block.numChunks),
    /** Of each action all lanes. */
    readRequests: () => Object.keys(requested.fields).map((name) => readField(placed, "requested", name)),
    dispose: () => device.dispose(),
  };
}
