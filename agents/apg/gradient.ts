import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import { stream } from "../../core/random.js";
import { scenarioOverrides } from "../../env/params.js";
import { type NetworkPlan, networkTable } from "../../models/spec.js";
import { createDevice, type Device } from "../../models/wasm/device.js";
import type { LearnedController } from "../learned/learned-controller.js";
import { isDrawn, type TrainingEpisodes } from "../learner/training-episodes.js";
import { writeControl } from "../rollout/control.js";
import { type PlacedBlock, readField, writeField } from "../rollout/lane-block.js";
import { CRASH } from "./course.js";
import { type ApgJobs, apgJobs } from "./jobs.js";
import { type ApgLayout, CHUNK_LANES, planApg } from "./layout.js";
import { type ApgPrograms, buildApgPrograms, type ProgramOptions } from "./programs.js";

/** Gradients of the mean objective over training episodes, through the economy and the policy. */
export interface YearGradient {
  /** Memory of its device. */
  readonly bytes: number;
  /**
   * @param params of the network, padded
   * @returns the mean objective per control step, less what trips and crashes cost, by its derivatives with respect to `params`; the
   * same for every number of threads
   */
  readonly evaluate: (
    params: Float32Array,
    normalizer: LearnedController["normalizer"],
    episodes: TrainingEpisodes,
    multipliers?: Multipliers,
  ) => EpisodesAndSlopes;
  /** Every call of a day, forwards and backwards, by itself: the first chunk's whole episodes, after they have been evaluated. */
  readonly calls: readonly DayCall[];
  readonly dispose: () => Promise<void>;
}

interface DayCall {
  readonly name: string;
  readonly run: () => void;
}

/** What a trip and a crash cost, in mean objective per control step of their episode. */
export interface Multipliers {
  readonly trip: number;
  readonly crash: number;
}

interface EpisodesAndSlopes {
  /** Of each episode: mean objective per control step, trips, and 1 for a crash. */
  readonly objectives: Float64Array;
  readonly trips: Float64Array;
  readonly crashes: Float64Array;
  readonly slopes: Float64Array;
}

interface GradientOptions extends ProgramOptions {
  readonly network: NetworkPlan;
  /** Control steps of an episode, and those that derivatives are followed back for at most. */
  readonly horizon: number;
  readonly window: number;
  /** Of one gradient, at most. */
  readonly episodes: number;
  readonly seed: number;
  readonly numThreads: number;
  /** Of the device, at most; default all that it can have. */
  readonly maxBytes?: number;
}

/** A WebAssembly memory's limit. */
const MAX_BYTES = 2 ** 32;

/** @throws UserError E_TRAIN_MEMORY where the states of an episode do not fit, with the horizon that would */
export async function createYearGradient(options: GradientOptions): Promise<YearGradient> {
  const { network, horizon, episodes, numThreads } = options;
  const programs = buildApgPrograms(options);
  const chunks = Math.min(Math.ceil(episodes / CHUNK_LANES), numThreads);
  const layout = chooseLayout(options, programs, chunks);
  const jobs = apgJobs(programs, layout, horizon);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.bytes / 65_536), maximum: 65_536, shared: true });
  const { capacity } = layout.block;
  const modules = jobs.programs.map((program) => new WebAssembly.Module(emitWasm(program, { capacity }) as BufferSource));
  const device = await createDevice({ memory, modules, numThreads });
  const { buffer } = memory;
  const table = networkTable(network);
  new Int32Array(buffer, layout.table, table.length).set(table);
  writeCuts(options, layout, buffer);
  const placed = { block: layout.block, start: layout.lanes, buffer };
  const gradients = Array.from({ length: chunks }, (_, chunk) => {
    return new Float32Array(buffer, layout.gradient + chunk * layout.gradientBytes, network.parameterCount);
  });
  return {
    bytes: layout.bytes,
    calls: dayCalls(jobs, device),
    evaluate: (params, normalizer, planned, { trip, crash } = { trip: 0, crash: 0 }) => {
      const { scenarios } = planned;
      const total = planned.each * scenarios.length;
      new Float32Array(buffer, layout.params, network.parameterCount).set(params.subarray(0, network.parameterCount));
      new Float32Array(buffer, layout.normalizer, 2 * normalizer.mean.length).set([...normalizer.mean, ...normalizer.scale]);
      new Float32Array(buffer, layout.scale, 3).set([1 / (horizon * total), trip * horizon, crash * horizon]);
      writeControls(options, programs, layout, buffer, isDrawn(planned));
      const read = (into: Float64Array, field: string, done: number, count: number) =>
        into.set(readField(placed, "course", field).subarray(0, count), done);
      const [returns, trips, falls] = [new Float64Array(total), new Float64Array(total), new Float64Array(total)];
      const slopes = new Float64Array(network.parameterCount);
      for (let done = 0; done < total; done += chunks * CHUNK_LANES) {
        const count = Math.min(chunks * CHUNK_LANES, total - done);
        const used = Math.ceil(count / CHUNK_LANES);
        new Uint8Array(buffer, layout.lanes, layout.block.bytes).fill(0);
        for (const gradient of gradients) gradient.fill(0);
        writeEpisodes(options, placed, planned, (i) => done + Math.min(i, count - 1));
        device.run(jobs.start, used);
        // The lanes that fill up the last chunk repeat an episode: they count for nothing.
        writeField(placed, "course", "weight", (i) => (i < count ? 1 : 0));
        device.run(jobs.forward, used);
        device.run(jobs.backward, used);
        read(returns, "return", done, count);
        read(trips, "trips", done, count);
        read(falls, "fall", done, count);
        for (const gradient of gradients.slice(0, used))
          gradient.forEach((slope, i) => {
            slopes[i]! += slope;
          });
      }
      const crashes = falls.map((fall) => (fall >= CRASH ? 1 : 0));
      return { objectives: returns.map((sum) => sum / horizon), trips, crashes, slopes };
    },
    dispose: () => device.dispose(),
  };
}

