import { layoutRecord } from "../../../compiler/schema.js";
import { WGSL_LIBRARY } from "../../../compiler/wgsl/library.js";
import { float } from "../../../compiler/wgsl/literals.js";
import type { AgentPlan } from "../../../models/spec.js";
import { backwardShader, forwardShader } from "../../../models/webgpu/network-shader.js";
import { tileDeclaration } from "../../../models/webgpu/tile.js";
import { weightGradientShader } from "../../../models/webgpu/weight-gradient.js";
import { declareOwn, lines, ownArray, stageFunction } from "../../rollout/webgpu/compiled-stage.js";
import type { LearnerPrograms } from "../programs.js";
import type { PpoOptions } from "../settings.js";
import type { GpuLayout } from "./gpu-layout.js";

/**
 * The gradient of one minibatch: each workgroup gathers its samples tile by tile, takes them through both networks, the loss and
 * back, and adds up weight gradients slice by slice. Dispatch `layout.workgroups` workgroups.
 *
 * Reads `params: array<vec4f>`, `samples: array<vec4f>`, `indices: array<u32>`, `advantage_sums: array<vec2f>`, `jobs: array<u32>`
 * and the uniform `step: MinibatchStep`; uses `records: array<vec4f>`; writes `partials: array<vec4f>` [workgroup][partialCount / 4].
 */
export function gradientShader(programs: LearnerPrograms, agent: AgentPlan, layout: GpuLayout, ppo: PpoOptions): string {
  const { tile, records, weightGradient } = layout;
  const network = (which: "actor" | "critic") => ({
    name: which,
    network: agent[which],
    offset: which === "actor" ? agent.actorOffset : agent.criticOffset,
    tile,
    keep: { records, which },
  });
  return `
/** Of the optimiser, then where the minibatch's indices and sums of advantages begin. */
struct MinibatchStep { rate: f32, inverse2: f32, first: u32, first_sum: u32 }
${WGSL_LIBRARY}
${tileDeclaration(tile)}
var<private> record_base: u32;
${ownArrays(programs, agent, layout)}
${lossFunction(programs)}
${forwardShader(network("actor"))}
${forwardShader(network("critic"))}
${backwardShader(network("actor"))}
${backwardShader(network("critic"))}
${weightGradientShader({ records, tile, plan: weightGradient })}
${sampleAccess(programs, agent, layout)}
${coefficients(programs, layout, ppo)}
${ownSums(agent, layout)}
${mainFunction(layout)}
${passFunction(layout)}
`;
}

/** Tile by tile, slice by slice. */
function mainFunction(layout: GpuLayout): string {
  const { tile, records } = layout;
  const sliceColumns = layout.tilesPerSlice * tile.samples * records.size;
  return `
@compute @workgroup_size(${tile.threads})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lid: u32) {
  let lives = lid < ${tile.samples}u;
  let end = min((workgroup.x + 1u) * ${layout.tilesPerWorkgroup}u, ${layout.minibatchTiles}u);
  let slice_base = workgroup.x * ${sliceColumns}u;
  let partial_base = workgroup.x * ${layout.partialCount / 4}u;
  read_free();
  write_coefficients();
  var is_first = true;
  for (var slice = workgroup.x * ${layout.tilesPerWorkgroup}u; slice < end; slice += ${layout.tilesPerSlice}u) {
    let slice_end = min(slice + ${layout.tilesPerSlice}u, end);
    for (var at = slice; at < slice_end; at++) {
      record_base = slice_base + (at - slice) * ${tile.samples * records.size}u;
      pass_tile(lid, lives, step.first + at * ${tile.samples}u);
    }
    storageBarrier();
    workgroupBarrier();
    add_weight_gradient(lid, slice_base, (slice_end - slice) * ${tile.samples}u, partial_base, is_first);
    is_first = false;
    storageBarrier();
    workgroupBarrier();
  }
  write_sums(lid, lives, partial_base);
}`;
}

