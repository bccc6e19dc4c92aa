import { describe, expect, test } from "vitest";
import type { Refusal } from "./device.js";
import { DeviceLostError } from "./device-lost.js";
import { rejectIfLost } from "./reject-if-lost.js";

const aborted = () => Object.assign(new Error(""), { name: "AbortError" });
const never = new Promise<undefined>(() => {});
/** Heard of some turns of the event loop later. */
async function later(words: string | undefined): Promise<string | undefined> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return words;
}

const gpu = (lost: Promise<string | undefined>, refusal?: Refusal) => ({ lost, refused: () => refusal });

describe("what was asked of a GPU", () => {
  test("comes as it is, and fails as it is where the GPU is still there", async () => {
    expect(await rejectIfLost(gpu(never), Promise.resolve(3))).toBe(3);
    await expect(rejectIfLost(gpu(never), Promise.reject(new RangeError("mine")))).rejects.toThrow(new RangeError("mine"));
  });

  test("fails by the driver's words where it is lost, also where those come after the failure", async () => {
    const lost = new DeviceLostError("the GPU was lost: reset");
    await expect(rejectIfLost(gpu(Promise.resolve("reset")), Promise.reject(aborted()))).rejects.toThrow(lost);
    await expect(rejectIfLost(gpu(later("reset")), Promise.reject(aborted()))).rejects.toThrow(lost);
  });

  test("fails as lost where the driver aborts it and says nothing", async () => {
    const lost = new DeviceLostError("the GPU was lost: the driver does not say why");
    await expect(rejectIfLost(gpu(never), Promise.reject(aborted()))).rejects.toThrow(lost);
    await expect(rejectIfLost(gpu(Promise.resolve("")), Promise.reject(aborted()))).rejects.toThrow(lost);
  });

  test("fails as it is where the program itself ended the device", async () => {
    await expect(rejectIfLost(gpu(later(undefined)), Promise.reject(aborted()))).rejects.toMatchObject({ name: "AbortError" });
  });

  test("is not believed where the device refused a part of it, whatever came back", async () => {
    const refusing = (isMemory: boolean) => gpu(never, { isMemory, words: "Buffer is invalid.\n - While copying" });
    const refused = "the GPU refused a command: Buffer is invalid.";
    await expect(rejectIfLost(refusing(false), Promise.resolve(3))).rejects.toThrow(new Error(refused));
    await expect(rejectIfLost(refusing(false), Promise.reject(aborted()))).rejects.toThrow(new Error(refused));
    await expect(rejectIfLost(refusing(true), Promise.resolve(3))).rejects.toMatchObject({
      code: "E_WEBGPU_MEMORY",
      message: "the GPU has no memory left: Buffer is invalid.",
    });
  });
});
