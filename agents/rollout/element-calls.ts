import type { Argument, Call } from "../../models/wasm/plan.js";
import type { Places } from "../learned/places.js";
import { kernel } from "./rollout-jobs.js";

/** The inputs and outputs of all runs of a network in a lane block of this capacity. */
interface Rows {
  readonly input: Argument;
  readonly output: Argument;
  readonly capacity: number;
}

/** The argument moved on by some bytes. */
export function moveOn(argument: Argument, bytes: number): Argument {
  if (typeof argument === "number") return argument + bytes;
  return { ...argument, base: (argument.base ?? 0) + bytes };
}

export const elements = ({ numElements }: Places): readonly number[] => Array.from({ length: numElements }, (_, i) => i);

/** Puts what an element has of its own behind the context, where its network reads it. */
export function bringElement(
  { numContext, numOwn, ownAt }: Places,
  { input, capacity }: Rows,
  element: number,
): readonly Call[] {
  const row = capacity * 4;
  if (numOwn === 0) return [];
  const own = moveOn(input, (ownAt + element * numOwn) * row);
  return [kernel("copy", moveOn(input, numContext * row), own, numOwn * row)];
}

/** The network on each element of the group; without one, on everything. */
export function runElements(
  places: Places,
  rows: Rows,
  forward: (input: Argument, output: Argument, element: number) => Call,
): readonly Call[] {
  return elements(places).flatMap((element) => {
    const output = moveOn(rows.output, element * places.numOutputs * rows.capacity * 4);
    return [...bringElement(places, rows, element), forward(rows.input, output, element)];
  });
}
