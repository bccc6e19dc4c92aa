import type * as factsModule from "../../cli/webgpu-facts.js";
import type * as deviceModule from "../../models/webgpu/device.js";
import { probeGpu } from "../../models/webgpu/probe.js";

/** The devices that were opened so far, last one last, for a test to take away as a driver does. */
export const opened: { readonly lose: (words: string) => void }[] = [];

/** A machine without an adapter. */
export const NO_ADAPTER: deviceModule.LoadWebgpu = async () => ({ create: () => ({ requestAdapter: async () => null }) });

/** What a card of no maker says of itself. */
export const ACME = {
  vendor: "acme",
  architecture: "a1",
  device: "acme-a1",
  description: "Acme driver 1",
  isFallbackAdapter: false,
};

/** What is opened in place of the machine's adapter; undefined for that itself. */
export const standIn: { load: deviceModule.LoadWebgpu | undefined } = { load: undefined };

/**
 * Lets a test put another adapter in place of the machine's, and lose a device. Put into the test file:
 * `vi.mock("../models/webgpu/device.js", async (load) => (await import("../test/support/losable-gpu.js")).losable(await load()))`.
 */
export function losable(real: typeof deviceModule): typeof deviceModule {
  const openGpu: typeof real.openGpu = async (needs, load) => {
    const gpu = await real.openGpu(needs, standIn.load ?? load);
    let tell: (words: string) => void = () => {};
    const said = new Promise<string>((resolve) => {
      tell = resolve;
    });
    // All that was asked of a destroyed device fails as on a lost one, but its `lost` would say that the program wanted it.
    const lose = (words: string) => {
      tell(words);
      gpu.device.destroy();
    };
    opened.push({ lose });
    return { ...gpu, lost: Promise.race([said, gpu.lost]) };
  };
  return { ...real, openGpu };
}

/**
 * Has the command line see the adapter that `standIn` puts in place:
 * `vi.mock("./webgpu-facts.js", async (load) => (await import("./losable-gpu.js")).seeing(await load()))`.
 */
export function seeing(real: typeof factsModule): typeof factsModule {
  // A driver that tests put into this process is in no child of it.
  const name = "webgpu";
  return { ...real, probeAdapter: () => probeGpu(standIn.load ?? (() => import(name))) };
}
