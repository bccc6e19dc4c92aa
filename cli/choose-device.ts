import { findAlgorithm } from "../agents/algorithms.js";
import { UserError } from "../core/errors.js";
import type { TrainDevice } from "../models/devices.js";
import { searchTensorFlow } from "../models/tensorflow/load.js";
import { noAdapterError } from "../models/webgpu/device.js";
import { isSoftware } from "../models/webgpu/explain.js";
import { type DeviceSpeed, timeDevices } from "../train/time-devices.js";
import { learnerRun, type TrainOptions } from "../train/train.js";
import { type Io, writeLine } from "./io.js";
import { type RunPlan, settingsOf } from "./run-plan.js";
import { probeAdapter } from "./webgpu-facts.js";

/**
 * The device of a run, found out before a folder is made. `auto` times a short slice of the run on every device that may be
 * the fastest and says what came out; where only wasm may be, nothing is timed.
 * @throws UserError when the device that was asked for is not there, or the run does not fit into its memory
 */
export async function chooseDevice(io: Io, plan: RunPlan): Promise<TrainDevice> {
  const { device } = plan.config;
  const options = {
    world: plan.economy,
    lane: settingsOf(plan).lane,
    config: plan.config,
    numThreads: plan.config.threads ?? io.cores,
  };
  const algorithm = findAlgorithm(plan.config.algorithm);
  const run = () => learnerRun(options);
  if (device !== "auto") {
    if (device === "webgpu" && algorithm.devices.includes(device)) await requireAdapter();
    await algorithm.checkDevice(device, run());
    return device;
  }
  const devices = await fastDevices(io, options);
  if (devices.length === 1) return devices[0]!;
  const speeds = await timeDevices(devices, (each) => algorithm.open(each, run()), io.now);
  for (const speed of speeds) writeLine(io.stderr, `auto: ${speedLine(speed)}`);
  return speeds[0]!.device;
}

/**
 * Asked of a child process first: without an adapter Dawn writes a warning with its stack, and some drivers crash.
 * @throws UserError `E_WEBGPU_ADAPTER`
 */
async function requireAdapter(): Promise<void> {
  const probe = await probeAdapter();
  if (probe.state === "no adapter") throw noAdapterError();
  if (probe.state !== "crashed") return;
  const message = `the process that looks for a GPU fails: ${probe.how}`;
  throw new UserError("E_WEBGPU_ADAPTER", message, "see flyball doctor, or use --device wasm");
}

/** wasm; a GPU that is one; TensorFlow.js where it is native. A GPU in software and plain JavaScript are never faster. */
async function fastDevices(io: Io, options: TrainOptions): Promise<readonly TrainDevice[]> {
  const { devices } = findAlgorithm(options.config.algorithm);
  if (devices.length === 1) return devices;
  const obstacle = await whyNoGpu(options);
  if (obstacle) writeLine(io.stderr, `auto: without webgpu: ${obstacle}`);
  const { backend } = await searchTensorFlow(undefined, "native");
  return ["wasm", ...(obstacle ? [] : ["webgpu" as const]), ...(backend ? ["tensorflow" as const] : [])];
}

/** What keeps a run from a GPU; undefined where one would do. */
async function whyNoGpu(options: TrainOptions): Promise<string | undefined> {
  const probe = await probeAdapter();
  if (probe.state === "no package") return "the package webgpu cannot be loaded";
  if (probe.state === "no adapter") return "no GPU adapter was found";
  if (probe.state !== "adapter") return "looking for a GPU fails; flyball doctor says why";
  if (isSoftware(probe.adapter)) return "the only adapter computes on the CPU";
  try {
    await findAlgorithm(options.config.algorithm).checkDevice("webgpu", learnerRun(options));
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function speedLine({ device, envStepsPerSecond, why }: DeviceSpeed): string {
  if (why) return `${device} fails: ${why.split("\n")[0]}`;
  return `${device} ${envStepsPerSecond === null ? "-" : Math.round(envStepsPerSecond)} env-steps/s`;
}
