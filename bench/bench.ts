import type { Economy } from "../env/economy.js";
import { parseConfig } from "../train/config.js";
import { benchGradient } from "./gradient.js";
import { benchSimulation, type SimulationBench } from "./simulation.js";
import { benchTensorFlow } from "./tensorflow.js";
import type { Clock } from "./timing.js";
import { benchTraining } from "./training.js";

/** The `--json` document of `flyball bench`, without the machine. Rates are env-steps per second. */
export interface BenchReport {
  readonly economy: string;
  readonly simulation: SimulationBench;
  readonly training: {
    readonly wasm: {
      /** The better of one and two threads. */
      readonly envStepsPerSecond: number;
      readonly oneThread: number;
      readonly twoThreads: number;
      readonly speedup: number;
      readonly peakGflops: number;
      readonly gradientGflops: number;
      readonly gradientShareOfPeak: number;
      /** How many times as long plain TensorFlow.js takes for the same update; null where it is not installed. */
      readonly vsTfjsCpu: number | null;
      readonly vsTfjsWasm: number | null;
      /** The learner's own memory, and all that the process holds. */
      readonly memoryMibAt4096Lanes: number;
      readonly residentMibAt4096Lanes: number;
    };
  };
}

/** Measures everything in one run, so that the ratios hold on a machine that others use too. */
export async function runBench(clock: Clock, economy: Economy, report: (what: string) => void): Promise<BenchReport> {
  // A decision in every step: the rate that other learners report. Held decisions cost less per env-step.
  const config = parseConfig({ decisionInterval: 1 });
  const observations = Object.keys(economy.observations).length;
  const actions = economy.actions.kind === "continuous" ? Object.keys(economy.actions.fields).length : economy.actions.count;
  report("simulation, JavaScript and WebAssembly in turns");
  const simulation = benchSimulation(clock, economy);
  report("gradient against the probed peak");
  const gradient = benchGradient(clock, observations, config.hidden);
  report("the whole loop on one and two threads in turns");
  const { oneThread, twoThreads, speedup, epochSeconds, memoryMib, residentMib } = await benchTraining(clock, economy, config);
  report("the same update with plain TensorFlow.js");
  const { cpuEpochSeconds, wasmEpochSeconds } = await benchTensorFlow(clock, { config, observations, actions });
  return {
    economy: economy.id,
    simulation,
    training: {
      wasm: {
        envStepsPerSecond: Math.max(oneThread, twoThreads),
        oneThread,
        twoThreads,
        speedup,
        ...gradient,
        vsTfjsCpu: cpuEpochSeconds === null ? null : cpuEpochSeconds / epochSeconds,
        vsTfjsWasm: wasmEpochSeconds === null ? null : wasmEpochSeconds / epochSeconds,
        memoryMibAt4096Lanes: memoryMib,
        residentMibAt4096Lanes: residentMib,
      },
    },
  };
}
