import { layoutRecord } from "../../../compiler/schema.js";
import { WGSL_LIBRARY } from "../../../compiler/wgsl/library.js";
import { float } from "../../../compiler/wgsl/literals.js";
import { STEP_RECORD } from "../../rollout/stages.js";
import type { StepPrograms } from "../../rollout/training-programs.js";
import { declareOwn, lines, ownArray, stageFunction } from "../../rollout/webgpu/compiled-stage.js";
import type { LaneSumRows, planStats } from "../../rollout/webgpu/statistics-shader.js";

const WORKGROUP = 64;
const FIELDS = Object.keys(STEP_RECORD);
const NUM_FIELDS = FIELDS.length;
const slot = (name: string): number => FIELDS.indexOf(name);

interface GaeOptions {
  /** A multiple of 64. */
  readonly numEnvs: number;
  readonly numSteps: number;
  /** Discount per decision. */
  readonly gamma: number;
  readonly gaeLambda: number;
  readonly step: StepPrograms;
  readonly stats: ReturnType<typeof planStats>;
  /** Rows of `lane_sums`. */
  readonly rows: LaneSumRows;
}

/**
 * Generalised advantage estimation in float32, one thread a lane, backwards over the decisions; see the wasm kernel `gae`. The
 * compiled stage "link values" first finds each decision's next value. Dispatch `numEnvs / 64` workgroups.
 *
 * Changes `rows: array<f32>` [decision][field of STEP_RECORD][lane], whose last decision holds only `value`; reads
 * `stats: array<f32>`; writes the sums of targets and errors to `lane_sums: array<f32>`.
 */
export function gaeShader({ numEnvs, numSteps, gamma, gaeLambda, step, stats, rows }: GaeOptions): string {
  const numScalings = layoutRecord(step.scaling).size;
  const own = (name: string) => `bitcast<f32>(row[${slot(name)}])`;
  const write = (name: string, value: string) => `rows[base + ${slot(name) * numEnvs}u] = ${value};`;
  return `
${WGSL_LIBRARY}
${declareOwn("row", NUM_FIELDS)}
${declareOwn("next_row", NUM_FIELDS)}
${declareOwn("scaling", numScalings)}
${stageFunction(step.link, "link_values", undefined, {
  [step.row.name]: ownArray("row"),
  next: ownArray("next_row"),
  [step.scaling.name]: ownArray("scaling"),
})}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let lane = id.x;
  if (lane >= ${numEnvs}u) { return; }
${lines(numScalings, (i) => `  scaling[${i}] = bitcast<u32>(stats[${stats.scaling + i}]);`)}
  row[${slot("value")}] = bitcast<u32>(rows[${(numSteps * NUM_FIELDS + slot("value")) * numEnvs}u + lane]);
  var advantage = 0f;
  var targets = vec2f();
  var errors = vec2f();
  for (var t = ${numSteps}u; t > 0u; t--) {
    let base = (t - 1u) * ${NUM_FIELDS * numEnvs}u + lane;
    next_row = row;
${lines(NUM_FIELDS, (i) => `    row[${i}] = bitcast<u32>(rows[base + ${i * numEnvs}u]);`)}
    link_values(lane);
    let is_ruined = ${own("terminated")} != 0f;
    let is_end = is_ruined || ${own("truncated")} != 0f;
    let next = select(${own("nextValue")}, 0f, is_ruined);
    let value = ${own("value")};
    advantage = (${own("reward")} + ${float(gamma)} * next - value) + ${float(gamma * gaeLambda)} * select(advantage, 0f, is_end);
    let goal = advantage + value;
    ${write("nextValue", own("nextValue"))}
    ${write("advantage", "advantage")}
    ${write("return", "goal")}
    let error = goal - value;
    targets += vec2f(goal, goal * goal);
    errors += vec2f(error, error * error);
  }
  lane_sums[${rows.return * numEnvs}u + lane] = targets.x;
  lane_sums[${rows.returnSquares * numEnvs}u + lane] = targets.y;
  lane_sums[${rows.error * numEnvs}u + lane] = errors.x;
  lane_sums[${rows.errorSquares * numEnvs}u + lane] = errors.y;
}
`;
}

interface StoreOptions {
  /** A multiple of 64. */
  readonly numEnvs: number;
  /** Divides `numEnvs`. */
  readonly marketGroup: number;
  /** Of `samples`, in floats. */
  readonly sampleStride: number;
  /** The target follows it. */
  readonly advantageColumn: number;
}

/**
 * Writes advantages and targets into their samples. Of lanes that share a market, each advantage loses the mean over those of
 * its group that are on the same day of the same episode; see the wasm kernel `centerGroups`. Dispatch `numEnvs / 64` times
 * `numSteps` workgroups.
 *
 * Reads `rows: array<f32>` as {@link gaeShader} leaves it; writes two columns of `samples: array<f32>` [decision][lane][column].
 */
export function storeShader(options: StoreOptions): string {
  const { numEnvs, marketGroup, sampleStride, advantageColumn } = options;
  const at = (name: string, lane: string) => `rows[base + ${slot(name) * numEnvs}u + ${lane}]`;
  const center = `
  let episode = ${at("episode", "lane")};
  let day = ${at("day", "lane")};
  let first = lane - lane % ${marketGroup}u;
  var sum = 0f;
  var count = 0f;
  for (var other = first; other < first + ${marketGroup}u; other++) {
    if (${at("episode", "other")} == episode && ${at("day", "other")} == day) {
      sum += ${at("advantage", "other")};
      count += 1f;
    }
  }
  advantage -= sum / count;
`;
  return `
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let lane = id.x;
  if (lane >= ${numEnvs}u) { return; }
  let base = id.y * ${NUM_FIELDS * numEnvs}u;
  var advantage = ${at("advantage", "lane")};
${marketGroup > 1 ? center : ""}
  let column = (id.y * ${numEnvs}u + lane) * ${sampleStride}u + ${advantageColumn}u;
  samples[column] = advantage;
  samples[column + 1u] = ${at("return", "lane")};
}
`;
}
