import type { Learner } from "../agents/learner/learner.js";
import type { TrainDevice } from "../models/devices.js";

/** How fast a device is on a run of one's own. */
export interface DeviceSpeed {
  readonly device: TrainDevice;
  /** Whole iterations; null when the device failed. */
  readonly envStepsPerSecond: number | null;
  /** What failed; empty when nothing did. */
  readonly why: string;
}

/** What is timed of a learner. */
type TimedLearner = Pick<Learner, "iterate" | "depth" | "dispose">;

/** Iterations that are not timed: the first one only measures observations, and engines still compile. */
const WARM_UPS = 2;
const TIMED = 2;

/**
 * Times a short slice of the real run on each device, one after the other, fastest first. A device that fails is last.
 * @param open a learner for the whole run; it is thrown away afterwards
 * @param now milliseconds of any clock
 */
export async function timeDevices(
  devices: readonly TrainDevice[],
  open: (device: TrainDevice) => Promise<TimedLearner>,
  now: () => number,
): Promise<readonly DeviceSpeed[]> {
  const speeds: DeviceSpeed[] = [];
  for (const device of devices) speeds.push(await timeDevice(device, open, now));
  return speeds.sort((a, b) => (b.envStepsPerSecond ?? -1) - (a.envStepsPerSecond ?? -1));
}

async function timeDevice(
  device: TrainDevice,
  open: (device: TrainDevice) => Promise<TimedLearner>,
  now: () => number,
): Promise<DeviceSpeed> {
  let learner: TimedLearner | undefined;
  try {
    learner = await open(device);
    const { iterate, depth } = learner;
    for (let i = 0; i < WARM_UPS; i++) await iterate();
    let [shortest, steps] = [Number.POSITIVE_INFINITY, 0];
    for (let round = 0; round < TIMED; round++) {
      const started = now();
      // As many as a run has under way, so that none waits for the host.
      const metrics = await Promise.all(Array.from({ length: depth }, iterate));
      shortest = Math.min(shortest, (now() - started) / depth);
      const { envSteps, iteration } = metrics.at(-1)!;
      steps = envSteps / iteration;
    }
    // A clock that stands still has nothing to say.
    return { device, envStepsPerSecond: shortest > 0 ? (1000 * steps) / shortest : null, why: "" };
  } catch (error) {
    return { device, envStepsPerSecond: null, why: error instanceof Error ? error.message : String(error) };
  } finally {
    await learner?.dispose();
  }
}
