import type { AgentPlan, LayerPlan } from "../spec.js";
import type { RecordPlan } from "./records.js";
import type { TilePlan } from "./tile.js";

/** Blocks of the weight matrices that one thread sums over the samples, as a table for the shader. */
export interface WeightGradientPlan {
  /** `count` times `wordsPerJob` words; see {@link weightGradientShader}. */
  readonly jobs: Uint32Array<ArrayBuffer>;
  readonly count: number;
  readonly wordsPerJob: number;
}

/** Rows and columns of a block: its sums are 16 vec4f in registers. */
const BLOCK = 8;
const WORDS_PER_JOB = 7;
const NO_BIAS = 0xffff_ffff;

/** Cuts all weight matrices of both networks into blocks. Each layer's first row of blocks also sums the biases. */
export function planWeightGradient(agent: AgentPlan, records: RecordPlan): WeightGradientPlan {
  const words: number[] = [];
  const networks = [
    { network: agent.actor, offset: agent.actorOffset, record: records.actor },
    { network: agent.critic, offset: agent.criticOffset, record: records.critic },
  ];
  for (const { network, offset, record } of networks) {
    network.layers.forEach((layer, l) => {
      const input = l === 0 ? records.input : record.hidden[l - 1]!;
      words.push(...weightBlocks(layer, offset, input, record.deltas[l]!));
    });
  }
  return { jobs: Uint32Array.from(words), count: words.length / WORDS_PER_JOB, wordsPerJob: WORDS_PER_JOB };
}

function weightBlocks(
  { inputs, outputs, paddedOutputs, weight, bias }: LayerPlan,
  offset: number,
  input: number,
  delta: number,
) {
  const words: number[] = [];
  const across = paddedOutputs / 4;
  for (let k = 0; k < inputs; k += BLOCK) {
    for (let j = 0; j < outputs; j += BLOCK) {
      words.push(input + k / 4, delta + j / 4, (offset + weight) / 4 + k * across + j / 4, across);
      words.push(Math.min(BLOCK, inputs - k), Math.min(BLOCK, outputs - j), k > 0 ? NO_BIAS : (offset + bias + j) / 4);
    }
  }
  return words;
}

interface WeightGradientOptions {
  readonly records: RecordPlan;
  readonly tile: TilePlan;
  readonly plan: WeightGradientPlan;
}

/**
 * WGSL `fn add_weight_gradient(lid: u32, slice_base: u32, samples: u32, partial_base: u32, first: bool)`: sums the derivatives
 * of all weights and biases over the records of a slice, in the order of the samples, and writes them (`first`) or adds them
 * to `partials: array<vec4f>`, laid out as the parameters from column `partial_base`. `slice_base` is the first record's
 * column in `records: array<vec4f>`. The table is `jobs: array<u32>`; a job's words: column of the inputs and of the deltas in
 * the record, column of the block in the parameters, columns from row to row, rows and columns in use (1 to 8), column of the
 * bias or none. Padding gets 0 whatever the records hold there. Barriers before and after are the caller's.
 */
export function weightGradientShader({ records, tile, plan }: WeightGradientOptions): string {
  const rows = Array.from({ length: BLOCK }, (_, r) => r);
  const input = (r: number) => `x${r >> 2}.${"xyzw"[r & 3]}`;
  const put = (r: number) => `put_gradient(at + ${r}u * across, a${r}, b${r}, select(0u, columns, ${r}u < rows), wide, first);`;
  return `fn put_gradient(at: u32, a: vec4f, b: vec4f, used: u32, wide: bool, first: bool) {
  var sum0 = select(vec4f(), a, vec4u(0u, 1u, 2u, 3u) < vec4u(used));
  if (!first) { sum0 += partials[at]; }
  partials[at] = sum0;
  if (!wide) { return; }
  var sum1 = select(vec4f(), b, vec4u(4u, 5u, 6u, 7u) < vec4u(used));
  if (!first) { sum1 += partials[at + 1u]; }
  partials[at + 1u] = sum1;
}
fn add_weight_gradient(lid: u32, slice_base: u32, samples: u32, partial_base: u32, first: bool) {
  for (var job = lid; job < ${plan.count}u; job += ${tile.threads}u) {
    let word = job * ${plan.wordsPerJob}u;
    let across = jobs[word + 3u];
    let rows = jobs[word + 4u];
    let columns = jobs[word + 5u];
    let wide = columns > 4u;
    var i0 = slice_base + jobs[word];
    var i1 = i0 + u32(rows > 4u);
    var j0 = slice_base + jobs[word + 1u];
    var j1 = j0 + u32(wide);
    var a8 = vec4f();
    var b8 = vec4f();
    ${rows.map((r) => `var a${r} = vec4f(); var b${r} = vec4f();`).join("\n    ")}
    for (var s = 0u; s < samples; s++) {
      let x0 = records[i0]; let x1 = records[i1]; let d0 = records[j0]; let d1 = records[j1];
      a8 += d0; b8 += d1;
      ${rows.map((r) => `a${r} += ${input(r)} * d0; b${r} += ${input(r)} * d1;`).join("\n      ")}
      i0 += ${records.size}u; i1 += ${records.size}u; j0 += ${records.size}u; j1 += ${records.size}u;
    }
    let at = partial_base + jobs[word + 2u];
    ${rows.slice(0, 4).map(put).join("\n    ")}
    if (rows > 4u) {
      ${rows.slice(4).map(put).join("\n      ")}
    }
    let bias = jobs[word + 6u];
    if (bias != ${NO_BIAS}u) { put_gradient(partial_base + bias, a8, b8, columns, wide, first); }
  }
}`;
}
