import { existsSync } from "node:fs";
import { constants } from "node:os";
import { UserError } from "../../core/errors.js";
import { type Gpu, openGpu } from "../../models/webgpu/device.js";

/** Where Debian's chromium keeps a Vulkan loader and SwiftShader, a GPU in software. */
const CHROMIUM = "/usr/lib/chromium";
/** A library that is loaded with this stays, whatever becomes of its handle. */
const RTLD_NODELETE = 0x1000;

/**
 * The test machine's GPU: what the environment names, else chromium's SwiftShader, else whatever Vulkan finds. Undefined where
 * there is none, for the tests to be skipped.
 * @throws UserError of `openGpu` if FLYBALL_REQUIRE_WEBGPU is 1
 */
export async function findGpu(): Promise<Gpu | undefined> {
  useSwiftShader();
  pollLessOften();
  try {
    return await openGpu();
  } catch (error) {
    if (!(error instanceof UserError) || process.env["FLYBALL_REQUIRE_WEBGPU"] === "1") throw error;
    console.warn(`WebGPU tests are SKIPPED: ${error.message} (${error.hint})`);
    return undefined;
  }
}

/** Whether there is an adapter, as {@link findGpu} finds it, whose driver is then set for what opens a device of its own. */
export async function hasGpu(): Promise<boolean> {
  const gpu = await findGpu();
  gpu?.dispose();
  return gpu !== undefined;
}

const { setImmediate: soon, setTimeout: later } = globalThis;

/**
 * Lets the bindings look once a millisecond whether the GPU is done. They look in every turn of the event loop, by `setImmediate`
 * with a function of their own, and the GPU in software has to share the cores with that.
 */
function pollLessOften(): void {
  const isNative = (run: unknown) => typeof run === "function" && `${run}`.endsWith("{ [native code] }");
  const patient = (run: () => void, ...given: []) => (isNative(run) ? later(run, 1) : soon(run, ...given));
  Object.defineProperty(globalThis, "setImmediate", {
    value: Object.assign(patient, soon),
    writable: true,
    configurable: true,
  });
}

function useSwiftShader(): void {
  const driver = `${CHROMIUM}/vk_swiftshader_icd.json`;
  if (process.env["VK_ICD_FILENAMES"] || process.env["VK_DRIVER_FILES"] || !existsSync(driver)) return;
  process.env["VK_ICD_FILENAMES"] = driver;
  try {
    // Dawn asks for libvulkan.so.1 by name and gets the one in memory. This is no add-on, so Node throws after loading it.
    process.dlopen({ exports: {} }, `${CHROMIUM}/libvulkan.so.1`, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {}
}
