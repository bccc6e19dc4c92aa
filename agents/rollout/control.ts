import { layoutRecord, type RecordBinding } from "../../compiler/schema.js";
import { SUPPLY_WINDOW } from "../../env/breakers.js";
import { CONTROL } from "../../env/lane-records.js";
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
    supplySlot: clock % SUPPLY_WINDOW,
    actionSlot: world.actionDelay > 0 ? clock % world.actionDelay : 0,
    observationSlot: world.observationDelay > 0 ? clock % world.observationDelay : 0,
  };
  for (const [name, slot] of slots) {
    const integer = CONTROL[name]?.type === "u32" || CONTROL[name]?.type === "index";
    (integer ? words : floats)[slot] = all[name]!;
  }
}
