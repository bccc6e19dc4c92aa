import { WINDOW } from "../breakers/breaker.js";
import type { World } from "../world.js";

/** Positions of the rings in the control record. */
type RingPositions = Readonly<Record<"supplySlot" | "actionSlot" | "observationSlot", number>>;

type Delays = Pick<World, "actionDelay" | "observationDelay">;

/** How many control steps each ring goes back; its position is the clock modulo this. */
export function ringLengths({ actionDelay, observationDelay }: Delays): RingPositions {
  return { supplySlot: WINDOW, actionSlot: Math.max(1, actionDelay), observationSlot: Math.max(1, observationDelay) };
}

/** @param clock control steps of every lane since the rings were at their start */
export function ringPositions(world: Delays, clock: number): RingPositions {
  const { supplySlot, actionSlot, observationSlot } = ringLengths(world);
  return { supplySlot: clock % supplySlot, actionSlot: clock % actionSlot, observationSlot: clock % observationSlot };
}
