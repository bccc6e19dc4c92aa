import { normal4 } from "../../core/normal.js";
import { stream, uniform4 } from "../../core/random.js";

const USES = { uniform4, TWO_PI: 2 * Math.PI };
const STREAM = stream("host", "train");

/** Independent standard normal numbers, a function of seed, iteration and number of the draw alone. */
export function drawNormals(seed: number, iteration: number, draw: number, size: number): Float64Array {
  const normals = new Float64Array(size);
  for (let i = 0; i < size; i += 4) {
    const { a, b, c, d } = normal4(seed, iteration, draw, (STREAM + i / 4) >>> 0, USES);
    normals.set([a, b, c, d].slice(0, size - i), i);
  }
  return normals;
}
