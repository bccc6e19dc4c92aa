// @ts-check
/**
 * Looks for an adapter and says what it has. Plain JavaScript, so that a child process runs it unbuilt: a driver that crashes or
 * hangs then takes nothing else with it.
 */

/** Objects of `create`, kept: the process crashes when one is collected while a device of it is open. */
const entries = new Set();

const LIMITS = /** @type {const} */ ([
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
]);

/**
 * @param {import("./device.js").LoadWebgpu} load
 * @returns {Promise<import("./explain.js").Probe>}
 */
export async function probeGpu(load) {
  /** @type {import("./device.js").WebgpuModule} */
  let module;
  try {
    module = await load();
  } catch (error) {
    return { state: "no package", message: wordsOf(error), code: String(Object(error).code ?? "") };
  }
  try {
    const entry = module.create([]);
    entries.add(entry);
    const adapter = await entry.requestAdapter({ powerPreference: "high-performance" });
    return adapter ? await describe(adapter) : { state: "no adapter" };
  } catch (error) {
    return { state: "failed", message: wordsOf(error) };
  }
}

/**
 * @param {GPUAdapter} adapter
 * @returns {Promise<import("./explain.js").Probe>}
 */
async function describe(adapter) {
  const { vendor, architecture, device: card, description } = adapter.info;
  const isFallback = Object(adapter.info).isFallbackAdapter === true;
  const features = [...adapter.features];
  const limits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const found = { vendor, architecture, device: card, description, isFallback, features, limits };
  try {
    const device = await adapter.requestDevice();
    device.destroy();
    return { state: "adapter", adapter: found };
  } catch (error) {
    return { state: "no device", adapter: found, message: wordsOf(error) };
  }
}

/** @param {unknown} error */
function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
