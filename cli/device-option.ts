import type { TrainConfig } from "../train/config.js";
import { oneOf } from "./options.js";

/** The `--device` of every command that trains. */
export type DeviceChoice = TrainConfig["device"];

export const DEVICE_OPTION = "--device <name>";
export const DEVICE_HELP = "auto, wasm, webgpu or tensorflow";

export const parseDevice = oneOf<DeviceChoice>("--device", ["auto", "wasm", "webgpu", "tensorflow"]);
