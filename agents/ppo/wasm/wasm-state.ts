import type { PpoState } from "../state.js";
import type { LearnerContext } from "./wasm-context.js";

/** What of a state lies in the device's memory. */
export function copyArrays(context: LearnerContext): Pick<PpoState, "params" | "firstMoment" | "secondMoment" | "lanes"> {
  const { agent, layout, placed } = context;
  const copy = (address: number) => context.f32(address, agent.parameterCount).slice();
  return {
    params: copy(layout.params),
    firstMoment: copy(layout.firstMoment),
    secondMoment: copy(layout.secondMoment),
    lanes: new Uint32Array(placed.buffer, layout.lanes, layout.block.bytes / 4).slice(),
  };
}

export function restoreArrays(context: LearnerContext, state: PpoState): void {
  const { agent, layout, placed } = context;
  context.f32(layout.params, agent.parameterCount).set(state.params);
  context.f32(layout.firstMoment, agent.parameterCount).set(state.firstMoment);
  context.f32(layout.secondMoment, agent.parameterCount).set(state.secondMoment);
  new Uint32Array(placed.buffer, layout.lanes, layout.block.bytes / 4).set(state.lanes);
}
