import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import { stream } from "../../core/random.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { type NetworkPlan, networkTable } from "../../models/spec.js";
import { createDevice } from "../../models/wasm/device.js";
import type { LearnedController } from "../learned/learned-controller.js";
import type { PolicyStructure } from "../learned/structure.js";
import { writeControl } from "../rollout/control.js";
import { readField, writeField } from "../rollout/lane-block.js";
import { apgJobs } from "./jobs.js";
import { type ApgLayout, CHUNK_LANES, planApg } from "./layout.js";
import { type ApgPrograms, buildApgPrograms } from "./programs.js";

/** Gradients of the mean objective over training episodes, through the economy and the policy. */
export interface YearGradient {
  /** Memory of its device. */
  readonly bytes: number;
  /**
   * @param params     of the network, padded
   * @param first      number of the first training episode
   * @returns mean objective per control step and its derivative with respect to `params`, the same for every number of threads
   */
  readonly evaluate: (params: Float32Array, normalizer: LearnedController["normalizer"], first: number) => MeanAndSlopes;
  readonly dispose: () => Promise<void>;
}

interface MeanAndSlopes {
  readonly objectives: Float64Array;
  readonly slopes: Float64Array;
}

interface GradientOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly network: NetworkPlan;
  readonly structure: PolicyStructure;
  /** Control steps of an episode, and those that derivatives are followed back for at most. */
  readonly horizon: number;
  readonly window: number;
  readonly ruinWidth: number;
  readonly maxSlope: number;
  /** Of one gradient. */
  readonly episodes: number;
  readonly seed: number;
  readonly numThreads: number;
}

/** A WebAssembly memory's limit. */
const MAX_BYTES = 2 ** 32;

/** @throws UserError E_TRAIN_MEMORY where the states of an episode do not fit, with the horizon that would */
export async function createYearGradient(options: GradientOptions): Promise<YearGradient> {
  const { lane, network, horizon, episodes, numThreads } = options;
  const programs = buildApgPrograms(options);
  const chunks = Math.min(Math.ceil(episodes / CHUNK_LANES), numThreads);
  const layout = planApg(programs, network, { horizon, chunks, numThreads });
  if (layout.bytes > MAX_BYTES) throw tooLarge(layout, horizon, chunks);
  const jobs = apgJobs(programs, layout, horizon);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.bytes / 65_536), maximum: 65_536, shared: true });
  const { capacity } = layout.block;
  const modules = jobs.programs.map((program) => new WebAssembly.Module(emitWasm(program, { capacity }) as BufferSource));
  const device = await createDevice({ memory, modules, numThreads });
  const { buffer } = memory;
  const table = networkTable(network);
  new Int32Array(buffer, layout.table, table.length).set(table);
  new Float32Array(buffer, layout.scale, 1).set([1 / (horizon * episodes)]);
  writeControls(options, programs, layout, buffer);
  writeCuts(options, layout, buffer);
  const placed = { block: layout.block, start: layout.lanes, buffer };
  const gradients = Array.from({ length: chunks }, (_, chunk) => {
    return new Float32Array(buffer, layout.gradient + chunk * layout.gradientBytes, network.parameterCount);
  });
  return {
    bytes: layout.bytes,
    evaluate: (params, normalizer, first) => {
      new Float32Array(buffer, layout.params, network.parameterCount).set(params.subarray(0, network.parameterCount));
      new Float32Array(buffer, layout.normalizer, 2 * normalizer.mean.length).set([...normalizer.mean, ...normalizer.scale]);
      const objectives = new Float64Array(episodes);
      const slopes = new Float64Array(network.parameterCount);
      for (let done = 0; done < episodes; done += chunks * CHUNK_LANES) {
        const count = Math.min(chunks * CHUNK_LANES, episodes - done);
        const used = Math.ceil(count / CHUNK_LANES);
        new Uint8Array(buffer, layout.lanes, layout.block.bytes).fill(0);
        for (const gradient of gradients) gradient.fill(0);
        writeField(placed, "lane", "episode", (i) => first + done + Math.min(i, count - 1), true);
        for (const name of layout.block.layouts.get("params")?.slots.keys() ?? [])
          writeField(placed, "params", name, () => lane.params[name]!);
        device.run(jobs.start, used);
        device.run(jobs.forward, used);
        device.run(jobs.backward, used);
        objectives.set(readField(placed, "course", "return").subarray(0, count), done);
        for (const gradient of gradients.slice(0, used))
          gradient.forEach((slope, i) => {
            slopes[i]! += slope;
          });
      }
      return { objectives: objectives.map((sum) => sum / horizon), slopes };
    },
    dispose: () => device.dispose(),
  };
}

/** @throws UserError always */
function tooLarge({ bytes, days }: ApgLayout, horizon: number, chunks: number): UserError {
  const perDay = (days.kept + days.day) * chunks + days.control;
  const fits = Math.floor(horizon - (bytes - MAX_BYTES) / perDay);
  const message = `the states of ${horizon} control steps take ${(bytes / 2 ** 30).toFixed(1)} GiB, a WebAssembly memory has 4`;
  return new UserError("E_TRAIN_MEMORY", message, `use a horizon of ${fits} or less, or fewer threads`);
}

function writeControls(
  { world, seed, horizon }: GradientOptions,
  programs: ApgPrograms,
  layout: ApgLayout,
  buffer: ArrayBufferLike,
) {
  const streams = { market: "market", scenario: "scenario", reset: "reset", policy: "policy" } as const;
  const values = {
    seed,
    ...Object.fromEntries(Object.entries(streams).map(([name, domain]) => [name, stream(domain, "train")])),
    // No episode is followed by another, and no decision is sampled.
    ...{ numLanes: 0, noiseDay: 0, randomise: 1, horizon },
  };
  for (let step = 0; step < horizon; step++) {
    const address = layout.control + step * layout.days.control;
    writeControl(buffer, address, programs.lane.records.control, values, step, world);
  }
}

/** After the first step of each window, on the way back, nothing is left of what came later. */
function writeCuts({ horizon, window }: GradientOptions, layout: ApgLayout, buffer: ArrayBufferLike): void {
  for (let step = 0; step < horizon; step++) {
    const isFirst = step % window === 0;
    new Float32Array(buffer, layout.cuts + (horizon - 1 - step) * 16, 4).fill(isFirst ? 1 : 0);
  }
}
