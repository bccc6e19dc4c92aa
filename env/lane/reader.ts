import type { LaneArray, LaneDevice, LaneView } from "./memory.js";

/** What a compiled world keeps per lane. */
interface LaneSource<Record extends string> {
  readonly view: (record: Record, field: string) => LaneView;
  readonly fields: (record: Record) => readonly string[];
}

export type LaneRecord = Readonly<Record<string, LaneArray>>;

/** Copies of what the lanes hold, without the padding. */
export function laneReader<Name extends string>({ view, fields }: LaneSource<Name>, device: LaneDevice, numLanes: number) {
  const array = (record: Name, field: string) => view(record, field).slice(0, numLanes) as LaneArray;
  return {
    array,
    words: (record: Name, field: string) => Uint32Array.from(view(record, field).subarray(0, numLanes)),
    flags: (record: Name, field: string) => Uint8Array.from(view(record, field).subarray(0, numLanes)),
    /** By field; `skip` are left out. */
    record: (record: Name, skip: readonly string[] = []): LaneRecord => {
      const names = fields(record).filter((name) => !skip.includes(name));
      return Object.fromEntries(names.map((name) => [name, array(record, name)]));
    },
    /** Field i of lane j is element `i * numLanes + j`. */
    matrix: (record: Name): LaneArray => {
      const names = fields(record);
      const size = names.length * numLanes;
      const matrix = device === "js" ? new Float64Array(size) : new Float32Array(size);
      for (const [i, name] of names.entries()) matrix.set(view(record, name).subarray(0, numLanes), i * numLanes);
      return matrix;
    },
  };
}
