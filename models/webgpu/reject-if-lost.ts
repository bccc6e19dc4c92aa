import { UserError } from "../../core/errors.js";
import type { Gpu } from "./device.js";
import { DeviceLostError } from "./device-lost.js";

/** Turns of the event loop in which a loss is heard of, once something that was asked of the device has failed. */
const TURNS = 20;

/**
 * What was asked of a device, if the device did it.
 * @throws DeviceLostError with the driver's words where the device is gone; UserError `E_WEBGPU_MEMORY` where it had no memory
 * left; Error where it refused something else: reads then come all the same, of memory that nothing was written to
 */
export async function rejectIfLost<T>({ lost, refused }: Pick<Gpu, "lost" | "refused">, work: Promise<T>): Promise<T> {
  try {
    const result = await work;
    checkRefused(refused());
    return result;
  } catch (error) {
    checkRefused(refused());
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

function checkRefused(refusal: ReturnType<Gpu["refused"]>): void {
  if (!refusal) return;
  const words = refusal.words.trim().split("\n")[0];
  if (!refusal.isMemory) throw new Error(`the GPU refused a command: ${words}`);
  throw new UserError(
    "E_WEBGPU_MEMORY",
    `the GPU has no memory left: ${words}`,
    "use fewer numEnvs or numSteps, close what else runs on the GPU, or use --device wasm",
  );
}
