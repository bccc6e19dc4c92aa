/** The counter-keyed permutation of core/permutation.ts, four indices at a time. */

const ROUNDS: i32 = 6;

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
function lcg(x: v128): v128 {
  return i32x4.add(i32x4.mul(x, i32x4.splat(1664525)), i32x4.splat(1013904223));
}

/** Upper 16 bits of the first word of pcg4d. The arguments b, c and d have passed {@link lcg} already. */
function hash(word: v128, b: v128, c: v128, d: v128): v128 {
  let x = lcg(word);
  let y = b, z = c, w = d;
  x = i32x4.add(x, i32x4.mul(y, w));
  y = i32x4.add(y, i32x4.mul(z, x));
  z = i32x4.add(z, i32x4.mul(x, y));
  w = i32x4.add(w, i32x4.mul(y, z));
  x = v128.xor(x, i32x4.shr_u(x, 16));
  y = v128.xor(y, i32x4.shr_u(y, 16));
  w = v128.xor(w, i32x4.shr_u(w, 16));
  return i32x4.shr_u(i32x4.add(x, i32x4.mul(y, w)), 16);
}

/**
 * Writes u32 dst[k] = image of first + k, for k < count (multiple of 4, first + count <= total), under the permutation of
 * 0..total-1 that (seed, counter, stream) name.
 */
export function permute(dst: usize, first: i32, count: i32, total: i32, seed: i32, counter: i32, stream: i32): void {
  const bits = total > 1 ? 32 - clz(total - 1) : 0;
  const low = bits >> 1, high = bits - low;
  const lowMask = i32x4.splat((1 << low) - 1), highMask = i32x4.splat((1 << high) - 1);
  const b = lcg(i32x4.splat(seed)), c = lcg(i32x4.splat(counter)), d = lcg(i32x4.splat(stream));
  const limit = i32x4.splat(total);
  for (let k = 0; k < count; k += 4) {
    let value = i32x4.add(i32x4.splat(first + k), i32x4(0, 1, 2, 3));
    let active = i32x4.splat(-1);
    while (v128.any_true(active)) {
      let left = i32x4.shr_u(value, low), right = v128.and(value, lowMask);
      for (let round = 0; round < ROUNDS; round += 2) {
        left = v128.xor(left, v128.and(hash(v128.or(right, i32x4.splat(round << 16)), b, c, d), highMask));
        right = v128.xor(right, v128.and(hash(v128.or(left, i32x4.splat((round + 1) << 16)), b, c, d), lowMask));
      }
      value = v128.bitselect(v128.or(i32x4.shl(left, low), right), value, active);
      active = i32x4.ge_u(value, limit);
    }
    v128.store(dst + (k << 2), value);
  }
}
