import { layoutRecord } from "../../compiler/schema.js";
import { type PlacedBlock, writeField } from "./lane-block.js";
import type { TrainingPrograms } from "./training-programs.js";

/** Streams of policy noise per lane of a market: more than any action needs. */
const NOISE_STREAMS = 256;

interface FirstLanes {
  readonly placed: PlacedBlock;
  readonly programs: Pick<TrainingPrograms, "lane">;
  /** Values of the world's parameters. */
  readonly params: Readonly<Record<string, number>>;
  readonly numEnvs: number;
  /** Neighbouring lanes that share a market. */
  readonly marketGroup: number;
  /** Control steps of an episode. */
  readonly horizon: number;
}

/**
 * The first state of all lanes, spread over the horizon so that episodes do not end together. Varying parameters that a scenario,
 * but not the training distribution, changes keep their preset's value.
 * @param reset runs the compiled reset on all lanes
 */
export function startLanes({ placed, programs, params, numEnvs, marketGroup, horizon }: FirstLanes, reset: () => void): void {
  const marketGroupAt = (lane: number) => Math.floor(lane / marketGroup);
  writeField(placed, "lane", "episode", marketGroupAt, true);
  writeField(placed, "lane", "noise", (lane) => (lane % marketGroup) * NOISE_STREAMS, true);
  for (const name of layoutRecord(programs.lane.records.params).slots.keys())
    writeField(placed, "params", name, () => params[name]!);
  reset();
  writeField(placed, "lane", "day", (lane) => Math.floor((marketGroupAt(lane) * marketGroup * horizon) / numEnvs), true);
}
