import { learnerControl } from "../../agents/ppo/plan.js";
import type { GpuContext } from "../../agents/ppo/webgpu/gpu-context.js";
import { UNIFORM_STRIDE } from "../../agents/ppo/webgpu/gpu-layout.js";
import { writeControl } from "../../agents/rollout/control.js";
import { declareOwn, lines, ownArray, stageFunction } from "../../agents/rollout/webgpu/compiled-stage.js";
import { layoutRecord } from "../../compiler/schema.js";
import { WGSL_LIBRARY } from "../../compiler/wgsl/library.js";
import { USAGE } from "../../models/webgpu/device.js";
import { type Binding, createKernel } from "../../models/webgpu/kernel.js";
import { onePass } from "../../models/webgpu/passes.js";
import { type InFlightEffort, measureInFlight, type Speed } from "../in-flight.js";

/** A multiple of the lengths of all rings (30 days, delays of one), so that a dispatch can follow itself. */
const STEPS = 240;
/** Where the host goes through the steps. */
const HOST_STEPS = 30;

const WORKGROUP = 64;

/**
 * The lanes of a learner by themselves: the whole control step (breakers, delays, economy, objective, autoreset, observation), no
 * networks. Each lane goes on asking for what its policy asked for last. Many steps are one dispatch, or one dispatch each
 * where the host goes through the loop.
 * @returns env-steps a second
 */
export async function measureSimulation(context: GpuContext, effort: InFlightEffort): Promise<Speed> {
  const { gpu, kernels, buffers, options, programs, layout } = context;
  const { device } = gpu;
  const { numEnvs } = options.ppo;
  const isOnDevice = kernels.loop === "device";
  const steps = isOnDevice ? STEPS : HOST_STEPS;
  const controls = device.createBuffer({
    size: steps * layoutRecord(programs.lane.records.control).size * 4,
    usage: USAGE.storage | USAGE.copyTarget,
  });
  const turns = device.createBuffer({ size: steps * UNIFORM_STRIDE, usage: USAGE.uniform | USAGE.copyTarget });
  device.queue.writeBuffer(controls, 0, controlWords(context, steps));
  device.queue.writeBuffer(turns, 0, turnWords(steps));
  const bindings: Binding[] = [
    { name: "lanes", type: "array<u32>", access: "read_write", buffer: buffers.lanes },
    { name: "control_steps", type: "array<u32>", access: "read", buffer: controls },
  ];
  if (!isOnDevice) bindings.push({ name: "turn", type: "vec4u", access: "uniform", buffer: turns, dynamicBytes: 16 });
  const code = simulationShader({ ...{ programs, layout, numEnvs }, loopSteps: isOnDevice ? steps : null });
  const kernel = await createKernel(device, { label: "simulation", bindings, code });
  const launch = async () => {
    const encoder = device.createCommandEncoder();
    const passes = onePass(encoder);
    const dispatches = isOnDevice ? 1 : steps;
    for (let i = 0; i < dispatches; i++) passes.dispatch(kernel, numEnvs / WORKGROUP, 1, i * UNIFORM_STRIDE);
    passes.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  };
  const speed = await measureInFlight(launch, numEnvs * steps, effort);
  controls.destroy();
  turns.destroy();
  return speed;
}

interface SimulationPlan extends Pick<GpuContext, "programs" | "layout"> {
  readonly numEnvs: number;
  /** Steps of a dispatch; null for one, which the uniform `turn` names. */
  readonly loopSteps: number | null;
}

export function simulationShader({ programs, layout, numEnvs, loopSteps }: SimulationPlan): string {
  const { controlWords: words, lanes } = layout;
  const loop = `for (var step = 0u; step < ${loopSteps}u; step++) { advance(lane, step); }`;
  return `
${WGSL_LIBRARY}
${declareOwn("control_words", words)}
${stageFunction(programs.lane.step, "step_world", lanes, { control: ownArray("control_words") })}

fn advance(lane: u32, step: u32) {
${lines(words, (i) => `  control_words[${i}] = control_steps[step * ${words}u + ${i}u];`)}
  step_world(lane);
}

@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let lane = id.x;
  if (lane >= ${numEnvs}u) { return; }
  ${loopSteps === null ? "advance(lane, turn.x);" : loop}
}
`;
}

/** Controls of successive steps. */
function controlWords({ options, programs }: GpuContext, steps: number): ArrayBuffer {
  const binding = programs.lane.records.control;
  const { size } = layoutRecord(binding);
  const words = new ArrayBuffer(steps * size * 4);
  const control = { ...learnerControl(options), noiseDay: 0 };
  for (let step = 0; step < steps; step++) writeControl(words, step * size * 4, binding, control, step, options.world);
  return words;
}

function turnWords(steps: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array((steps * UNIFORM_STRIDE) / 4);
  for (let step = 0; step < steps; step++) words[(step * UNIFORM_STRIDE) / 4] = step;
  return words;
}
