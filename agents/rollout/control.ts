import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { ringPositions } from "../../env/lane/clock.js";
import type { World } from "../../env/world.js";

/**
 * Writes the control record of one step.
 * @param values without the ring positions, which follow from the clock
 * @param clock  control steps of every lane so far
 */
export function writeControl(
  buffer: ArrayBufferLike,
  address: number,
  binding: RecordBinding,
  values: Readonly<Record<string, number>>,
  clock: number,
  world: World,
): void {
  const { slots, size } = layoutRecord(binding);
  const words = new Uint32Array(buffer, address, size);
  const floats = new Float32Array(buffer, address, size);
  const all: Readonly<Record<string, number>> = {
    ...values,
    ...ringPositions(world, clock),
  };
  for (const [name, slot] of slots) {
    const { type = "float" } = binding.fields[name]!;
    (type === "float" ? floats : words)[slot] = all[name]!;
  }
}
