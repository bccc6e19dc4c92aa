/** Notices what a device refuses from here on: commands that are refused do nothing, and would be timed as very fast ones. */
export function watchErrors(device: GPUDevice): { readonly check: () => Promise<void> } {
  device.pushErrorScope("out-of-memory");
  device.pushErrorScope("validation");
  return {
    /** @throws Error with the device's words */
    check: async () => {
      const found = [await device.popErrorScope(), await device.popErrorScope()].find((error) => error !== null);
      if (found) throw new Error(`the device refused a command: ${found.message}`);
    },
  };
}
