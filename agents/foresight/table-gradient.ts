import { emitWasm } from "../../compiler/wasm/emit-wasm.js";
import { UserError } from "../../core/errors.js";
import { type Split, stream } from "../../core/random.js";
import { scenarioOverrides } from "../../env/params.js";
import type { World } from "../../env/world.js";
import { createDevice } from "../../models/wasm/device.js";
import { CHUNK_LANES } from "../apg/layout.js";
import { writeControl } from "../rollout/control.js";
import { type PlacedBlock, readField, writeField } from "../rollout/lane-block.js";
import { tableJobs } from "./jobs.js";
import { planTable, type TableLayout } from "./layout.js";
import { buildTablePrograms, type TableOptions, type TablePrograms } from "./programs.js";

/** One market: scenario and number of the episode in it. */
export interface Market {
  readonly scenario: string;
  readonly episode: number;
}

/**
 * Episodes whose requests stand in a table: knots, each of which holds for some control steps, in -1..1 of each lever's band, knot
 * after knot and in each lever after lever.
 */
export interface TableGradient {
  /** Episodes that are followed at a time. */
  readonly numLanes: number;
  readonly levers: number;
  /** Memory of its device. */
  readonly bytes: number;
  /** Mean objective per control step of each market, and its derivatives by the market's own knots. */
  readonly evaluate: (markets: readonly Market[], knots: readonly Float32Array[]) => ValuesAndSlopes;
  /** @returns the requests of the i-th rule, averaged over what a knot holds for */
  readonly play: (rule: number, markets: readonly Market[]) => readonly Float32Array[];
  readonly dispose: () => Promise<void>;
}

interface ValuesAndSlopes {
  readonly values: Float64Array;
  readonly slopes: readonly Float64Array[];
}

interface TableGradientOptions extends TableOptions {
  readonly horizon: number;
  /** Control steps that a knot holds for. */
  readonly every: number;
  readonly seed: number;
  readonly split: Split;
  readonly block: number;
  /** Markets in all: no more are followed at a time. */
  readonly markets: number;
  readonly numThreads: number;
  /** All markets have parameters that are drawn; otherwise those of their scenarios. */
  readonly randomise: boolean;
}

/** A WebAssembly memory's limit. */
const MAX_BYTES = 2 ** 32;

/** @throws UserError E_FORESIGHT_WORLD, E_FORESIGHT_MEMORY */
export async function createTableGradient(options: TableGradientOptions): Promise<TableGradient> {
  const { world, horizon, every, numThreads } = options;
  const bands = bandsOf(world);
  const programs = buildTablePrograms(options);
  const { chunks, layout } = planFitting(options, programs);
  const jobs = tableJobs(programs, layout, horizon);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(layout.bytes / 65_536), maximum: 65_536, shared: true });
  const { capacity } = layout.block;
  const modules = jobs.programs.map((program) => new WebAssembly.Module(emitWasm(program, { capacity }) as BufferSource));
  const device = await createDevice({ memory, modules, numThreads });
  const { buffer } = memory;
  new Float32Array(buffer, layout.scale, 3).set([1, 0, 0]);
  writeControls(options, layout, buffer, programs.lane.records.control);
  const placed = { block: layout.block, start: layout.lanes, buffer };
  const table: Table = { layout, buffer, horizon, every, bands };
  const prepare = (markets: readonly Market[]) => {
    if (markets.length > chunks * CHUNK_LANES) throw new Error(`internal: ${markets.length} markets at a time`);
    new Uint8Array(buffer, layout.lanes, layout.block.bytes).fill(0);
    writeMarkets(options, placed, markets);
    return Math.ceil(markets.length / CHUNK_LANES);
  };
  return {
    ...{ numLanes: chunks * CHUNK_LANES, levers: bands.length, bytes: layout.bytes },
    evaluate: (markets, knots) => {
      const used = prepare(markets);
      writeRequests(table, knots);
      device.run(jobs.start, used);
      device.run(jobs.forward, used);
      device.run(jobs.backward, used);
      const values = Float64Array.from(readField(placed, "course", "return").subarray(0, markets.length), (x) => x / horizon);
      return { values, slopes: readKnots(table, layout.slopes, markets.length, ({ half }) => half / horizon) };
    },
    play: (rule, markets) => {
      const used = prepare(markets);
      const { start, play } = jobs.rules[rule]!;
      device.run(start, used);
      device.run(play, used);
      const sums = readKnots(table, layout.requests, markets.length, () => 1);
      return sums.map((sum) => toUnits(table, sum));
    },
    dispose: () => device.dispose(),
  };
}

interface Band {
  readonly low: number;
  readonly high: number;
  readonly middle: number;
  readonly half: number;
}

/** @throws UserError for worlds with a choice */
function bandsOf({ id, actions }: World): readonly Band[] {
  if (actions.kind === "continuous")
    return Object.values(actions.fields).map(({ low, high }) => ({
      ...{ low, high, middle: 0.5 * (low + high), half: 0.5 * (high - low) },
    }));
  const message = `${id} has a choice of ${actions.count} instead of levers: no gradient goes through a choice`;
  throw new UserError("E_FORESIGHT_WORLD", message, "choose an economy with levers");
}

/**
 * Before any work: that the world has levers and its episodes fit.
 * @throws UserError E_FORESIGHT_WORLD, E_FORESIGHT_MEMORY
 */
export function checkTable(options: TableOptions & Pick<TableGradientOptions, "horizon" | "markets" | "numThreads">): void {
  bandsOf(options.world);
  planFitting(options, buildTablePrograms(options));
}

