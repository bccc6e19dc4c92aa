import type { Gpu } from "../../../models/webgpu/device.js";
import { DeviceLostError } from "../device-lost.js";

/** Turns of the event loop in which a loss is heard of, once something that was asked of the device has failed. */
const TURNS = 20;

/** @throws DeviceLostError with the driver's words where the device is gone */
export async function orLost<T>({ lost }: Pick<Gpu, "lost">, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    let loss: { readonly words: string | undefined } | undefined;
    lost.then((words) => {
      loss = { words };
    });
    for (let turn = 0; turn < TURNS && !loss; turn++) await new Promise((resolve) => setImmediate(resolve));
    // Nothing else aborts a read than a loss, or this program's own end of the device.
    const isLost = loss ? loss.words !== undefined : error instanceof Error && error.name === "AbortError";
    if (!isLost) throw error;
    throw new DeviceLostError(`the GPU was lost: ${loss?.words || "the driver does not say why"}`);
  }
}
