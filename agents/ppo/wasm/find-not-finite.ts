import { parameterName } from "../../../models/spec.js";
import { NotFiniteError } from "../../learner/not-finite.js";
import type { RolloutSums } from "../../rollout/collect.js";
import { readField } from "../../rollout/lane-block.js";
import { STEP_RECORD } from "../../rollout/stages.js";
import type { LearnerContext } from "./wasm-context.js";

/**
 * Whether a rollout was finite in all its observations, rewards and costs, by their sums, and left a finite state. The update
 * would not notice all of it: the normaliser takes a NaN for the mean.
 */
export function isWhole({ device, placed, layout, programs }: LearnerContext, { reward, ...sums }: RolloutSums): boolean {
  if (!Number.isFinite(reward) || !Object.values(sums).every((values) => values.every(Number.isFinite))) return false;
  const { block } = placed;
  const { slots } = block.layouts.get("state")!;
  for (const [name, { type, length = 1 }] of Object.entries(programs.lane.records.state.fields)) {
    if (type === "u32") continue;
    for (let chunk = 0; chunk < block.numChunks; chunk++) {
      const address =
        layout.lanes + chunk * block.chunkBytes + block.offsets.get("state")! + slots.get(name)! * block.capacity * 4;
      if (device.kernels.firstNonFinite(address, length * block.capacity) >= 0) return false;
    }
  }
  return true;
}

/** Looks for the cause in the order in which numbers flow: weights, the world, rewards, values, advantages, gradient. */
export function notFinite(context: LearnerContext, iteration: number): NotFiniteError {
  const found =
    inParameters(context, "params") ??
    inLanes(context) ??
    inRows(context) ??
    inSums(context) ??
    inParameters(context, "gradient") ??
    "the gradient norm";
  return new NotFiniteError(`${found} is not finite in iteration ${iteration + 1}`);
}

const RECORD_NAMES = {
  params: "parameter",
  state: "state",
  observation: "observation",
  lastObservation: "observation",
  costs: "cost",
} as const;

/** After the last step of the rollout. A lane that was reset since then has left its trace in the rows and sums only. */
function inLanes(context: LearnerContext): string | undefined {
  const { placed, programs, options } = context;
  for (const record of Object.keys(RECORD_NAMES) as (keyof typeof RECORD_NAMES)[]) {
    for (const [name, spec] of Object.entries(programs.lane.records[record].fields)) {
      if (spec.type === "u32" || placed.block.layouts.get(record)?.slots.get(name) === undefined) continue;
      for (let element = 0; element < (spec.length ?? 1); element++) {
        const lane = readField(placed, record, name, element).findIndex((value) => !Number.isFinite(value));
        if (lane < 0) continue;
        const step = firstBadStep(context, lane) ?? options.ppo.numSteps - 1;
        return `${RECORD_NAMES[record]} ${name} of lane ${lane} in step ${step}`;
      }
    }
  }
  return undefined;
}

/** The step whose reward first shows what is wrong with a lane. */
function firstBadStep(context: LearnerContext, lane: number): number | undefined {
  const { block } = context.layout;
  const chunk = Math.floor(lane / block.chunkLanes);
  for (let step = 0; step < context.options.ppo.numSteps; step++) {
    const [reward] = context.f32(rowAddress(context, "reward", chunk, step) + (lane % block.chunkLanes) * 4, 1);
    if (!Number.isFinite(reward)) return step;
  }
  return undefined;
}

function inRows(context: LearnerContext): string | undefined {
  const { layout, options, device } = context;
  const { block } = layout;
  for (const name of Object.keys(STEP_RECORD)) {
    for (let step = 0; step < options.ppo.numSteps; step++) {
      for (let chunk = 0; chunk < block.numChunks; chunk++) {
        const lane = device.kernels.firstNonFinite(rowAddress(context, name, chunk, step), block.chunkLanes);
        if (lane >= 0) return `${name} of lane ${chunk * block.chunkLanes + lane} in step ${step}`;
      }
    }
  }
  return undefined;
}

function rowAddress({ layout }: LearnerContext, name: string, chunk: number, step: number): number {
  const field = Object.keys(STEP_RECORD).indexOf(name) * layout.block.capacity * 4;
  return layout.rows + chunk * layout.rowChunkBytes + step * layout.rowBytes + field;
}

/** What was observed, earned or paid in the middle of the rollout may be gone but for its sums over the lanes of a chunk. */
function inSums({ layout, programs, options, f64 }: LearnerContext): string | undefined {
  const { block } = layout;
  const { observation, hidden, costs } = programs.lane.records;
  const named = (what: string, fields: object) => Object.keys(fields).map((name) => `${what} ${name}`);
  for (let chunk = 0; chunk < block.numChunks; chunk++) {
    const places: [string[], number][] = [
      [
        [...named("observation", observation.fields), ...named("state", hidden.fields)],
        layout.observationSums + chunk * layout.observationSumsBytes,
      ],
      [["discounted reward", "reward"], layout.gainSums + chunk * 64],
      [named("cost", costs.fields), layout.costSums + chunk * layout.costSumsBytes],
    ];
    for (const [names, address] of places) {
      const sums = f64(address, 2 * names.length);
      const bad = names.findIndex((_, i) => !Number.isFinite(sums[2 * i]));
      if (bad < 0) continue;
      const first = chunk * block.chunkLanes;
      return `${names[bad]} of a lane ${first} to ${first + block.chunkLanes - 1} in a step 0 to ${options.ppo.numSteps - 1}`;
    }
  }
  return undefined;
}

function inParameters({ layout, agent, device }: LearnerContext, what: "params" | "gradient"): string | undefined {
  const index = device.kernels.firstNonFinite(layout[what], agent.parameterCount);
  if (index < 0) return undefined;
  return `${what === "gradient" ? "gradient of " : ""}${parameterName(agent.tensors, index)}`;
}
