import { tensorflowUpdater } from "../agents/ppo/tensorflow/tensorflow-updater.js";
import type { LearnerOptions } from "../agents/ppo/wasm/wasm-context.js";
import { createLearner, type PpoLearner } from "../agents/ppo/wasm/wasm-learner.js";
import { checkWebgpu, createWebgpuLearner } from "../agents/ppo/webgpu/gpu-learner.js";
import { UserError } from "../core/errors.js";
import type { Economy } from "../env/economy.js";
import type { TrainDevice } from "../models/devices.js";
import { searchTensorFlow } from "../models/tensorflow/load.js";
import type { LoadWebgpu } from "../models/webgpu/device.js";
import { measureInFlight } from "./in-flight.js";
import { learnerOptions } from "./learner-parts.js";
import type { DeviceTraining } from "./schema.js";

export type BenchDevice = "auto" | TrainDevice;

/** Devices besides wasm. */
type OtherDevice = Exclude<BenchDevice, "auto" | "wasm">;

interface DeviceEffort {
  readonly seconds: number;
  readonly now: () => number;
}

/** For devices in software: a check that they work, no measure of what they do with a run of its usual size. */
const SMALL = { numEnvs: 64, numSteps: 4, hidden: [16], updateEpochs: 1, numMinibatches: 2 };
/** A GPU wants many environments; the first that fits its memory. */
const GPU_ENVS = [65_536, 16_384, 4096];

/** How a device would be measured, or why it is not. */
export type DevicePlan = {
  readonly open: () => Promise<PpoLearner>;
  readonly options: LearnerOptions;
  readonly isSoftware: boolean;
};

/**
 * What is to be measured besides wasm: under `auto` what may be the faster device (a GPU that is one, native TensorFlow.js), else the device
 * that is named, in software too.
 * @param load the package `webgpu`; tests put another in its place
 * @throws UserError when the device that is named is not there
 */
export async function planDevices(
  economy: Economy,
  device: BenchDevice,
  quick: boolean,
  load?: LoadWebgpu,
): Promise<Readonly<Record<OtherDevice, DevicePlan | { readonly why: string }>>> {
  const plan = async (name: OtherDevice, make: (isNamed: boolean) => Promise<DevicePlan | { readonly why: string }>) => {
    if (device !== "auto" && device !== name) return { why: `left out by --device ${device}` };
    try {
      return await make(device === name);
    } catch (error) {
      if (device === name || !(error instanceof UserError)) throw error;
      return { why: error.message };
    }
  };
  return {
    webgpu: await plan("webgpu", (isNamed) => planWebgpu(economy, { isNamed, quick, load })),
    tensorflow: await plan("tensorflow", (isNamed) => planTensorFlow(economy, isNamed, quick)),
  };
}

/** A sample in every step, as the other trainers have it. */
const trainingOptions = (economy: Economy, sizes: Readonly<Record<string, unknown>>) =>
  learnerOptions(economy, 1, { ...sizes, decisionInterval: 1 });

async function planWebgpu(
  economy: Economy,
  { isNamed, quick, load }: { readonly isNamed: boolean; readonly quick: boolean; readonly load: LoadWebgpu | undefined },
): Promise<DevicePlan | { readonly why: string }> {
  const small = trainingOptions(economy, SMALL);
  const { isSoftware } = await checkWebgpu(small, load);
  if (isSoftware && !isNamed) return { why: "the CPU computes in place of a GPU; --device webgpu measures it all the same" };
  const options = isSoftware || quick ? small : await largest(economy);
  return { options, isSoftware, open: () => createWebgpuLearner(options) };
}

async function largest(economy: Economy): Promise<LearnerOptions> {
  const [first, ...smaller] = GPU_ENVS.map((numEnvs) => trainingOptions(economy, { numEnvs }));
  let options = first!;
  for (const next of smaller) {
    try {
      await checkWebgpu(options);
      return options;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      options = next;
    }
  }
  return options;
}

async function planTensorFlow(
  economy: Economy,
  isNamed: boolean,
  quick: boolean,
): Promise<DevicePlan | { readonly why: string }> {
  const { backend, skipped } = await searchTensorFlow(undefined, isNamed ? "all" : "native");
  if (!backend) {
    const why = skipped.map(({ packageName, why }) => `${packageName}: ${why}`).join("; ");
    if (!isNamed) return { why: `no native package works here (${why})` };
    throw new UserError(
      "E_TENSORFLOW_MISSING",
      `no TensorFlow.js package works here (${why})`,
      "npm install @tensorflow/tfjs@4.22.0",
    );
  }
  const isSoftware = !backend.native;
  const options = trainingOptions(economy, isSoftware || quick ? SMALL : {});
  return { options, isSoftware, open: () => createLearner(options, tensorflowUpdater(backend)) };
}

/** Iterations that are not timed: the first one only measures observations. */
const WARM_UPS = 2;
/** Timed at least. */
const LEAST = 3;

/** Whole iterations, as many under way as the device is worth having. A device that fails says why. */
export async function measureDevice(
  plan: DevicePlan | { readonly why: string },
  { seconds, now }: DeviceEffort,
): Promise<DeviceTraining> {
  if ("why" in plan) return notMeasured(plan.why);
  const { numEnvs, numSteps } = plan.options.ppo;
  let learner: PpoLearner | undefined;
  try {
    learner = await plan.open();
    const { iterate, device, depth } = learner;
    for (let i = 0; i < WARM_UPS; i++) await iterate();
    const speed = await measureInFlight(iterate, numEnvs * numSteps, { depth, seconds, least: LEAST, now });
    return {
      envStepsPerSecond: speed.median,
      ...readTraffic(learner),
      ...{ device, isSoftware: plan.isSoftware, numEnvs, numSteps, why: "" },
    };
  } catch (error) {
    return notMeasured((error instanceof Error ? error.message : String(error)).split("\n")[0]!);
  } finally {
    await learner?.dispose();
  }
}

/** Only a GPU of our own counts them. */
function readTraffic(
  learner: PpoLearner & { readonly dispatches?: number; readonly bytesReadBack?: number },
): Pick<DeviceTraining, "dispatchesPerIteration" | "bytesReadBackPerIteration"> {
  const { dispatches = null, bytesReadBack = null } = learner;
  return { dispatchesPerIteration: dispatches, bytesReadBackPerIteration: bytesReadBack };
}

/** Figures of a device that was not measured. */
export function notMeasured(why: string): DeviceTraining {
  return {
    envStepsPerSecond: null,
    dispatchesPerIteration: null,
    bytesReadBackPerIteration: null,
    device: null,
    isSoftware: null,
    numEnvs: null,
    numSteps: null,
    why,
  };
}
