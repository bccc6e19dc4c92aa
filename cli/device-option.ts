import { loadTensorFlow } from "../models/tensorflow/load.js";
import type { TrainConfig } from "../train/config.js";
import { oneOf } from "./options.js";

/** The `--device` of every command that trains. */
export type DeviceChoice = TrainConfig["device"];

export const DEVICE_OPTION = "--device <name>";
export const DEVICE_HELP = "auto, wasm or tensorflow";

export const parseDevice = oneOf<DeviceChoice>("--device", ["auto", "wasm", "tensorflow"], ["webgpu"]);

/** Finds out whether a device is there before a folder is made or a thread started. @throws UserError when it is not */
export async function checkDevice(device: DeviceChoice): Promise<void> {
  if (device === "tensorflow") await loadTensorFlow();
}
