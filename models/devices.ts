/** Devices that a policy can be trained on; each is a folder here, and in the folder of every algorithm that learns on it. */
export const TRAIN_DEVICES = ["wasm", "webgpu", "tensorflow"] as const;
export type TrainDevice = (typeof TRAIN_DEVICES)[number];
