import type { Program } from "../../compiler/ir/program.js";
import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import { type Split, stream } from "../../core/random.js";
import { storedRecords } from "../../env/lane/records.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { createDevice, type Device } from "../../models/wasm/device.js";
import type { Argument, Call, Job } from "../../models/wasm/plan.js";
import type { Controller } from "../controller/controller.js";
import type { LearnedController } from "../learned/learned-controller.js";
import { writeControl } from "./control.js";
import { type DecisionStage, prepareStage } from "./decision-stage.js";
import type { EpisodeMetrics, EpisodeSeries } from "./episode-metrics.js";
import { firstLanes, type LaneBlock, type PlacedBlock, planLaneBlock } from "./lane-block.js";
import { buildObserver, type ObservationSums, type Observer, observeCalls, readObservations } from "./observe.js";
import { type EpisodeBatch, loadNetworks, placeBatches, writeLanes } from "./place-batches.js";
import { buildLanePrograms, type RolloutPrograms } from "./programs.js";
import { readMetrics } from "./read-metrics.js";
import { buildCapture, readSeries, type SeriesPlan, seriesPlan } from "./series.js";

export interface EpisodeRequest {
  readonly batches: readonly EpisodeBatch[];
  readonly horizon: number;
  readonly seed: number;
  readonly split: Split;
  /** Block of markets within the split; a new one when the old ones have been looked at too often. */
  readonly block: number;
  /** Draw the varying parameters of each episode from the training distribution instead of the overrides. */
  readonly randomise?: boolean;
  /** Keep daily price, supply and actions. */
  readonly series?: boolean;
  /** Instead of the learned controller's own. */
  readonly normalizer?: LearnedController["normalizer"];
}

export interface EpisodeResult {
  readonly metrics: EpisodeMetrics;
  /** Where the simulator observes, of a batch that begins a chunk. */
  readonly observed?: ObservationSums;
  readonly series?: EpisodeSeries;
}

export interface EpisodeSimulator {
  /** Memory of its device. */
  readonly bytes: number;
  /**
   * Runs whole episodes of one controller; one result per batch.
   * @throws UserError E_EPISODES_NOT_FINITE when a NaN or infinity comes out
   */
  readonly run: (controller: string, request: EpisodeRequest) => EpisodeResult[];
  readonly dispose: () => Promise<void>;
}

interface SimulatorOptions {
  readonly world: World;
  readonly lane: LaneOptions;
  readonly controllers: Readonly<Record<string, Controller>>;
  /** Ids of controllers whose parameters (rules) or network (learned ones) come with each batch. */
  readonly perBatch?: readonly string[];
  /** By controller id: actions that are held at a value whatever the controller asks for (ablation). */
  readonly frozen?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Largest number of episodes of one request, and its longest horizon; a batch that begins a chunk counts as whole chunks. */
  readonly maxLanes: number;
  readonly maxHorizon: number;
  /** Episodes that one thread works on at a time, a multiple of 4; default 256, or fewer where `maxLanes` is less. */
  readonly chunkLanes?: number;
  /** Whether any request asks for series: they take memory. */
  readonly series?: boolean;
  /** Add up the observations of every step. */
  readonly observe?: boolean;
  readonly numThreads: number;
}

const CONTROL_BYTES = 64;
const SCHEDULE_BYTES = 16;
const SHARED_PROGRAMS = 4;

interface Context {
  readonly options: SimulatorOptions;
  readonly programs: RolloutPrograms;
  readonly stages: readonly DecisionStage[];
  readonly block: LaneBlock;
  readonly placed: PlacedBlock;
  readonly device: Device;
  readonly series: SeriesPlan | undefined;
  readonly observer: Observer | undefined;
  readonly addresses: Addresses;
}

interface Addresses {
  readonly control: number;
  readonly stages: readonly number[];
  /** Per controller, 16 bytes per control step: whether it decides anew. */
  readonly schedules: readonly number[];
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly lanes: number;
  readonly series: number;
  readonly observed: number;
  readonly bytes: number;
}

