import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import { emptyMoments } from "../../models/normalizer.js";
import type { AgentPlan } from "../../models/spec.js";
import { createDevice } from "../../models/wasm/device.js";
import { firstWeights } from "../policy/first-weights.js";
import { writeControl } from "../rollout/control.js";
import { startLanes } from "../rollout/first-lanes.js";
import type { PlacedBlock } from "../rollout/lane-block.js";
import { resetCall } from "../rollout/rollout-jobs.js";
import { planLanes } from "../rollout/rollout-layout.js";
import type { TrainingPrograms } from "../rollout/training-programs.js";
import { learnerControl } from "./plan.js";
import type { LearnerProgress, PpoState } from "./state.js";
import type { LearnerOptions } from "./wasm/wasm-context.js";

const PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
const MAX_PAGES = 65_536;

/**
 * The state that a run begins with, for a device that does not make it itself. The lanes' reset alone runs, on the CPU.
 * @throws UserError `E_WASM_MEMORY` where the lanes are more than a WebAssembly memory holds
 */
export async function firstState(
  options: LearnerOptions,
  { programs, agent }: { readonly programs: TrainingPrograms; readonly agent: AgentPlan },
): Promise<PpoState> {
  const params = firstWeights(agent, options.world, options.ppo.logStdInit, options.random);
  const { buffer, start, block } = await firstLanes(options, programs);
  return {
    ...firstProgress(programs),
    params,
    firstMoment: new Float32Array(agent.parameterCount),
    secondMoment: new Float32Array(agent.parameterCount),
    lanes: new Uint32Array(buffer, start, block.bytes / 4).slice(),
  };
}

/** Nothing done and nothing seen yet. */
export function firstProgress({ lane }: Pick<TrainingPrograms, "lane">): LearnerProgress {
  const { observation, hidden } = lane.records;
  return {
    iteration: 0,
    envSteps: 0,
    clock: 0,
    updates: 0,
    observationMoments: emptyMoments(Object.keys(observation.fields).length),
    hiddenMoments: emptyMoments(Object.keys(hidden.fields).length),
    gainMoments: emptyMoments(2),
  };
}

/** Memory for one control record and the lanes, with the lanes as a run begins with them. */
async function firstLanes(options: LearnerOptions, programs: TrainingPrograms): Promise<PlacedBlock> {
  const { world, ppo, lane, horizon } = options;
  const block = planLanes(programs, ppo.numEnvs);
  const [control, start] = [64, 512];
  const pages = Math.ceil((start + block.bytes) / PAGE_BYTES);
  if (pages > MAX_PAGES) {
    const what = `numEnvs=${ppo.numEnvs}: a run's first lanes are made on the CPU, in at most 4 GiB`;
    throw new UserError("E_WASM_MEMORY", what, "use fewer numEnvs");
  }
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES, shared: true });
  const { buffer } = memory;
  const reset = new WebAssembly.Module(
    emitWasm(programs.lane.reset, { capacity: block.capacity, relaxed: options.relaxed }) as BufferSource,
  );
  const device = await createDevice({ memory, modules: [reset], relaxed: options.relaxed });
  writeControl(buffer, control, programs.lane.records.control, { ...learnerControl(options), noiseDay: 0 }, 0, world);
  const placed = { block, start, buffer };
  const job = { name: "reset", calls: [resetCall(0, { programs, layout: { block, lanes: start } }, control)] };
  startLanes({ ...ppo, placed, programs, params: lane.params, horizon }, () => device.run(job, block.numChunks));
  await device.dispose();
  return placed;
}
