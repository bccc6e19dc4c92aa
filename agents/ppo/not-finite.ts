import { parameterName } from "../../models/spec.js";
import { readField } from "../rollout/lane-block.js";
import { STEP_RECORD } from "../rollout/stages.js";
import type { LearnerContext } from "./context.js";

/** A NaN or infinity stopped the run; it names the first tensor, lane and step that holds one. */
export class NotFiniteError extends Error {
  override readonly name = "NotFiniteError";
}

/** Looks for the cause in the order in which numbers flow: observations, rewards, values, advantages, weights, gradient. */
export function notFinite(context: LearnerContext, iteration: number): NotFiniteError {
  const found = inLanes(context) ?? inRows(context) ?? inParameters(context) ?? "the gradient norm";
  return new NotFiniteError(`${found} is not finite in iteration ${iteration + 1}`);
}

function inLanes({ placed, programs }: LearnerContext): string | undefined {
  for (const record of ["s", "o", "p"] as const) {
    for (const [name, spec] of Object.entries(programs.lane.records[record].fields)) {
      if (placed.block.layouts.get(record)?.slots.get(name) === undefined) continue;
      for (let element = 0; element < (spec.length ?? 1); element++) {
        const lane = readField(placed, record, name, element).findIndex((value) => !Number.isFinite(value));
        if (lane >= 0) return `${RECORD_NAMES[record]} ${name} of lane ${lane}`;
      }
    }
  }
  return undefined;
}

const RECORD_NAMES = { s: "state", o: "observation", p: "parameter" } as const;

function inRows({ layout, options, device }: LearnerContext): string | undefined {
  const { block } = layout;
  for (let step = 0; step < options.ppo.numSteps; step++) {
    for (let chunk = 0; chunk < block.numChunks; chunk++) {
      const base = layout.rows + chunk * layout.rowChunkBytes + step * layout.rowBytes;
      for (const [i, name] of Object.keys(STEP_RECORD).entries()) {
        const lane = device.kernels.firstNonFinite(base + i * block.capacity * 4, block.chunkLanes);
        if (lane >= 0) return `${name} of lane ${chunk * block.chunkLanes + lane} in step ${step}`;
      }
    }
  }
  return undefined;
}

function inParameters({ layout, agent, device }: LearnerContext): string | undefined {
  for (const [what, address] of [
    ["", layout.params],
    ["gradient of ", layout.gradient],
  ] as const) {
    const index = device.kernels.firstNonFinite(address, agent.parameterCount);
    if (index >= 0) return `${what}${parameterName(agent.tensors, index)}`;
  }
  return undefined;
}
