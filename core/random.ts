/** Four unsigned 32-bit words. */
export interface Words4 {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/**
 * The counter-based hash pcg4d: four u32 words in, four u32 words out.
 * Source: Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020. Bit-identical in JS, WASM and WGSL.
 */
export function pcg4d(a: number, b: number, c: number, d: number): Words4 {
  let x = (Math.imul(a, 1664525) + 1013904223) | 0;
  let y = (Math.imul(b, 1664525) + 1013904223) | 0;
  let z = (Math.imul(c, 1664525) + 1013904223) | 0;
  let w = (Math.imul(d, 1664525) + 1013904223) | 0;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  x ^= x >>> 16;
  y ^= y >>> 16;
  z ^= z >>> 16;
  w ^= w >>> 16;
  x = (x + Math.imul(y, w)) | 0;
  y = (y + Math.imul(z, x)) | 0;
  z = (z + Math.imul(x, y)) | 0;
  w = (w + Math.imul(y, z)) | 0;
  return { a: x >>> 0, b: y >>> 0, c: z >>> 0, d: w >>> 0 };
}

/**
 * Maps a u32 to the open interval (0, 1): the upper 23 bits plus one half, times 2^-23. The result needs 24 bits, so it is
 * exact in float32 too, and neither 0 nor 1 can occur (log stays finite).
 */
export function unitInterval(word: number): number {
  return (word >>> 9) * 2 ** -23 + 2 ** -24;
}

/**
 * Four independent uniform numbers in (0, 1) for one key. A primitive of the compiler.
 * @param seed    u32, of the run
 * @param episode u32, the episode id
 * @param day     u32, control step within the episode
 * @param stream  u32, from {@link stream} plus the number of the draw
 */
export function uniform4(seed: number, episode: number, day: number, stream: number): Words4 {
  const words = pcg4d(seed, episode, day, stream);
  return { a: unitInterval(words.a), b: unitInterval(words.b), c: unitInterval(words.c), d: unitInterval(words.d) };
}

/** What a random number is for: streams of different domains never meet. */
export const DOMAIN = { market: 1, policy: 2, scenario: 3, reset: 4, permutation: 5, host: 6 } as const;

/** What a market is for: training, choosing (tuning, checkpoints) and testing never see the same one. */
export const SPLIT = { train: 0, selection: 1, test: 2 } as const;
export type Split = keyof typeof SPLIT;

/** First stream number of a domain and split; draws 0..65535 are added to it. `block` starts a fresh set of test markets. */
export function stream(domain: keyof typeof DOMAIN, split: Split, block = 0): number {
  return ((DOMAIN[domain] << 28) | (SPLIT[split] << 26) | (block << 16)) >>> 0;
}