/** A tile of samples forward, through the loss, and back. */
function passFunction({ tile }: GpuLayout): string {
  return `
fn pass_tile(lid: u32, lives: bool, first: u32) {
  gather_inputs(lid, first);
  workgroupBarrier();
  actor_forward(lid);
  if (lives) { read_outputs(lid); }
  workgroupBarrier();
  refill_tile(lid);
  workgroupBarrier();
  critic_forward(lid);
  if (lives) {
    value_words[0] = bitcast<u32>(tile[lid * ${tile.stride}u].x);
    read_sample(indices[first + lid]);
    loss_of_sample(lid);
    add_sums();
  }
  workgroupBarrier();
  if (lives) { write_critic_delta(lid); }
  workgroupBarrier();
  critic_backward(lid);
  if (lives) { write_actor_delta(lid); }
  workgroupBarrier();
  actor_backward(lid);
}`;
}

const recordSize = (binding: Parameters<typeof layoutRecord>[0]) => layoutRecord(binding).size;

function ownArrays({ policy, loss }: LearnerPrograms, agent: AgentPlan, layout: GpuLayout): string {
  return [
    declareOwn("output_words", recordSize(policy.output)),
    declareOwn("value_words", 1),
    declareOwn("free_words", agent.freeCount),
    declareOwn("sample_words", recordSize(loss.sample)),
    declareOwn("coefficient_words", recordSize(loss.coefficients)),
    declareOwn("loss_words", layout.lossNames.length),
    declareOwn("slope_words", recordSize(loss.gradient)),
    `var<private> own_sums: array<f32, ${layout.lossNames.length + agent.freeCount}>;`,
  ].join("\n");
}

function lossFunction({ loss }: LearnerPrograms): string {
  return stageFunction(loss.program, "loss_of_sample", undefined, {
    y: ownArray("output_words"),
    v: ownArray("value_words"),
    g: ownArray("free_words"),
    t: ownArray("sample_words"),
    c: ownArray("coefficient_words"),
    out: ownArray("loss_words"),
    d: ownArray("slope_words"),
  });
}

/** Between samples, tile, records and an invocation's own arrays. */
function sampleAccess({ loss }: LearnerPrograms, agent: AgentPlan, layout: GpuLayout): string {
  const { tile, records, numInputs, sampleStride } = layout;
  const columns = records.inputColumns;
  const outputs = agent.actor.spec.outputs;
  const component = (i: number) => `[${i >> 2}u].${"xyzw"[i & 3]}`;
  const slope = (i: number, count: number) => (i < count ? `bitcast<f32>(slope_words[${i}])` : "0f");
  const deltas = (c: number) => [0, 1, 2, 3].map((e) => slope(4 * c + e, outputs)).join(", ");
  return `
fn read_free() {
${lines(agent.freeCount, (i) => `  free_words[${i}] = bitcast<u32>(params${component(agent.freeOffset + i)});`)}
}
fn gather_inputs(lid: u32, first: u32) {
  for (var i = lid; i < ${tile.samples * columns}u; i += ${tile.threads}u) {
    let sample = i / ${columns}u;
    let column = i % ${columns}u;
    let x = samples[indices[first + sample] * ${sampleStride / 4}u + column];
    tile[sample * ${tile.stride}u + column] = x;
    records[record_base + sample * ${records.size}u + ${records.input}u + column] = x;
  }
}
fn refill_tile(lid: u32) {
  for (var i = lid; i < ${tile.samples * columns}u; i += ${tile.threads}u) {
    let sample = i / ${columns}u;
    let column = i % ${columns}u;
    tile[sample * ${tile.stride}u + column] = records[record_base + sample * ${records.size}u + ${records.input}u + column];
  }
}
fn read_outputs(lid: u32) {
  let row = lid * ${tile.stride}u;
${lines(outputs, (i) => `  output_words[${i}] = bitcast<u32>(tile[row + ${i >> 2}u].${"xyzw"[i & 3]});`)}
}
fn read_sample(sample: u32) {
  let base = sample * ${sampleStride / 4}u;
${lines(recordSize(loss.sample), (i) => `  sample_words[${i}] = bitcast<u32>(samples[base + ${(numInputs + i) >> 2}u].${"xyzw"[(numInputs + i) & 3]});`)}
}
fn write_critic_delta(lid: u32) {
  tile[lid * ${tile.stride}u] = vec4f(bitcast<f32>(slope_words[${outputs}]), 0f, 0f, 0f);
}
fn write_actor_delta(lid: u32) {
  let row = lid * ${tile.stride}u;
${lines(Math.ceil(outputs / 4), (c) => `  tile[row + ${c}u] = vec4f(${deltas(c)});`)}
}`;
}

