import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { createDevice } from "../../models/wasm/device.js";
import type { LearnedController } from "../learned/learned-controller.js";
import { prepareStage } from "./decision-stage.js";
import { planLaneBlock, readField, writeField } from "./lane-block.js";
import { buildLanePrograms } from "./programs.js";

/**
 * Decisions of a learned controller on the device, in float32.
 * @param observations raw, in the order of the world's observations
 * @returns requested actions in the action's units, one row per observation
 */
export async function decide(
  world: World,
  lane: LaneOptions,
  controller: LearnedController,
  observations: readonly (readonly number[])[],
): Promise<number[][]> {
  const programs = buildLanePrograms(world, lane);
  const stage = prepareStage({ id: "controller", index: 0, controller, world, programs });
  const { observation, requested } = programs.records;
  const block = planLaneBlock(observations.length, [observation, requested, ...stage.records]);
  const address = 64;
  const scratch = address + Math.ceil(stage.memoryBytes / 64) * 64;
  const start = scratch + Math.ceil(stage.scratchBytes / 64) * 64;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((start + block.bytes) / 65_536), maximum: 65_536, shared: true });
  const modules = stage.programs.map(
    (program) => new WebAssembly.Module(emitWasm(program, { capacity: block.capacity }) as BufferSource),
  );
  const device = await createDevice({ memory, modules });
  stage.load(memory.buffer, address);
  const placed = { block, start, buffer: memory.buffer };
  for (const [i, name] of Object.keys(observation.fields).entries())
    writeField(placed, "observation", name, (lane) => observations[lane]![i]!);
  const record = (name: string) => ({ base: start + block.offsets.get(name)!, perChunk: block.chunkBytes });
  const { act } = stage.calls({ block, address, scratch, firstInstance: 1, lane: record });
  device.run({ name: "decide", calls: act }, block.numChunks);
  const actions = Object.keys(requested.fields).map((name) => readField(placed, "requested", name));
  await device.dispose();
  return observations.map((_, lane) => actions.map((column) => column[lane]!));
}
