import { buildLanePrograms } from "../../agents/rollout/programs.js";
import { stream, uniform4 } from "../../core/random.js";
import { parseLimits } from "../../env/breakers/limits.js";
import type { Economy } from "../../env/economy.js";
import { ringPositions } from "../../env/lane/clock.js";
import { compileLanes, type LaneKernel } from "../../env/lane/kernel.js";
import { type LaneRecords, storedRecords } from "../../env/lane/records.js";
import { resolveParams, resolveWeights } from "../../env/params.js";
import type { Gpu } from "../../models/webgpu/device.js";
import { createWgslLanes, type WgslLanes } from "./webgpu-lanes.js";

const SEED = 5;

/** The same lanes of one economy in float64 (JS) and float32 (WGSL). */
export interface GpuPair {
  readonly world: Economy;
  readonly exact: LaneKernel;
  readonly close: WgslLanes<"step" | "reset">;
  readonly records: LaneRecords;
}

/** Lane i of either is the start of episode i, reset by its own program. */
export async function makeGpuPair(gpu: Gpu, world: Economy, numLanes: number): Promise<GpuPair> {
  const params = resolveParams(world);
  const options = { weights: resolveWeights(world), limits: parseLimits({}), params };
  const exact = compileLanes(world, options, "js", numLanes);
  const { records, step, reset } = buildLanePrograms(world, options);
  const close = await createWgslLanes(gpu, Object.values(records), { step, reset }, exact.capacity);
  const pair = { world, exact, close, records };
  await restartEpisodes(pair, params);
  return pair;
}

/** Puts both at the start of their episodes. */
export async function restartEpisodes({ exact, close }: GpuPair, params: Readonly<Record<string, number>>): Promise<void> {
  for (const { view } of [exact, close]) {
    const control = { seed: SEED, numLanes: exact.capacity, horizon: 70, randomise: 1, autoreset: 1 };
    for (const [name, value] of Object.entries(control)) view("control", name)[0] = value;
    for (const domain of ["market", "scenario", "reset"] as const) view("control", domain)[0] = stream(domain, "test");
    for (let lane = 0; lane < exact.capacity; lane++) view("lane", "episode")[lane] = lane;
    for (const name of exact.fields("params")) view("params", name).fill(params[name]!);
  }
  exact.reset();
  close.upload();
  close.run("reset");
  await close.download();
}

/** One day of random actions over the whole band, the same float32 numbers for both; the GPU's memory is read back. */
export async function stepPair(pair: GpuPair, day: number): Promise<void> {
  const { world, exact, close } = pair;
  if (world.actions.kind !== "continuous") throw new Error(`the actions of ${world.id} have no bands`);
  for (const [j, [name, { low, high }]] of Object.entries(world.actions.fields).entries()) {
    const views = [exact.view("requested", name), close.view("requested", name)];
    const domain = stream("policy", "test") + j;
    for (let lane = 0; lane < exact.capacity; lane++) {
      const action = Math.fround(low + (high - low) * uniform4(SEED, lane, day, domain).a);
      for (const view of views) view[lane] = action;
    }
  }
  for (const { view } of [exact, close]) {
    for (const [name, slot] of Object.entries(ringPositions(world, day))) view("control", name)[0] = slot;
  }
  close.upload(["requested"]);
  exact.step();
  close.run("step");
  await close.download();
}

/** Puts the float32 lanes where the float64 lanes are. */
export function followExact({ exact, close, records }: GpuPair): void {
  for (const record of storedRecords(records))
    for (const field of exact.fields(record)) close.view(record, field).set(exact.view(record, field));
  close.upload();
}

interface Difference {
  readonly field: string;
  readonly lane: number;
  readonly exact: number;
  readonly close: number;
}

/** Where the two differ by more than `tolerance` x (|x| + the field's scale); counters and keys must be equal. */
export function differences({ exact, close, records }: GpuPair, tolerance: number): Difference[] {
  const found: Difference[] = [];
  // A flow of tokens is cut at the breakers' limit, so it cannot be more exact than that is.
  const limit = records.applied.fields["mintLimit"];
  for (const record of storedRecords(records)) {
    for (const field of exact.fields(record)) {
      const { unit, type = "float", scale: own = 1 } = records[record].fields[field]!;
      const scale = limit && unit === limit.unit ? Math.max(own, limit.scale!) : own;
      const [x, y] = [exact.view(record, field), close.view(record, field)];
      for (let i = 0; i < x.length; i++) {
        const allowed = type === "float" ? tolerance * (Math.abs(x[i]!) + scale) : 0;
        if (Math.abs(x[i]! - y[i]!) <= allowed) continue;
        found.push({ field: `${record}.${field}`, lane: i % exact.capacity, exact: x[i]!, close: y[i]! });
      }
    }
  }
  return found;
}
