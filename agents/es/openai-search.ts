import { adamStep, cosineDecay } from "../learner/adam.js";
import { drawNormals } from "../learner/draw-normals.js";
import { centredRanks } from "./fitness.js";
import type { Search, SearchOptions } from "./search.js";

/**
 * A gradient of the mean fitness around the policy, estimated from antithetic pairs and the ranks of their fitness, followed by Adam
 * (Salimans et al. 2017, arXiv 1703.03864).
 */
export function openaiSearch({ size, seed, population, sigma, learningRate }: SearchOptions): Search {
  const moments = { type: "f64", length: size } as const;
  const normals = (generation: number) =>
    Array.from({ length: population / 2 }, (_, i) => drawNormals(seed, generation, i, size));
  return {
    shape: { "adam.first": { ...moments, range: "finite" }, "adam.second": { ...moments, range: "not negative" } },
    first: () => ({ "adam.first": new Float64Array(size), "adam.second": new Float64Array(size) }),
    draw: ({ weights, generation }) => {
      const centre = Float64Array.from(weights);
      return normals(generation).flatMap((normal) =>
        [sigma, -sigma].map((by) => centre.map((weight, k) => weight + by * normal[k]!)),
      );
    },
    learn: ({ weights, tensors, generation, done }, _candidates, fitness) => {
      const ranks = centredRanks(fitness);
      const slopes = new Float64Array(size);
      for (const [i, normal] of normals(generation).entries()) {
        const weight = (ranks[2 * i]! - ranks[2 * i + 1]!) / (population * sigma);
        for (let k = 0; k < size; k++) slopes[k]! += weight * normal[k]!;
      }
      const before = { first: Float64Array.from(tensors["adam.first"]!), second: Float64Array.from(tensors["adam.second"]!) };
      const ascent = { slopes, scale: 1, learningRate: learningRate * cosineDecay(done), step: generation };
      const { params, moments: after } = adamStep(weights, before, ascent);
      return { weights: params, tensors: { "adam.first": after.first, "adam.second": after.second } };
    },
    deviation: () => sigma,
  };
}
