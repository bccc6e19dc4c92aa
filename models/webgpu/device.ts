import { UserError } from "../../core/errors.js";
import { adapterName } from "./explain.js";

/** A limit beyond WebGPU's defaults: a number at least, or as much as the adapter has. */
type Need = number | "most";

/** Limits that a program may ask for; the names are the specification's. */
export interface GpuNeeds {
  readonly maxBufferSize?: Need;
  readonly maxStorageBufferBindingSize?: Need;
  readonly maxStorageBuffersPerShaderStage?: Need;
  readonly maxComputeWorkgroupStorageSize?: Need;
  readonly maxComputeInvocationsPerWorkgroup?: Need;
}

/** An open device. Everything made of it ends with `dispose`. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    /** The card. */
    readonly device: string;
    /** The driver. */
    readonly description: string;
    /** The adapter's own word for "in software". */
    readonly isFallback: boolean;
  };
  /** Settles when the device is lost, with the driver's words; undefined after `dispose`. */
  readonly lost: Promise<string | undefined>;
  /**
   * The first thing that the device refused, outside of any error scope: what was asked did nothing. Once there is one, no
   * result can be trusted.
   */
  readonly refused: () => Refusal | undefined;
  readonly dispose: () => void;
}

export interface Refusal {
  readonly isMemory: boolean;
  /** The driver's or Dawn's. */
  readonly words: string;
}

/** What the npm package `webgpu` (Dawn) exports; tests put another in its place. */
export interface WebgpuModule {
  readonly create: (options: string[]) => Pick<GPU, "requestAdapter">;
}
export type LoadWebgpu = () => Promise<WebgpuModule>;

/** The specification's bits of buffer usage and mapping, which Node has no globals for. */
export const USAGE = { mapRead: 1, copySource: 4, copyTarget: 8, uniform: 64, storage: 128 } as const;
export const MAP_READ = 1;

/**
 * Opens a GPU through npm `webgpu`, with at least the limits asked for. An adapter makes one device only, so each call asks for
 * an adapter of its own.
 * @throws UserError `E_WEBGPU_PACKAGE` without the package, `E_WEBGPU_ADAPTER` without an adapter or where its driver makes no
 * device, `E_WEBGPU_LIMITS` where the adapter has less than `needs`
 */
export async function openGpu(needs: GpuNeeds = {}, load: LoadWebgpu = loadWebgpu): Promise<Gpu> {
  const entry = await enter(load);
  const adapter = await entry.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw noAdapterError();
  checkLimits(adapter, needs);
  const { vendor, architecture, device: card, description, isFallbackAdapter: isFallback } = adapter.info;
  const device = await openDevice(adapter, needs);
  const lost = device.lost.then(({ reason, message }) => (reason === "destroyed" ? undefined : message));
  const info = { vendor, architecture, device: card, description, isFallback };
  return { device, info, lost, refused: hearRefusals(device), dispose: () => device.destroy() };
}

export function noAdapterError(): UserError {
  const hint = "install a Vulkan driver and its loader (libvulkan1), check it with vulkaninfo, or use --device wasm";
  return new UserError("E_WEBGPU_ADAPTER", "no GPU adapter was found", hint);
}

/** Dawn would write them on stdout. */
function hearRefusals(device: GPUDevice): Gpu["refused"] {
  let first: Refusal | undefined;
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    const { error } = event;
    first ??= { isMemory: error.constructor.name === "GPUOutOfMemoryError", words: error.message };
  });
  return () => first;
}

/** Where the objects of `create` live: the process crashes when one is collected while a device of it is open. */
const ENTRY = Symbol.for("flyball.webgpu");

async function enter(load: LoadWebgpu): Promise<Pick<GPU, "requestAdapter">> {
  const kept = globalThis as { [ENTRY]?: Map<LoadWebgpu, Pick<GPU, "requestAdapter">> };
  kept[ENTRY] ??= new Map();
  const entry = kept[ENTRY].get(load) ?? (await loadOrExplain(load)).create([]);
  kept[ENTRY].set(load, entry);
  return entry;
}

async function loadOrExplain(load: LoadWebgpu): Promise<WebgpuModule> {
  try {
    return await load();
  } catch (error) {
    throw new UserError(
      "E_WEBGPU_PACKAGE",
      `the package webgpu cannot be loaded: ${error instanceof Error ? error.message.split("\n")[0] : error}`,
      "run npm install webgpu@0.6.2, or use --device wasm",
    );
  }
}

function loadWebgpu(): Promise<WebgpuModule> {
  // Not a literal: the package is optional, and its types are those of the DOM library a second time.
  const name = "webgpu";
  return import(name);
}

function checkLimits(adapter: GPUAdapter, needs: GpuNeeds): void {
  for (const [name, wanted] of Object.entries(needs)) {
    const offered = adapter.limits[name as keyof GpuNeeds];
    if (wanted === "most" || wanted <= offered) continue;
    throw new UserError(
      "E_WEBGPU_LIMITS",
      `${name} must be at least ${wanted}, ${adapterName(adapter.info)} has ${offered}`,
      "train with fewer environments or a smaller network, or use --device wasm",
    );
  }
}

function pickLimits(adapter: GPUAdapter, needs: GpuNeeds): Record<string, number> {
  return Object.fromEntries(
    Object.entries(needs).map(([name, need]: [string, Need]) => [
      name,
      need === "most" ? adapter.limits[name as keyof GpuNeeds] : need,
    ]),
  );
}

/** Used where the adapter has them. */
const OPTIONAL_FEATURES = ["timestamp-query"] as const;

async function openDevice(adapter: GPUAdapter, needs: GpuNeeds): Promise<GPUDevice> {
  try {
    const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
    return await adapter.requestDevice({ requiredLimits: pickLimits(adapter, needs), requiredFeatures });
  } catch (error) {
    throw new UserError(
      "E_WEBGPU_ADAPTER",
      `the GPU's driver makes no device: ${error instanceof Error ? error.message : error}`,
      "update the driver, check it with vulkaninfo, or use --device wasm",
    );
  }
}