/** Simulates episodes of any controllers of one world on the CPU device, in float32, with deterministic decisions. */
export async function createSimulator(options: SimulatorOptions): Promise<EpisodeSimulator> {
  const { world, numThreads } = options;
  const programs = buildLanePrograms(world, options.lane);
  const { controllers, perBatch = [], frozen = {} } = options;
  const stages = Object.entries(controllers).map(([id, controller], index) =>
    prepareStage({ id, index, controller, world, programs, perBatch: perBatch.includes(id), frozen: frozen[id] }),
  );
  const observer = options.observe ? buildObserver(programs) : undefined;
  const own = [...stages.flatMap((stage) => stage.records), ...(observer ? [observer.record] : [])];
  const records = [...Object.values(programs.records), programs.metrics, ...own];
  const block = planLaneBlock(options.maxLanes, records, options.chunkLanes);
  const series = options.series ? seriesPlan(programs, block) : undefined;
  const addresses = planAddresses(options, { stages, block, series, observer });
  const memory = new WebAssembly.Memory({ initial: Math.ceil(addresses.bytes / 65_536), maximum: 65_536, shared: true });
  const capture = buildCapture(programs);
  const all: Program[] = [programs.reset, programs.startMetrics, programs.step, programs.accumulateMetrics];
  for (const stage of stages) all.push(...stage.programs);
  all.push(capture.program, ...(observer ? [observer.program] : []));
  const modules = all.map((program) => new WebAssembly.Module(emitWasm(program, { capacity: block.capacity }) as BufferSource));
  const device = await createDevice({ memory, modules, numThreads });
  stages.forEach((stage, i) => {
    stage.load(memory.buffer, addresses.stages[i]!);
    for (let step = 0; step < options.maxHorizon; step += stage.decisionInterval) {
      new Float32Array(memory.buffer, addresses.schedules[i]! + step * SCHEDULE_BYTES, 4).fill(1);
    }
  });
  const placed = { block, start: addresses.lanes, buffer: memory.buffer };
  const context: Context = { options, programs, stages, block, placed, device, series, observer, addresses };
  const jobs = new Map<string, EpisodeJobs>();
  return {
    bytes: addresses.bytes,
    run: (id, request) => {
      checkRequest(options, id, request.horizon);
      const key = `${id} ${request.horizon} ${request.series === true}`;
      if (!jobs.has(key)) jobs.set(key, episodeJobs(context, id, request.horizon, request.series === true));
      return runEpisodes(context, jobs.get(key)!, id, request);
    },
    dispose: () => device.dispose(),
  };
}

function checkRequest({ controllers, maxHorizon }: SimulatorOptions, id: string, horizon: number): void {
  if (!(id in controllers)) throw new Error(`internal: no controller ${id} in this simulator`);
  if (horizon > maxHorizon) throw new Error(`internal: ${horizon} steps exceed ${maxHorizon}`);
}

function planAddresses(
  options: SimulatorOptions,
  { stages, block, series, observer }: Pick<Context, "stages" | "block" | "series" | "observer">,
): Addresses {
  let next = 64;
  const take = (bytes: number) => {
    const address = next;
    next += Math.ceil(bytes / 64) * 64;
    return address;
  };
  const scratchBytes = Math.ceil(Math.max(64, ...stages.map((stage) => stage.scratchBytes)) / 64) * 64;
  const fixed = {
    control: take(CONTROL_BYTES * options.maxHorizon),
    stages: stages.map((stage) => take(stage.memoryBytes + stage.chunkBytes * block.numChunks)),
    schedules: stages.map(() => take(SCHEDULE_BYTES * options.maxHorizon)),
    scratch: take(scratchBytes * options.numThreads),
    scratchBytes,
    lanes: take(block.bytes),
    series: take((series?.dayBytes ?? 0) * options.maxHorizon * block.numChunks),
    observed: take((observer?.chunkBytes ?? 0) * block.numChunks),
  };
  return { ...fixed, bytes: next };
}

interface EpisodeJobs {
  readonly start: Job;
  readonly play: Job;
}

