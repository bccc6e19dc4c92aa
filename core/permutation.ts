import { pcg4d } from "./random.js";

/** Even, so that the halves of an odd number of bits come back to their places. */
const ROUNDS = 6;

/** Names one permutation: two permutations with different keys are unrelated. All u32. */
interface PermutationKey {
  readonly seed: number;
  /** For example the number of the iteration. */
  readonly counter: number;
  /** From `stream("permutation", …)` plus for example the number of the epoch. */
  readonly stream: number;
}

/**
 * Image of `index` under a counter-keyed bijection of 0..size-1: a Feistel network over the smallest power of two that holds
 * `size`, walked along its cycle until it lands inside. Needs no memory, so any device computes any part of it.
 * @param size 1..2^31-1
 */
export function permute(index: number, size: number, key: PermutationKey): number {
  const bits = size > 1 ? 32 - Math.clz32(size - 1) : 0;
  const low = bits >> 1;
  const lowMask = 2 ** low - 1;
  const highMask = 2 ** (bits - low) - 1;
  let value = index;
  do {
    let left = value >>> low;
    let right = value & lowMask;
    for (let round = 0; round < ROUNDS; round += 2) {
      left ^= roundHash(right, round, key) & highMask;
      right ^= roundHash(left, round + 1, key) & lowMask;
    }
    value = (left << low) | right;
  } while (value >= size);
  return value;
}

/** The whole permutation. */
export function permutation(size: number, key: PermutationKey): Uint32Array {
  return Uint32Array.from({ length: size }, (_, index) => permute(index, size, key));
}

/** The upper 16 bits: the lower ones of pcg4d are the weaker. */
function roundHash(half: number, round: number, key: PermutationKey): number {
  return pcg4d((round << 16) | half, key.seed, key.counter, key.stream).a >>> 16;
}
