import type { AgentPlan } from "../spec.js";

/** Samples that a workgroup takes through a network together, and where their features lie in workgroup memory. */
export interface TilePlan {
  /** 32, 16, 8 or 4. */
  readonly samples: number;
  /** Invocations of the workgroup, a multiple of 32 from 64 to 256. */
  readonly threads: number;
  /** `vec4f` columns per sample: feature 4 c of sample s lies in `tile[s * stride + c]`. */
  readonly stride: number;
}

/** How the threads share out the outputs of a layer: thread `i < count` computes column `i % columns` of one group of samples. */
export interface LayerJobs {
  /** Samples of a group: 1, 2, 4 or 8. Group `i / columns` begins at sample `i / columns * samples`. */
  readonly samples: number;
  /** Of 4 outputs each. */
  readonly columns: number;
  readonly count: number;
}

/** What every adapter has, less 64 bytes for the kernels' own flags. */
const WORKGROUP_BYTES = 16_384 - 64;
const VEC4_BYTES = 16;
const TILE_SAMPLES = [32, 16, 8, 4];
const MAX_GROUP = 8;
const MIN_THREADS = 64;
const MAX_THREADS = 256;

/**
 * The largest tile that fits. One spare column puts the samples into different banks; it goes where a larger tile fits without.
 * @param workgroupBytes of workgroup memory that the tile may take; the default holds any network
 */
export function planTile(agent: AgentPlan, workgroupBytes = WORKGROUP_BYTES): TilePlan {
  const columns = widestColumns(agent);
  for (const samples of TILE_SAMPLES) {
    const threads = countThreads(samples, columns);
    if (threads > MAX_THREADS) continue;
    const stride = [columns + 1, columns].find((each) => samples * each * VEC4_BYTES <= workgroupBytes);
    if (stride !== undefined) return { samples, threads, stride };
  }
  throw new Error(`internal: ${columns * 4} features do not fit into ${workgroupBytes} bytes of workgroup memory`);
}

function widestColumns({ actor, critic }: AgentPlan): number {
  const layers = [...actor.layers, ...critic.layers];
  return Math.max(...layers.map(({ paddedInputs, paddedOutputs }) => Math.max(paddedInputs, paddedOutputs))) / 4;
}

/** Enough that the widest layer is one job a thread, as its results wait in registers until all have read the tile. */
function countThreads(samples: number, columns: number): number {
  const jobs = Math.ceil(samples / MAX_GROUP) * columns;
  return Math.max(MIN_THREADS, Math.ceil(jobs / 32) * 32);
}

/** Jobs of a layer with these outputs: the smallest groups, thus the most threads, that leave one job a thread. */
export function layerJobs({ samples, threads }: TilePlan, paddedOutputs: number): LayerJobs {
  const columns = paddedOutputs / 4;
  let group = 1;
  while ((samples / group) * columns > threads) group *= 2;
  return { samples: group, columns, count: (samples / group) * columns };
}

/** The WGSL variable `tile`. */
export function tileDeclaration({ samples, stride }: TilePlan): string {
  return `var<workgroup> tile: array<vec4f, ${samples * stride}>;`;
}
