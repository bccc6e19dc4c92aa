import { layoutRecord, type RecordBinding, type RecordLayout } from "../../compiler/schema.js";

/** Lanes that one call works on; a chunk's records lie together in memory, so that a whole episode runs in the cache. */
export const CHUNK_LANES = 256;

/**
 * Where the records of all lanes lie: chunk after chunk, in each chunk record after record, struct of arrays.
 * `capacity` is a little more than the chunk's lanes: a distance between fields that is a power of two would put the same lane
 * of all fields into the same cache set.
 */
export interface LaneBlock {
  readonly numLanes: number;
  readonly chunkLanes: number;
  readonly numChunks: number;
  readonly capacity: number;
  /** Bytes from one chunk to the next. */
  readonly chunkBytes: number;
  /** Byte offset of each record within a chunk. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly layouts: ReadonlyMap<string, RecordLayout>;
  /** Bytes in all. */
  readonly bytes: number;
}

/**
 * @param numLanes rounded up to whole chunks; the lanes beyond are simulated and ignored
 * @param spare    lanes' room between fields, a multiple of 4
 */
export function planLaneBlock(
  numLanes: number,
  records: readonly RecordBinding[],
  chunkLanes = Math.min(CHUNK_LANES, Math.ceil(numLanes / 64) * 64),
  spare = 16,
): LaneBlock {
  const numChunks = Math.ceil(numLanes / chunkLanes);
  const capacity = chunkLanes + spare;
  const offsets = new Map<string, number>();
  const layouts = new Map<string, RecordLayout>();
  let bytes = 0;
  for (const record of records) {
    if (record.kind !== "lane") continue;
    const layout = layoutRecord(record);
    offsets.set(record.name, bytes);
    layouts.set(record.name, layout);
    bytes += layout.size * capacity * 4;
  }
  const chunkBytes = Math.ceil(bytes / 64) * 64;
  return { numLanes, chunkLanes, numChunks, capacity, chunkBytes, offsets, layouts, bytes: numChunks * chunkBytes };
}

/** The block at its place in the device's memory. */
export interface PlacedBlock {
  readonly block: LaneBlock;
  /** Byte address of chunk 0. */
  readonly start: number;
  readonly buffer: ArrayBufferLike;
}

/** The first lanes alone: reading and writing leave the others out. */
export function firstLanes(placed: PlacedBlock, numLanes: number): PlacedBlock {
  const numChunks = Math.ceil(numLanes / placed.block.chunkLanes);
  return { ...placed, block: { ...placed.block, numLanes, numChunks } };
}

function elementAddress({ block, start }: PlacedBlock, record: string, field: string, element: number, chunk: number): number {
  const slot = block.layouts.get(record)?.slots.get(field);
  if (slot === undefined) throw new Error(`internal: no field ${record}.${field} in the lane block`);
  return start + chunk * block.chunkBytes + block.offsets.get(record)! + (slot + element) * block.capacity * 4;
}

/** Copies one element of a field of all lanes out of memory. */
export function readField(placed: PlacedBlock, record: string, field: string, element = 0): Float32Array {
  const { numLanes, chunkLanes, numChunks } = placed.block;
  const values = new Float32Array(numLanes);
  for (let chunk = 0; chunk < numChunks; chunk++) {
    const count = Math.min(chunkLanes, numLanes - chunk * chunkLanes);
    const address = elementAddress(placed, record, field, element, chunk);
    values.set(new Float32Array(placed.buffer, address, count), chunk * chunkLanes);
  }
  return values;
}

/** Writes one element of a field of all lanes, padding lanes included (they get the last lane's value). */
export function writeField(
  placed: PlacedBlock,
  record: string,
  field: string,
  value: (lane: number) => number,
  word = false,
): void {
  const { numLanes, chunkLanes, numChunks } = placed.block;
  for (let chunk = 0; chunk < numChunks; chunk++) {
    const address = elementAddress(placed, record, field, 0, chunk);
    const view = word
      ? new Uint32Array(placed.buffer, address, chunkLanes)
      : new Float32Array(placed.buffer, address, chunkLanes);
    for (let i = 0; i < chunkLanes; i++) view[i] = value(Math.min(chunk * chunkLanes + i, numLanes - 1));
  }
}
