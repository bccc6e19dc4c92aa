import { expect, test } from "vitest";
import type { Learner } from "../agents/learner/learner.js";
import type { TrainDevice } from "../models/devices.js";
import { timeDevices } from "./time-devices.js";

/** Learners that take so many milliseconds for each iteration of 1,000 steps; an error fails in its third. */
function standIns(times: Readonly<Record<string, readonly number[] | Error>>) {
  let clock = 5;
  const open = new Set<string>();
  const learnerOf = async (device: TrainDevice): Promise<Learner> => {
    const milliseconds = times[device]!;
    let iteration = 0;
    open.add(device);
    const iterate = () => {
      if (milliseconds instanceof Error) {
        if (iteration === 2) throw milliseconds;
      } else {
        clock += milliseconds[iteration]!;
      }
      iteration++;
      return { envSteps: 1000 * iteration, iteration };
    };
    const dispose = async () => void open.delete(device);
    return { iterate, dispose, depth: 1 } as unknown as Learner;
  };
  return { learnerOf, now: () => clock, open };
}

test("each device is timed without its warm-up, by its shortest iteration, and the fastest comes first", async () => {
  const { learnerOf, now, open } = standIns({ wasm: [900, 500, 100, 80], tensorflow: [1, 9000, 50, 40] });
  expect(await timeDevices(["wasm", "tensorflow"], learnerOf, now)).toEqual([
    { device: "tensorflow", envStepsPerSecond: 25_000, why: "" },
    { device: "wasm", envStepsPerSecond: 12_500, why: "" },
  ]);
  expect(open.size).toBe(0);
});

test("a device that fails is last, with the reason, and is released", async () => {
  const { learnerOf, now, open } = standIns({ tensorflow: new Error("out of memory"), wasm: [1, 1, 100, 100] });
  expect(await timeDevices(["tensorflow", "wasm"], learnerOf, now)).toEqual([
    { device: "wasm", envStepsPerSecond: 10_000, why: "" },
    { device: "tensorflow", envStepsPerSecond: null, why: "out of memory" },
  ]);
  expect(open.size).toBe(0);
});

test("a device that computes beside the host is timed with two iterations under way, each counting half", async () => {
  let [clock, iteration] = [0, 0];
  const iterate = async () => {
    iteration++;
    await Promise.resolve();
    clock += 30;
    return { envSteps: 1000 * iteration, iteration };
  };
  const learner = { iterate, depth: 2, dispose: async () => {} } as unknown as Learner;
  const [speed] = await timeDevices(
    ["webgpu"],
    async () => learner,
    () => clock,
  );
  expect(speed!.envStepsPerSecond).toBeCloseTo(1000 / 0.03, 6);
  expect(iteration).toBe(6);
});

test("with a clock that stands still the first device comes first", async () => {
  const { learnerOf, now } = standIns({ wasm: [0, 0, 0, 0], tensorflow: [0, 0, 0, 0] });
  const [first] = await timeDevices(["wasm", "tensorflow"], learnerOf, now);
  expect(first).toEqual({ device: "wasm", envStepsPerSecond: null, why: "" });
});
