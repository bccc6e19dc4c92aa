/** Shorthands of the kernels. `madd` is one fused instruction in the relaxed build, a multiplication and an addition otherwise. */

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function splat(x: f32): v128 {
  return f32x4.splat(x);
}

/** Interleaves the lower halves: a0 b0 a1 b1. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function interleaveLow(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

/** Interleaves the upper halves: a2 b2 a3 b3. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function interleaveHigh(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

/** a0 a1 b0 b1. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function lowPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}

/** a2 a3 b2 b3. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function highPairs(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 1, 3);
}

/** The four horizontal sums of a, b, c and d. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(interleaveLow(a, b), interleaveHigh(a, b)); // a0+a2 b0+b2 a1+a3 b1+b3
  const cd = f32x4.add(interleaveLow(c, d), interleaveHigh(c, d));
  return f32x4.add(lowPairs(ab, cd), highPairs(ab, cd));
}

/** Sum of the four lanes, in the order of {@link sums}. */
// @ts-ignore: AssemblyScript has decorators of functions, TypeScript has none
@inline
export function sum(a: v128): f32 {
  return f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 2) + (f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 3));
}
