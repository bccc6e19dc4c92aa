import type { RunningMoments } from "../../models/normalizer.js";
import { drawNormals } from "./draw-normals.js";

/** Observations around those that were met: a function of the state, so that a resumed run hands out the same. */
export function typicalObservations({ count, mean, deviations }: RunningMoments, seed: number, wanted: number): number[][] {
  const deviation = deviations.map((sum) => (count > 0 ? Math.sqrt(sum / count) : 0));
  return Array.from({ length: wanted }, (_, i) => {
    const noise = drawNormals(seed, 0xffffffff, i, mean.length);
    return mean.map((middle, k) => middle + deviation[k]! * noise[k]!);
  });
}
