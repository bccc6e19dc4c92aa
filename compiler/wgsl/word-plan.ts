import type { RecordInfo } from "../ir/program.js";

/** Where records lie in the two arrays of 32-bit words that every shader of a world works on. */
export interface WordPlan {
  /** Lanes in memory. */
  readonly capacity: number;
  /** First word of each record within its array: that of the lanes, or that of what all lanes share. */
  readonly offsets: ReadonlyMap<string, number>;
  readonly laneWords: number;
  readonly commonWords: number;
}

/**
 * Packs all lane records into one array and all uniform records into another, so that any number of them takes two storage
 * buffers. Element e of slot s of lane i is at `offset + (s + e) * capacity + i` (lane) or `offset + s + e` (uniform), so that
 * neighbouring lanes read neighbouring words.
 * @throws RangeError for a capacity that is not a positive integer, or more words than a shader can address
 */
export function planWords(records: readonly RecordInfo[], capacity: number): WordPlan {
  if (!(Number.isInteger(capacity) && capacity > 0))
    throw new RangeError(`capacity is ${capacity}, but must be a positive integer`);
  const offsets = new Map<string, number>();
  let laneWords = 0;
  let commonWords = 0;
  for (const { name, kind, size } of records) {
    offsets.set(name, kind === "lane" ? laneWords : commonWords);
    if (kind === "lane") laneWords += size * capacity;
    else commonWords += size;
  }
  if (laneWords >= 2 ** 30) throw new RangeError(`${laneWords} words do not fit into one buffer of 4 GiB`);
  return { capacity, offsets, laneWords, commonWords };
}