function planFitting(
  { horizon, markets, numThreads }: Pick<TableGradientOptions, "horizon" | "markets" | "numThreads">,
  programs: TablePrograms,
) {
  const chunks = Math.min(Math.ceil(markets / CHUNK_LANES), numThreads);
  const layout = planTable(programs, horizon, chunks);
  if (layout.bytes > MAX_BYTES) throw tooLarge(layout, horizon, chunks);
  return { chunks, layout };
}

/** @throws UserError always */
function tooLarge({ bytes, days }: TableLayout, horizon: number, chunks: number): UserError {
  const perDay = (days.kept + days.day + 2 * days.request) * chunks + days.control;
  const fits = Math.floor(horizon - (bytes - MAX_BYTES) / perDay);
  const message = `the states of ${horizon} control steps take ${(bytes / 2 ** 30).toFixed(1)} GiB, a WebAssembly memory has 4`;
  const hint = chunks > 1 ? `give --days ${fits} or less, or fewer --threads` : `give --days ${fits} or less`;
  return new UserError("E_FORESIGHT_MEMORY", message, hint);
}

interface Table {
  readonly layout: TableLayout;
  readonly buffer: ArrayBufferLike;
  readonly horizon: number;
  readonly every: number;
  readonly bands: readonly Band[];
}

/** One number per lane of a chunk: those of a lever in a control step. */
function laneRow({ layout, buffer, horizon }: Table, base: number, chunk: number, step: number, lever: number): Float32Array {
  const { capacity } = layout.block;
  const address = base + (chunk * horizon + step) * layout.days.request + lever * capacity * 4;
  return new Float32Array(buffer, address, CHUNK_LANES);
}

/** Lanes beyond the last market repeat it. */
function writeRequests(table: Table, knots: readonly Float32Array[]): void {
  const { horizon, every, bands } = table;
  for (let chunk = 0; chunk * CHUNK_LANES < knots.length; chunk++)
    for (let step = 0; step < horizon; step++)
      for (const [lever, { low, high, middle, half }] of bands.entries()) {
        const row = laneRow(table, table.layout.requests, chunk, step, lever);
        const at = Math.floor(step / every) * bands.length + lever;
        for (let i = 0; i < CHUNK_LANES; i++) {
          const x = knots[Math.min(chunk * CHUNK_LANES + i, knots.length - 1)]![at]!;
          row[i] = Math.min(high, Math.max(low, middle + half * x));
        }
      }
}

/** Sums over what each knot holds for, by market. */
function readKnots(table: Table, base: number, markets: number, scaleOf: (band: Band) => number): readonly Float64Array[] {
  const { horizon, every, bands } = table;
  const size = Math.ceil(horizon / every) * bands.length;
  const sums = Array.from({ length: markets }, () => new Float64Array(size));
  for (let chunk = 0; chunk * CHUNK_LANES < markets; chunk++)
    for (let step = 0; step < horizon; step++)
      for (const [lever, band] of bands.entries()) {
        const row = laneRow(table, base, chunk, step, lever);
        const at = Math.floor(step / every) * bands.length + lever;
        const scale = scaleOf(band);
        const last = Math.min(CHUNK_LANES, markets - chunk * CHUNK_LANES);
        for (let i = 0; i < last; i++) sums[chunk * CHUNK_LANES + i]![at]! += scale * row[i]!;
      }
  return sums;
}

/** From sums of requests to their means in -1..1 of the band. */
function toUnits({ horizon, every, bands }: Table, sums: Float64Array): Float32Array {
  return Float32Array.from(sums, (sum, at) => {
    const { middle, half } = bands[at % bands.length]!;
    const first = Math.floor(at / bands.length) * every;
    const mean = sum / Math.min(every, horizon - first);
    return Math.min(1, Math.max(-1, (mean - middle) / half));
  });
}

/** The requests that knots stand for, step by step, in the levers' units and order. */
export function requestsOf(world: World, knots: Float32Array, every: number, step: number): number[] {
  const bands = bandsOf(world);
  const first = Math.floor(step / every) * bands.length;
  return bands.map(({ low, high, middle, half }, lever) =>
    Math.min(high, Math.max(low, Math.fround(middle + half * knots[first + lever]!))),
  );
}

function writeControls(
  { world, seed, split, block, horizon, randomise }: TableGradientOptions,
  layout: TableLayout,
  buffer: ArrayBufferLike,
  control: Parameters<typeof writeControl>[2],
): void {
  const domains = ["market", "scenario", "reset", "policy"] as const;
  const streams = Object.fromEntries(domains.map((domain) => [domain, stream(domain, split, block)]));
  // No episode is followed by another, and no decision is sampled.
  const values = { seed, ...streams, numLanes: 0, noiseDay: 0, randomise: randomise ? 1 : 0, autoreset: 0, horizon };
  for (let step = 0; step < horizon; step++)
    writeControl(buffer, layout.control + step * layout.days.control, control, values, step, world);
}

function writeMarkets({ world, lane }: TableGradientOptions, placed: PlacedBlock, markets: readonly Market[]): void {
  const market = (i: number) => markets[Math.min(i, markets.length - 1)]!;
  const overrides = new Map<string, Readonly<Record<string, number>>>();
  for (const { scenario } of markets) if (!overrides.has(scenario)) overrides.set(scenario, scenarioOverrides(world, scenario));
  writeField(placed, "lane", "episode", (i) => market(i).episode, true);
  for (const name of placed.block.layouts.get("params")?.slots.keys() ?? [])
    writeField(placed, "params", name, (i) => overrides.get(market(i).scenario)![name] ?? lane.params[name]!);
}
