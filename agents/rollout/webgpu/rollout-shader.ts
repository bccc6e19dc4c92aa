import { layoutRecord } from "../../../compiler/schema.js";
import { WGSL_LIBRARY } from "../../../compiler/wgsl/library.js";
import { forwardShader } from "../../../models/webgpu/network-shader.js";
import { tileDeclaration } from "../../../models/webgpu/tile.js";
import { IS_FINITE } from "../../../models/webgpu/workgroup-sum.js";
import { declareOwn, laneRecord, lines, ownArray, type Places, stageFunction } from "./compiled-stage.js";
import type { GpuRolloutPlan } from "./gpu-rollout-layout.js";
import { bookkeeping } from "./rollout-sums.js";

/** Workgroups of a dispatch along x; more lie along y, as a dimension has at most 65,535. */
const ACROSS = 32_768;

/** Workgroups to dispatch along x and y for so many in all. */
export const spread = (workgroups: number): readonly [number, number] => [
  Math.min(workgroups, ACROSS),
  Math.ceil(workgroups / ACROSS),
];

/**
 * A whole rollout in one dispatch: each workgroup takes a tile of lanes through all decisions and steps, world, breakers,
 * observation, normaliser, networks, sampling, autoreset, and then values the last observation. Dispatch `spread(numEnvs /
 * tile.samples)` workgroups.
 *
 * Reads `control_steps: array<u32>` [step][control record], `stats: array<f32>`, `params: array<vec4f>`; changes `lanes: array<u32>`;
 * writes `samples: array<vec4f>` (all but advantage and return), `rows: array<f32>` [step][field][lane] (what the advantages
 * need) and `lane_sums: array<f32>` [row][lane].
 */
export function rolloutShader(plan: GpuRolloutPlan): string {
  const { numSteps, decisionInterval } = plan.sizes;
  return `${shared(plan)}
${decideFunction(plan)}
${advanceFunction(plan)}
${finishFunction(plan)}
${mainFunction(plan)}
  if (lives) { start_sums(lane); }
  for (var decision = 0u; decision < ${numSteps}u; decision++) {
    decide(lane, lid, lives, decision);
    for (var step = 0u; step < ${decisionInterval}u; step++) { advance(lane, lid, lives, decision * ${decisionInterval}u + step); }
    if (lives) { store_row(decision, lane); }
  }
  finish(lane, lid, lives);
}
`;
}

/**
 * The same in three shaders, for a host that goes through decisions and steps where a driver refuses the whole. Each is
 * dispatched like {@link rolloutShader}, with the uniform `turn: vec4u` (x: decision, y: step of the rollout) besides its buffers: `decide` for every decision, after it `advance` for each of its steps, at last `finish`.
 */
export function rolloutParts(plan: GpuRolloutPlan): Readonly<Record<"decide" | "advance" | "finish", string>> {
  const row = (work: string) => `  if (lives) { read_row(turn.x, lane); }\n${work}\n  if (lives) { store_row(turn.x, lane); }`;
  return {
    decide: `${shared(plan)}
${decideFunction(plan)}
${mainFunction(plan)}
  if (lives && turn.x == 0u) { start_sums(lane); }
  decide(lane, lid, lives, turn.x);
  if (lives) { store_row(turn.x, lane); }
}
`,
    advance: `${shared(plan)}
${advanceFunction(plan)}
${mainFunction(plan)}
${row("  advance(lane, lid, lives, turn.y);")}
}
`,
    finish: `${shared(plan)}
${finishFunction(plan)}
${mainFunction(plan)}
  finish(lane, lid, lives);
}
`,
  };
}

/** Everything that the three parts call; a compiler drops what is not called. */
function shared(plan: GpuRolloutPlan): string {
  const { agent } = plan;
  const { tile } = plan.layout;
  return `
${WGSL_LIBRARY}
${IS_FINITE}
${tileDeclaration(tile)}
var<workgroup> ended_votes: atomic<u32>;
var<workgroup> any_ended: u32;
${ownArrays(plan)}
${stageFunctions(plan)}
${forwardShader({ name: "actor", network: agent.actor, offset: agent.actorOffset, tile })}
${forwardShader({ name: "critic", network: agent.critic, offset: agent.criticOffset, tile })}
${tileAccess(plan)}
${bookkeeping(plan)}`;
}

/** The beginning of `main`: which lane an invocation lives; invocations beyond the tile's lanes help the networks only. */
function mainFunction({ layout: { tile }, sizes: { numEnvs } }: GpuRolloutPlan): string {
  return `
@compute @workgroup_size(${tile.threads})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lid: u32) {
  let group = workgroup.x + workgroup.y * ${ACROSS}u;
  if (group >= ${numEnvs / tile.samples}u) { return; }
  let lane = group * ${tile.samples}u + lid;
  let lives = lid < ${tile.samples}u;`;
}

function decideFunction({ layout, sizes }: GpuRolloutPlan): string {
  const { rowFields, tile } = layout;
  const { numEnvs, decisionInterval } = sizes;
  return `
fn decide(lane: u32, lid: u32, lives: bool, decision: u32) {
  if (lives) {
    normalize_present(lane);
    sum_observation(lane);
    fill_tile(lid);
  }
  workgroupBarrier();
  actor_forward(lid);
  if (lives) {
    read_outputs(lid);
    fill_tile(lid);
  }
  workgroupBarrier();
  critic_forward(lid);
  if (lives) {
    read_free();
    read_control(decision * ${decisionInterval}u);
    sample_action(lane);
    mark_step(lane);
    row_words[${rowFields.indexOf("value")}] = bitcast<u32>(tile[lid * ${tile.stride}u].x);
    store_sample(decision * ${numEnvs}u + lane);
  }
}`;
}

