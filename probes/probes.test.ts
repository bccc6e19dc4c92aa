import { describe, expect, test } from "vitest";
import { parseConfig } from "../train/config.js";
import { PROBES, type Probe } from "./probe.js";
import { runProbe } from "./run-probe.js";

const probe = (id: string): Probe => PROBES.find((one) => one.id === id)!;
const quick = { seed: 1, numThreads: 1, now: () => 0, episodes: 2000 };

describe("the learner on problems with a known optimum, in a quick form of npm run probes", () => {
  test("scalar LQR comes within 3 % of the optimal cost, and not below it", async () => {
    const config = { totalSteps: 300_000, checkpointEvery: 1000 };
    const { score } = await runProbe(probe("lqr"), { ...quick, config });
    expect(score).toBeLessThan(1.03 * 1.908441);
    // Paired with the optimal gain in the same episodes, a better cost would be a fault of the accounting; 0.1 % is noise.
    expect(score).toBeGreaterThan(0.999 * 1.908441);
  });

  test("cartpole lives 475 steps or more", async () => {
    const config = { totalSteps: 200_000, checkpointEvery: 1000 };
    const { score } = await runProbe(probe("cartpole"), { ...quick, config, episodes: 500 });
    expect(score).toBeGreaterThanOrEqual(475);
    expect(score).toBeLessThanOrEqual(500);
  });

  test.each(PROBES)("the settings of $id are valid", ({ config }) => {
    expect(parseConfig({ ...config })).toMatchObject(config);
  });
});
