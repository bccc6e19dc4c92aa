import type { Program } from "../ir/program.js";
import { emitWgslFunction } from "./emit-function.js";
import { WGSL_LIBRARY } from "./library.js";
import type { WordPlan } from "./word-plan.js";

interface WgslOptions {
  /** Memory of all records of the world that the program belongs to; other programs may share it. */
  readonly plan: WordPlan;
  /** Invocations of a workgroup, 1 to 256. Default 64. */
  readonly workgroup?: number;
}

/** Binding numbers in group 0. */
export const LANES_BINDING = 0;
export const COMMON_BINDING = 1;

/**
 * Compiles a program to a WGSL compute shader in float32: the entry point `main`, of which one invocation runs one lane. It has
 * two storage buffers in group 0: `lanes` (binding 0, read and written) with all lane records, `common_words` (binding 1, read)
 * with what all lanes share, both laid out by `options.plan`. Dispatch `ceil(capacity / workgroup)` workgroups.
 *
 * Words (u32) are bit-identical to every other execution. Floats are as exact as WGSL allows: products and sums may be fused,
 * and NaN and infinities are kept by most devices but guaranteed by none; `clamp` tests for NaN by its bits.
 */
export function emitWgsl(program: Program, options: WgslOptions): string {
  const { plan, workgroup = 64 } = options;
  if (!(Number.isInteger(workgroup) && workgroup >= 1 && workgroup <= 256))
    throw new RangeError(`workgroup is ${workgroup}, but must be 1 to 256 invocations`);
  const step = emitWgslFunction(program, {
    name: "run_lane",
    place: ({ name, kind }) => {
      const offset = plan.offsets.get(name);
      if (offset === undefined) throw new Error(`internal: the plan has no record ${name} of ${program.name}`);
      return kind === "lane" ? { words: "lanes", offset, capacity: plan.capacity } : { words: "common_words", offset };
    },
  });
  return `
@group(0) @binding(${LANES_BINDING}) var<storage, read_write> lanes: array<u32, ${Math.max(1, plan.laneWords)}>;
@group(0) @binding(${COMMON_BINDING}) var<storage, read> common_words: array<u32, ${Math.max(1, plan.commonWords)}>;
${WGSL_LIBRARY}
${step}

@compute @workgroup_size(${workgroup})
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < ${plan.capacity}u) { run_lane(id.x); }
}
`;
}
