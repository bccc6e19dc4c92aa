import type { WebgpuModule } from "../../models/webgpu/device.js";

/**
 * The package `webgpu` with the device's clock as it is: by default Dawn rounds times to 65.5 microseconds, longer than most kernels take.
 * One function for all calls, as an entry is kept for each.
 */
export async function loadExactClock(): Promise<WebgpuModule> {
  // Not a literal, as in models/webgpu/device.ts.
  const name = "webgpu";
  const { create } = (await import(name)) as WebgpuModule;
  return { create: (options) => create([...options, "disable-dawn-features=timestamp_quantization"]) };
}