function episodeJobs(context: Context, id: string, horizon: number, withSeries: boolean): EpisodeJobs {
  const { block, stages, addresses, series, observer, device } = context;
  const index = stages.findIndex((stage) => stage.id === id);
  const stage = stages[index]!;
  const lane = (record: string): Argument => ({
    base: addresses.lanes + block.offsets.get(record)!,
    perChunk: block.chunkBytes,
  });
  const run = (instance: number, ...bases: Argument[]): Call => ({
    instance,
    export: "run",
    args: [0, block.chunkLanes, ...bases],
  });
  const world = storedRecords(context.programs.records).map(lane);
  const control: Argument = { base: addresses.control, perRepeat: CONTROL_BYTES };
  const before = stages.slice(0, index).reduce((sum, { programs }) => sum + programs.length, 0);
  const calls = stage.calls({
    block,
    lane,
    address: addresses.stages[index]!,
    scratch: { base: addresses.scratch, perThread: addresses.scratchBytes },
    firstInstance: 1 + SHARED_PROGRAMS + before,
    ...(stage.decisionInterval > 1 ? { schedule: { base: addresses.schedules[index]!, perRepeat: SCHEDULE_BYTES } } : {}),
  });
  const capture: Call[] =
    withSeries && series
      ? [
          run(device.stages.length - (observer ? 1 : 0), lane("flows"), lane("applied"), {
            base: addresses.series,
            perChunk: series.dayBytes * horizon,
            perRepeat: series.dayBytes,
          }),
        ]
      : [];
  const place = { block, instance: device.stages.length, lane, address: addresses.observed };
  const observe = observer ? observeCalls(observer, place) : [];
  return {
    start: { name: `start of ${id}`, calls: [run(1, control, ...world), run(2, lane("flows"), lane("m")), ...calls.start] },
    play: {
      name: `episodes of ${id}`,
      repeat: horizon,
      calls: [
        ...observe,
        ...calls.act,
        run(3, control, ...world),
        run(4, ...["lane", "applied", "flows", "terms", "costs", "breakers", "m"].map(lane)),
        ...capture,
      ],
    },
  };
}

function runEpisodes(context: Context, jobs: EpisodeJobs, id: string, request: EpisodeRequest): EpisodeResult[] {
  const { options, device, block, series, observer, addresses } = context;
  const index = context.stages.findIndex((stage) => stage.id === id);
  const stage = context.stages[index]!;
  const ranges = placeBatches(request.batches, stage.loadChunk ? block.chunkLanes : 1);
  const numLanes = ranges.at(-1)?.end ?? 0;
  if (numLanes > options.maxLanes) throw new Error(`internal: ${numLanes} lanes exceed ${options.maxLanes}`);
  const placed = firstLanes(context.placed, numLanes);
  writeControls(context, request);
  writeLanes(placed, options.lane, stage, ranges);
  const { buffer } = placed;
  if (request.normalizer) stage.loadNormalizer!(buffer, addresses.stages[index]!, request.normalizer);
  if (observer) new Uint8Array(buffer, addresses.observed, observer.chunkBytes * block.numChunks).fill(0);
  loadNetworks(placed, stage, addresses.stages[index]!, ranges);
  device.run(jobs.start, placed.block.numChunks);
  device.run(jobs.play, placed.block.numChunks);
  return ranges.map(({ from, to, end }) => {
    const metrics = readMetrics(placed, options.world, request.horizon, from, to);
    checkFinite(metrics, id);
    const kept =
      request.series && series ? { series: readSeries(series, placed, addresses.series, request.horizon, from, to) } : {};
    const chunks = { from: from / block.chunkLanes, to: end / block.chunkLanes };
    const seen = observer ? { observed: readObservations(observer, buffer, addresses.observed, chunks) } : {};
    return { metrics, ...kept, ...seen };
  });
}

function checkFinite(metrics: EpisodeMetrics, id: string): void {
  const episode = metrics.return.findIndex((value) => !Number.isFinite(value));
  if (episode < 0) return;
  throw new UserError(
    "E_EPISODES_NOT_FINITE",
    `the return of ${id} in episode ${episode} is ${metrics.return[episode]}`,
    "check the parameters",
  );
}

function writeControls({ options, placed, programs, addresses }: Context, request: EpisodeRequest): void {
  const { seed, split, block, horizon } = request;
  const values = {
    seed,
    market: stream("market", split, block),
    scenario: stream("scenario", split, block),
    reset: stream("reset", split, block),
    policy: stream("policy", split, block),
    // No episode is followed by another, and no decision is sampled.
    numLanes: 0,
    noiseDay: 0,
    randomise: request.randomise ? 1 : 0,
    autoreset: 0,
    horizon,
  };
  for (let step = 0; step < horizon; step++) {
    writeControl(
      placed.buffer,
      addresses.control + step * CONTROL_BYTES,
      programs.records.control,
      values,
      step,
      options.world,
    );
  }
}
