import type { NetworkPlan } from "../../models/spec.js";

/** Places of a network's numbers in its padded parameters, in the order of its tensors. */
export function weightPlaces({ tensors }: NetworkPlan): Int32Array {
  return Int32Array.from(
    tensors.flatMap(({ offset, shape, used }) => {
      const columns = shape.at(-1)!;
      const inColumns = used.at(-1)!;
      const count = used.reduce((product, size) => product * size, 1);
      return Array.from({ length: count }, (_, i) => offset + Math.floor(i / inColumns) * columns + (i % inColumns));
    }),
  );
}

/** `params` moved along a direction, in float32. @param places of the direction's numbers */
export function moved(params: Float32Array, places: Int32Array, delta: Float64Array, by: number): Float32Array<ArrayBuffer> {
  const result = Float32Array.from(params);
  for (const [i, place] of places.entries()) result[place] = params[place]! + by * delta[i]!;
  return result;
}