function advanceFunction({ layout: { tile, rowFields } }: GpuRolloutPlan): string {
  return `
fn advance(lane: u32, lid: u32, lives: bool, step: u32) {
  if (lid == 0u) { atomicStore(&ended_votes, 0u); }
  workgroupBarrier();
  if (lives) {
    read_control(step);
    step_world(lane);
    if (has_ended(lane)) { atomicOr(&ended_votes, 1u); }
  }
  workgroupBarrier();
  if (lid == 0u) { any_ended = atomicLoad(&ended_votes); }
  if (workgroupUniformLoad(&any_ended) != 0u) {
    if (lives) {
      normalize_last(lane);
      fill_tile(lid);
    }
    workgroupBarrier();
    critic_forward(lid);
    if (lives) { row_words[${rowFields.indexOf("finalValue")}] = bitcast<u32>(tile[lid * ${tile.stride}u].x); }
    workgroupBarrier();
  }
  if (lives) {
    record_step(lane);
    sum_step(lane);
  }
}`;
}

function finishFunction({ layout, sizes: { numSteps, numEnvs } }: GpuRolloutPlan): string {
  const { tile, rowFields } = layout;
  const value = (numSteps * rowFields.length + rowFields.indexOf("value")) * numEnvs;
  return `
fn finish(lane: u32, lid: u32, lives: bool) {
  if (lives) {
    normalize_present(lane);
    fill_tile(lid);
  }
  workgroupBarrier();
  critic_forward(lid);
  if (lives) {
    rows[${value}u + lane] = tile[lid * ${tile.stride}u].x;
    sum_finished(lane);
    check_state(lane);
  }
}`;
}

function ownArrays({ programs: { policy }, agent, layout }: GpuRolloutPlan): string {
  const size = (binding: Parameters<typeof layoutRecord>[0]) => layoutRecord(binding).size;
  return [
    declareOwn("control_words", layout.controlWords),
    declareOwn("input_words", layout.numInputs),
    declareOwn("output_words", size(policy.output)),
    declareOwn("free_words", agent.freeCount),
    declareOwn("decision_words", size(policy.decision)),
    declareOwn("row_words", layout.rowFields.length),
  ].join("\n");
}

function stageFunctions({ programs, layout: { lanes, stats } }: GpuRolloutPlan): string {
  const { lane, policy, step } = programs;
  const control = ownArray("control_words");
  const row = ownArray("row_words");
  const normalizer = { words: "stats", offset: stats.normalizerMean };
  const common: Places = { w: normalizer, xn: ownArray("input_words") };
  const lastObservation: Places = {
    ...common,
    observation: laneRecord(lanes, "lastObservation")!,
    hidden: laneRecord(lanes, "lastHidden")!,
  };
  return [
    stageFunction(policy.normalize, "normalize_present", lanes, common),
    stageFunction(policy.normalize, "normalize_last", lanes, lastObservation),
    stageFunction(policy.sample, "sample_action", lanes, {
      control,
      y: ownArray("output_words"),
      g: ownArray("free_words"),
      t: ownArray("decision_words"),
    }),
    stageFunction(step.mark, "mark_step", lanes, { row }),
    stageFunction(lane.step, "step_world", lanes, { control }),
    stageFunction(step.record, "record_step", lanes, { row, scaling: { words: "stats", offset: stats.scaling } }),
  ].join("\n");
}

/** Between an invocation's own arrays and the tile or global memory. */
function tileAccess({ agent, layout }: GpuRolloutPlan): string {
  const { tile, numInputs, controlWords } = layout;
  const input = (i: number) => (i < numInputs ? `bitcast<f32>(input_words[${i}])` : "0f");
  const four = (i: number, word: (i: number) => string) => [0, 1, 2, 3].map((e) => word(4 * i + e)).join(", ");
  return `
fn read_control(step: u32) {
${lines(controlWords, (i) => `  control_words[${i}] = control_steps[step * ${controlWords}u + ${i}u];`)}
}
fn read_free() {
${lines(agent.freeCount, (i) => `  free_words[${i}] = bitcast<u32>(params[${(agent.freeOffset + i) >> 2}].${"xyzw"[i & 3]});`)}
}
fn fill_tile(lid: u32) {
  let row = lid * ${tile.stride}u;
${lines(Math.ceil(numInputs / 4), (c) => `  tile[row + ${c}u] = vec4f(${four(c, input)});`)}
}
fn read_outputs(lid: u32) {
  let row = lid * ${tile.stride}u;
${lines(agent.actor.spec.outputs, (i) => `  output_words[${i}] = bitcast<u32>(tile[row + ${i >> 2}u].${"xyzw"[i & 3]});`)}
}
fn store_sample(sample: u32) {
${storeSample(layout, input, four)}
}`;
}

function storeSample(
  { numInputs, sampleStride, rowFields, decisionColumn, valueColumn }: GpuRolloutPlan["layout"],
  input: (i: number) => string,
  four: (i: number, word: (i: number) => string) => string,
): string {
  const word = (i: number): string => {
    if (i < numInputs) return input(i);
    if (i < valueColumn) return `bitcast<f32>(decision_words[${i - decisionColumn}])`;
    return i === valueColumn ? `bitcast<f32>(row_words[${rowFields.indexOf("value")}])` : "0f";
  };
  return lines(sampleStride / 4, (c) => `  samples[sample * ${sampleStride / 4}u + ${c}u] = vec4f(${four(c, word)});`);
}
