import { openLearner, type TrainDevice } from "../agents/ppo/open-learner.js";
import { loadTensorFlow, searchTensorFlow } from "../models/tensorflow/load.js";
import { type DeviceSpeed, timeDevices } from "../train/time-devices.js";
import { learnerOptions } from "../train/train.js";
import { type Io, writeLine } from "./io.js";
import { type RunPlan, settingsOf } from "./run-files.js";

/**
 * The device of a new run, found out before a folder is made. `auto` times a short slice of the run on every device that may be
 * the fastest and says what came out; where only wasm may be, nothing is timed.
 * @throws UserError when the device that was asked for is not there
 */
export async function chooseDevice(io: Io, plan: RunPlan): Promise<TrainDevice> {
  const { device } = plan.config;
  if (device !== "auto") {
    if (device === "tensorflow") await loadTensorFlow();
    return device;
  }
  const devices = await fastDevices();
  if (devices.length === 1) return devices[0]!;
  const options = {
    world: plan.economy,
    lane: settingsOf(plan).lane,
    config: plan.config,
    numThreads: plan.config.threads ?? io.cores,
  };
  const speeds = await timeDevices(devices, (each) => openLearner(each, learnerOptions(options)), io.now);
  for (const speed of speeds) writeLine(io.stderr, `auto: ${speedLine(speed)}`);
  return speeds[0]!.device;
}

/** wasm, and TensorFlow.js where it is native: plain JavaScript is never faster. */
async function fastDevices(): Promise<readonly TrainDevice[]> {
  const { backend } = await searchTensorFlow(undefined, "native");
  return backend ? ["wasm", "tensorflow"] : ["wasm"];
}

function speedLine({ device, envStepsPerSecond, why }: DeviceSpeed): string {
  if (why) return `${device} fails: ${why.split("\n")[0]}`;
  return `${device} ${envStepsPerSecond === null ? "-" : Math.round(envStepsPerSecond)} env-steps/s`;
}
