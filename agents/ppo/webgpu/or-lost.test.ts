import { describe, expect, test } from "vitest";
import { DeviceLostError } from "../device-lost.js";
import { orLost } from "./or-lost.js";

const aborted = () => Object.assign(new Error(""), { name: "AbortError" });
const never = new Promise<undefined>(() => {});
/** Heard of some turns of the event loop later. */
async function later(words: string | undefined): Promise<string | undefined> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return words;
}

describe("what was asked of a GPU", () => {
  test("comes as it is, and fails as it is where the GPU is still there", async () => {
    expect(await orLost({ lost: never }, Promise.resolve(3))).toBe(3);
    await expect(orLost({ lost: never }, Promise.reject(new RangeError("mine")))).rejects.toThrow(new RangeError("mine"));
  });

  test("fails by the driver's words where it is lost, also where those come after the failure", async () => {
    const lost = new DeviceLostError("the GPU was lost: reset");
    await expect(orLost({ lost: Promise.resolve("reset") }, Promise.reject(aborted()))).rejects.toThrow(lost);
    await expect(orLost({ lost: later("reset") }, Promise.reject(aborted()))).rejects.toThrow(lost);
  });

  test("fails as lost where the driver aborts it and says nothing", async () => {
    const lost = new DeviceLostError("the GPU was lost: the driver does not say why");
    await expect(orLost({ lost: never }, Promise.reject(aborted()))).rejects.toThrow(lost);
    await expect(orLost({ lost: Promise.resolve("") }, Promise.reject(aborted()))).rejects.toThrow(lost);
  });

  test("fails as it is where the program itself ended the device", async () => {
    await expect(orLost({ lost: later(undefined) }, Promise.reject(aborted()))).rejects.toMatchObject({ name: "AbortError" });
  });
});
