import { type FieldSpec, layoutRecord } from "../../../compiler/schema.js";
import { laneRecord, lines } from "./compiled-stage.js";
import type { GpuRolloutPlan } from "./gpu-rollout-layout.js";

/** What a lane adds up over the rollout, and what the advantages need of a decision. */
export function bookkeeping({ programs, layout, sizes: { numEnvs } }: GpuRolloutPlan): string {
  const { sumRows, stats, numInputs, numObservations, rowFields } = layout;
  const { lane, costs } = programs.lane.records;
  const field = (record: string, slot: number) =>
    `bitcast<f32>(lanes[${laneRecord(layout.lanes, record)!.offset + slot * numEnvs}u + lane])`;
  const slot = (name: string) => layoutRecord(lane).slots.get(name)!;
  const last = layoutRecord(programs.step.discounted).slots.get("last")!;
  const costNames = Object.keys(costs.fields);
  const add = (row: number, value: string) => `  lane_sums[${row * numEnvs}u + lane] += ${value};`;
  const raw = (i: number) => (i < numObservations ? field("observation", i) : field("hidden", i - numObservations));
  return `
fn start_sums(lane: u32) {
  for (var row = 0u; row < ${sumRows.size}u; row++) { lane_sums[row * ${numEnvs}u + lane] = 0f; }
}
fn sum_observation(lane: u32) {
${lines(numInputs, (i) => `  { let x = ${raw(i)} - stats[${stats.shift + i}];\n${add(sumRows.inputs + i, "x")}\n${add(sumRows.inputSquares + i, "x * x")} }`)}
}
fn has_ended(lane: u32) -> bool { return ${field("lane", slot("ended"))} > 0.5f; }
fn sum_step(lane: u32) {
  let gain = ${field("gain", last)} - stats[${stats.shiftGain}];
  let reward = ${field("lane", slot("reward"))};
  let shifted = reward - stats[${stats.shiftGain + 1}];
${add(sumRows.gain, "gain")}
${add(sumRows.gainSquares, "gain * gain")}
${add(sumRows.reward, "shifted")}
${add(sumRows.rewardSquares, "shifted * shifted")}
${add(sumRows.rewardRaw, "reward")}
${lines(costNames.length, (i) => add(sumRows.costs[costNames[i]!]!, field("costs", i)))}
}
fn store_row(decision: u32, lane: u32) {
  let first = decision * ${rowFields.length * numEnvs}u + lane;
${lines(rowFields.length, (i) => `  rows[first + ${i * numEnvs}u] = bitcast<f32>(row_words[${i}]);`)}
}
fn read_row(decision: u32, lane: u32) {
  let first = decision * ${rowFields.length * numEnvs}u + lane;
${lines(rowFields.length, (i) => `  row_words[${i}] = bitcast<u32>(rows[first + ${i * numEnvs}u]);`)}
}
fn sum_finished(lane: u32) {
  if (${field("lane", slot("lastLength"))} > 0f) {
${add(sumRows.finished, "1f")}
${add(sumRows.lastReturn, field("lane", slot("lastReturn")))}
${add(sumRows.lastLength, field("lane", slot("lastLength")))}
  }
}
${stateCheck(programs, layout)}`;
}

/** A state may have lost a number that no observation, reward or cost shows before the next rollout. */
function stateCheck({ lane }: GpuRolloutPlan["programs"], { lanes, sumRows }: GpuRolloutPlan["layout"]): string {
  const { state } = lane.records;
  const { slots } = layoutRecord(state);
  const { offset } = laneRecord(lanes, state.name)!;
  const look = ([name, { type, length = 1 }]: readonly [string, FieldSpec]) => {
    const first = slots.get(name);
    if (type === "u32" || first === undefined) return [];
    return `  for (var i = ${first}u; i < ${first + length}u; i++) {
    if (!is_finite(bitcast<f32>(lanes[${offset}u + i * ${lanes.capacity}u + lane]))) { infinite = 0x7f800000u; }
  }`;
  };
  return `
fn check_state(lane: u32) {
  var infinite = 0u;
${Object.entries(state.fields).flatMap(look).join("\n")}
  lane_sums[${sumRows.state * lanes.capacity}u + lane] = bitcast<f32>(infinite);
}`;
}
