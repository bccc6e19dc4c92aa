import { TRAIN_DEVICES } from "../models/devices.js";
import type { TrainConfig } from "../train/config.js";
import { oneOf } from "./options.js";

/** The `--device` of every command that trains. */
export type DeviceChoice = TrainConfig["device"];

export const DEVICE_OPTION = "--device <name>";
export const DEVICE_HELP = `auto, ${TRAIN_DEVICES.slice(0, -1).join(", ")} or ${TRAIN_DEVICES.at(-1)}`;

export const parseDevice = oneOf<DeviceChoice>("--device", ["auto", ...TRAIN_DEVICES]);
