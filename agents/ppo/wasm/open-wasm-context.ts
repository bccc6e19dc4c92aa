import { emitWasm } from "../../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../../core/errors.js";
import { type AgentPlan, networkTable } from "../../../models/spec.js";
import { createDevice } from "../../../models/wasm/device.js";
import { allowRelaxedSimd } from "../../../models/wasm/kernels.js";
import { planLearning } from "../plan.js";
import { learnerJobs, STAGES, stagePrograms } from "./jobs.js";
import { type LearnerLayout, planLearner } from "./memory-layout.js";
import type { LearnerContext, LearnerOptions } from "./wasm-context.js";

/**
 * Memory, threads and compiled stages of a learner on the `wasm` device. The network tables are in place, all else is 0.
 * @throws UserError `E_WASM_MEMORY` where the run does not fit into a WebAssembly memory
 */
export async function openContext(options: LearnerOptions): Promise<LearnerContext> {
  const { ppo, numThreads, relaxed } = options;
  const { programs, agent } = planLearning(options);
  const sizes = {
    numEnvs: ppo.numEnvs,
    numSteps: ppo.numSteps,
    decisionInterval: ppo.decisionInterval,
    minibatchSize: (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches,
    numThreads,
  };
  const layout = planLearner(programs, agent, sizes);
  const stages = stagePrograms(programs, layout);
  if (relaxed) allowRelaxedSimd();
  const modules = STAGES.map((name) => {
    const { program, capacity } = stages[name];
    return new WebAssembly.Module(emitWasm(program, { capacity, relaxed }) as BufferSource);
  });
  const memory = reserve(layout.bytes, ppo);
  const device = await createDevice({ memory, modules, numThreads, relaxed });
  const { buffer } = memory;
  placeTables(layout, agent, buffer);
  return {
    options,
    programs,
    agent,
    layout,
    jobs: learnerJobs({ programs, agent, layout, sizes, settings: ppo }),
    device,
    placed: { block: layout.block, start: layout.lanes, buffer },
    f32: (address, length) => new Float32Array(buffer, address, length),
    f64: (address, length) => new Float64Array(buffer, address, length),
  };
}

function placeTables({ actorTable, criticTable }: LearnerLayout, agent: AgentPlan, buffer: ArrayBufferLike): void {
  for (const [address, network] of [
    [actorTable, agent.actor],
    [criticTable, agent.critic],
  ] as const) {
    const table = networkTable(network);
    new Int32Array(buffer, address, table.length).set(table);
  }
}

const PAGE_BYTES = 65_536;
/** What 32-bit addresses reach. */
const MAX_PAGES = 65_536;

function reserve(bytes: number, { numEnvs, numSteps }: LearnerOptions["ppo"]): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  if (pages > MAX_PAGES) {
    throw new UserError(
      "E_WASM_MEMORY",
      `numEnvs=${numEnvs} with numSteps=${numSteps} takes ${bytes} bytes, and a WebAssembly memory has at most 4 GiB`,
      "use fewer numEnvs or numSteps, or --device webgpu",
    );
  }
  return new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES, shared: true });
}
