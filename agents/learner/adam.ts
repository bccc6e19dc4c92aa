/** Adam's constants: Kingma and Ba 2015, without a correction of the step size but that for the start. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** Running means of a gradient and of its square. */
interface AdamMoments {
  readonly first: Float64Array;
  readonly second: Float64Array;
}

interface Ascent {
  readonly slopes: Float64Array;
  /** Of the slopes. */
  readonly scale: number;
  readonly learningRate: number;
  /** Number of this step, from 1. */
  readonly step: number;
}

/** One step upwards, in float64; of `params` the first numbers, as many as there are slopes, move. */
export function adamStep(
  params: Float32Array,
  moments: AdamMoments,
  { slopes, scale, learningRate, step }: Ascent,
): { readonly params: Float32Array; readonly moments: AdamMoments } {
  const [first, second] = [moments.first.slice(), moments.second.slice()];
  const moved = params.slice();
  for (const [i, slope] of slopes.entries()) {
    const g = slope * scale;
    first[i] = BETA1 * first[i]! + (1 - BETA1) * g;
    second[i] = BETA2 * second[i]! + (1 - BETA2) * g * g;
    const [mean, square] = [first[i]! / (1 - BETA1 ** step), second[i]! / (1 - BETA2 ** step)];
    moved[i]! += (learningRate * mean) / (Math.sqrt(square) + EPSILON);
  }
  return { params: moved, moments: { first, second } };
}

/** Half a cosine down to a twentieth. @param share of the run that is done, 0 to 1 */
export const cosineDecay = (share: number): number => 0.05 + 0.95 * 0.5 * (1 + Math.cos(Math.PI * share));