/** The loss's coefficients for this minibatch, its advantages' mean and deviation among them. */
function coefficients({ loss }: LearnerPrograms, { permuteParts }: GpuLayout, ppo: PpoOptions): string {
  const size = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  const values: Readonly<Record<string, string>> = {
    clipCoef: float(ppo.clipCoef),
    vfCoef: float(ppo.vfCoef),
    entCoef: float(ppo.entCoef),
    boundCoef: float(ppo.boundCoef),
    advantageMean: ppo.normalizeAdvantage ? "mean" : "0f",
    advantageScale: ppo.normalizeAdvantage ? "1f / (deviation + 1e-8f)" : "1f",
    sampleWeight: float(1 / size),
  };
  const names = Object.keys(loss.coefficients.fields);
  return `
fn write_coefficients() {
  var sums = vec2f();
  for (var part = 0u; part < ${permuteParts}u; part++) { sums += advantage_sums[step.first_sum + part]; }
  let mean = sums.x * ${float(1 / size)};
  let deviation = sqrt(max(0f, sums.y * ${float(1 / size)} - mean * mean));
${lines(names.length, (i) => `  coefficient_words[${i}] = bitcast<u32>(${values[names[i]!]});`)}
}`;
}

/** Sums of the loss's outputs and of the slopes of the free parameters, over an invocation's samples, then over all of them in their order. */
function ownSums(agent: AgentPlan, { tile, lossNames, partialCount }: GpuLayout): string {
  const losses = lossNames.length;
  const firstFree = agent.actor.spec.outputs + 1;
  const column = (i: number, words: readonly string[]) =>
    `vec4f(${[0, 1, 2, 3].map((e) => words[4 * i + e] ?? "0f").join(", ")})`;
  const sums = (first: number, count: number) => Array.from({ length: count }, (_, i) => `own_sums[${first + i}]`);
  const free = sums(losses, agent.freeCount);
  const outputs = sums(0, losses);
  const columns = [
    ...Array.from({ length: Math.ceil(free.length / 4) }, (_, i) => ({ at: agent.freeOffset / 4 + i, text: column(i, free) })),
    ...Array.from({ length: (partialCount - agent.parameterCount) / 4 }, (_, i) => ({
      at: agent.parameterCount / 4 + i,
      text: column(i, outputs),
    })),
  ];
  const sumColumn = ({ at, text }: { readonly at: number; readonly text: string }) => `
  if (lives) { tile[lid] = ${text}; }
  workgroupBarrier();
  if (lid == 0u) {
    var sum = tile[0];
    for (var s = 1u; s < ${tile.samples}u; s++) { sum += tile[s]; }
    partials[partial_base + ${at}u] = sum;
  }
  workgroupBarrier();`;
  return `
fn add_sums() {
${lines(losses, (i) => `  own_sums[${i}] += bitcast<f32>(loss_words[${i}]);`)}
${lines(agent.freeCount, (i) => `  own_sums[${losses + i}] += bitcast<f32>(slope_words[${firstFree + i}]);`)}
}
fn write_sums(lid: u32, lives: bool, partial_base: u32) {${columns.map(sumColumn).join("")}
}`;
}
