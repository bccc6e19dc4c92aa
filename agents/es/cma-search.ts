import seedrandom from "seedrandom";
import { type CmaState, cmaAsk, cmaStart, cmaTell } from "../../core/cma-es.js";
import type { Search, SearchOptions, Standing } from "./search.js";

/** CMA-ES with a full covariance, its centre being the policy in float32. */
export function cmaSearch({ size, seed, population, sigma }: SearchOptions): Search {
  const start = cmaStart({
    ...{ mean: new Float64Array(size), population, sigma, diagonal: false, root: "cholesky" },
    low: new Float64Array(size).fill(Number.NEGATIVE_INFINITY),
    high: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
  });
  const stateAt = ({ weights, tensors, generation }: Standing): CmaState => ({
    ...start,
    generation: generation - 1,
    mean: Float64Array.from(weights),
    sigma: tensors["cma.sigma"]![0]!,
    covariance: Float64Array.from(tensors["cma.covariance"]!),
    covariancePath: Float64Array.from(tensors["cma.covariancePath"]!),
    sigmaPath: Float64Array.from(tensors["cma.sigmaPath"]!),
  });
  return {
    shape: {
      "cma.sigma": { type: "f64", length: 1, range: "not negative" },
      "cma.covariance": { type: "f64", length: size * size, range: "finite" },
      "cma.covariancePath": { type: "f64", length: size, range: "finite" },
      "cma.sigmaPath": { type: "f64", length: size, range: "finite" },
    },
    first: () => tensorsOf(start),
    draw: (standing) => ask(standing).map(({ values }) => values),
    learn: (standing, _candidates, fitness) => {
      const losses = fitness.map((value) => -value);
      const next = cmaTell(stateAt(standing), ask(standing), losses);
      return { weights: Float32Array.from(next.mean), tensors: tensorsOf(next) };
    },
    deviation: (tensors) => tensors["cma.sigma"]![0]!,
  };

  /** The same candidates at every call: their random numbers follow from seed and generation. */
  function ask(standing: Standing) {
    return cmaAsk(stateAt(standing), seedrandom(`es ${seed} ${standing.generation}`));
  }
}

const tensorsOf = ({ sigma, covariance, covariancePath, sigmaPath }: CmaState) => ({
  "cma.sigma": Float64Array.of(sigma),
  "cma.covariance": covariance,
  "cma.covariancePath": covariancePath,
  "cma.sigmaPath": sigmaPath,
});
