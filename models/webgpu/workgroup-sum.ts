/** Whether a number is neither NaN nor infinite, told by its bits: a driver may assume that there are no such numbers. */
export const IS_FINITE = "fn is_finite(x: f32) -> bool { return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u; }";

/**
 * WGSL of `fn sum_of_workgroup(thread: u32, term: TYPE) -> TYPE`: the sum of all threads' terms, in every thread, added as a
 * binary tree and so always in the same order. All threads of the workgroup must call it.
 * @param size threads of the workgroup, a power of two
 */
export function workgroupSum(size: number, type: "f32" | "vec2f"): string {
  return `
var<workgroup> terms: array<${type}, ${size}>;

fn sum_of_workgroup(thread: u32, term: ${type}) -> ${type} {
  workgroupBarrier();
  terms[thread] = term;
  workgroupBarrier();
  for (var span = ${size / 2}u; span > 0u; span >>= 1u) {
    if (thread < span) { terms[thread] += terms[thread + span]; }
    workgroupBarrier();
  }
  return terms[0];
}
`;
}
