import type { LaneOptions } from "../../env/lane/uses.js";
import type { PolicyNetwork } from "../learned/learned-controller.js";
import type { DecisionStage } from "./decision-stage.js";
import { type PlacedBlock, writeField } from "./lane-block.js";

/** Episodes of one scenario: evaluation index 0 .. episodes-1 names the market, whatever the number of lanes or threads. */
export interface EpisodeBatch {
  /** Values of varying parameters that the scenario changes. */
  readonly overrides: Readonly<Record<string, number>>;
  readonly episodes: number;
  /** Evaluation index of the first episode; default 0. */
  readonly first?: number;
  /** Parameters of a rule in this batch, for a controller that is named in `perBatch`. */
  readonly ruleParams?: Readonly<Record<string, number>>;
  /** Network of a learned controller in this batch, for one that is named in `perBatch`: its batches each begin a chunk. */
  readonly network?: PolicyNetwork;
}

/** Lanes of a batch: its episodes are from..to-1; those up to `end` repeat the last one. */
interface LaneRange {
  readonly batch: EpisodeBatch;
  readonly from: number;
  readonly to: number;
  readonly end: number;
}

/** @param whole every batch takes a multiple of so many lanes */
export function placeBatches(batches: readonly EpisodeBatch[], whole: number): readonly LaneRange[] {
  let from = 0;
  return batches.map((batch) => {
    const range = { batch, from, to: from + batch.episodes, end: from + Math.ceil(batch.episodes / whole) * whole };
    from = range.end;
    return range;
  });
}

export function writeLanes(
  placed: PlacedBlock,
  lane: LaneOptions,
  { paramsRecord }: DecisionStage,
  ranges: readonly LaneRange[],
): void {
  const lanes = ranges.flatMap(({ batch, from, end }) =>
    Array.from({ length: end - from }, (_, i) => ({
      batch,
      episode: (batch.first ?? 0) + Math.min(i, batch.episodes - 1),
    })),
  );
  const { layouts } = placed.block;
  writeField(placed, "lane", "episode", (i) => lanes[i]!.episode, true);
  for (const name of layouts.get("params")!.slots.keys()) {
    writeField(placed, "params", name, (i) => lanes[i]!.batch.overrides[name] ?? lane.params[name]!);
  }
  if (!paramsRecord) return;
  for (const name of layouts.get(paramsRecord)!.slots.keys()) {
    writeField(placed, paramsRecord, name, (i) => lanes[i]!.batch.ruleParams![name]!);
  }
}

/** Gives each batch's chunks its network, where every batch has its own and begins a chunk. */
export function loadNetworks(
  { block, buffer }: PlacedBlock,
  { loadChunk }: DecisionStage,
  address: number,
  ranges: readonly LaneRange[],
): void {
  if (!loadChunk) return;
  for (const { batch, from, end } of ranges) {
    for (let lane = from; lane < end; lane += block.chunkLanes) {
      loadChunk(buffer, address, lane / block.chunkLanes, batch.network!);
    }
  }
}
