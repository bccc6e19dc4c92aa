import type { Program } from "../../compiler/ir/program.js";
import type { RecordBinding } from "../../compiler/schema.js";
import { buildProgram } from "../../compiler/trace/build-program.js";
import type { EpisodeSeries } from "./episode-metrics.js";
import type { LaneBlock, PlacedBlock } from "./lane-block.js";
import { laneBinding, type RolloutPrograms, withoutUnits } from "./programs.js";

/** One row per day: price, supply, then the applied actions. */
export interface SeriesPlan {
  readonly fields: readonly string[];
  /** Bytes of one day of one chunk. */
  readonly dayBytes: number;
}

function seriesRecord(programs: RolloutPrograms): RecordBinding {
  const names = ["price", "supply", ...Object.keys(programs.records.requested.fields)];
  return laneBinding("series", Object.fromEntries(names.map((name) => [name, { unit: "1", doc: `daily ${name}` }])));
}

export function seriesPlan(programs: RolloutPrograms, block: LaneBlock): SeriesPlan {
  const fields = Object.keys(seriesRecord(programs).fields);
  return { fields, dayBytes: fields.length * block.capacity * 4 };
}

/** Copies what the plots need of a day: (flows, applied action, series row). */
export function buildCapture(programs: RolloutPrograms): { readonly program: Program } {
  const { flows, applied } = programs.records;
  const hasToken = "price" in flows.fields ? 1 : 0;
  return {
    program: buildProgram({
      name: "series",
      uses: { hasToken },
      step: captureDay,
      records: [withoutUnits(flows), withoutUnits(applied), seriesRecord(programs)],
    }),
  };
}

type Values = Record<string, number>;

function captureDay(f: Values, a: Values, series: Values, u: { readonly hasToken: number }): void {
  for (const name in series) {
    if (name !== "price" && name !== "supply") series[name] = a[name]!;
    else series[name] = u.hasToken > 0 ? f[name]! : 0;
  }
}

export function readSeries(
  plan: SeriesPlan,
  { block, buffer }: PlacedBlock,
  address: number,
  days: number,
  from: number,
  to: number,
): EpisodeSeries {
  const episodes = to - from;
  const columns = plan.fields.map(() => new Float32Array(days * episodes));
  for (let lane = from; lane < to; lane++) {
    const chunk = Math.floor(lane / block.chunkLanes);
    for (let day = 0; day < days; day++) {
      const start = address + (chunk * days + day) * plan.dayBytes;
      const row = new Float32Array(buffer, start, plan.fields.length * block.capacity);
      columns.forEach((column, i) => {
        column[day * episodes + lane - from] = row[i * block.capacity + (lane % block.chunkLanes)]!;
      });
    }
  }
  const named = Object.fromEntries(plan.fields.map((name, i) => [name, columns[i]!]));
  const { price, supply, ...actions } = named;
  return { days, episodes, price: price!, supply: supply!, actions };
}