function dayCalls({ programs, forward, backward }: ApgJobs, device: Device): readonly DayCall[] {
  return [forward, backward].flatMap((job) =>
    job.calls.map((call) => {
      const alone = { ...job, calls: [call] };
      const what = call.instance === 0 ? call.export : programs[call.instance - 1]!.name;
      return { name: `${job.name}: ${what}`, run: () => device.run(alone, 1) };
    }),
  );
}

/** Activations are kept where there is room for them. @throws UserError E_TRAIN_MEMORY */
function chooseLayout(
  { network, horizon, numThreads, maxBytes = MAX_BYTES }: GradientOptions,
  programs: ApgPrograms,
  chunks: number,
) {
  const plans = [true, false].map((keepsActivations) =>
    planApg(programs, network, { horizon, chunks, numThreads, keepsActivations }),
  );
  const fitting = plans.find(({ bytes }) => bytes <= maxBytes);
  if (fitting) return fitting;
  throw tooLarge(plans[1]!, horizon, chunks);
}

/** @returns why not, and what would */
function tooLarge({ bytes, days }: ApgLayout, horizon: number, chunks: number): UserError {
  const perDay = days.row * chunks + days.control + 16;
  const fits = Math.floor(horizon - (bytes - MAX_BYTES) / perDay);
  const message = `the states of ${horizon} control steps take ${(bytes / 2 ** 30).toFixed(1)} GiB, a WebAssembly memory has 4`;
  return new UserError("E_TRAIN_MEMORY", message, `use a horizon of ${fits} or less, or fewer threads`);
}

function writeControls(
  { world, seed, horizon }: GradientOptions,
  programs: ApgPrograms,
  layout: ApgLayout,
  buffer: ArrayBufferLike,
  drawn: boolean,
): void {
  const streams = { market: "market", scenario: "scenario", reset: "reset", policy: "policy" } as const;
  const values = {
    seed,
    ...Object.fromEntries(Object.entries(streams).map(([name, domain]) => [name, stream(domain, "train")])),
    // No episode is followed by another, and no decision is sampled.
    ...{ numLanes: 0, noiseDay: 0, randomise: drawn ? 1 : 0, horizon },
  };
  for (let step = 0; step < horizon; step++) {
    const address = layout.control + step * layout.days.control;
    writeControl(buffer, address, programs.lane.records.control, values, step, world);
  }
}

/** @param episodeOf the episode of a lane, counted over all scenarios */
function writeEpisodes(
  { world, lane }: GradientOptions,
  placed: PlacedBlock,
  { first, each, scenarios }: TrainingEpisodes,
  episodeOf: (lane: number) => number,
): void {
  const overrides = scenarios.map((scenario) => scenarioOverrides(world, scenario));
  writeField(placed, "lane", "episode", (i) => first + (episodeOf(i) % each), true);
  for (const name of placed.block.layouts.get("params")?.slots.keys() ?? [])
    writeField(placed, "params", name, (i) => overrides[Math.floor(episodeOf(i) / each)]![name] ?? lane.params[name]!);
}

/** After the first step of each window, on the way back, nothing is left of what came later. */
function writeCuts({ horizon, window }: GradientOptions, layout: ApgLayout, buffer: ArrayBufferLike): void {
  for (let step = 0; step < horizon; step++) {
    const isFirst = step % window === 0;
    new Float32Array(buffer, layout.cuts + (horizon - 1 - step) * 16, 4).fill(isFirst ? 1 : 0);
  }
}
