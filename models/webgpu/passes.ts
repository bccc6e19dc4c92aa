import { MAP_READ, USAGE } from "./device.js";
import type { Kernel } from "./kernel.js";

/** Where dispatches of one submission go, in their order. */
export interface Passes {
  readonly dispatch: (kernel: Kernel, x: number, y?: number, offset?: number) => void;
  readonly end: () => void;
}

/** All dispatches in one compute pass: the fastest. */
export function onePass(encoder: GPUCommandEncoder): Passes {
  const pass = encoder.beginComputePass();
  return { dispatch: (kernel, ...grid) => kernel.dispatch(pass, ...grid), end: () => pass.end() };
}

/** Times every dispatch by the device's clock, each in a pass of its own. Needs the feature `timestamp-query`. */
export interface Stopwatch {
  readonly passes: (encoder: GPUCommandEncoder) => Passes;
  /** Seconds of each kernel in the submissions since the last call, and how often it ran. */
  readonly read: () => Promise<ReadonlyMap<string, { readonly seconds: number; readonly dispatches: number }>>;
  readonly dispose: () => void;
}

const NANOSECONDS = 1e-9;

/** @param capacity dispatches between two calls of `read`; later ones are not timed */
export function createStopwatch(device: GPUDevice, capacity: number): Stopwatch {
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * capacity });
  const size = 16 * capacity;
  const resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | USAGE.copySource });
  const readBack = device.createBuffer({ size, usage: USAGE.mapRead | USAGE.copyTarget });
  let labels: string[] = [];
  const timed = (
    encoder: GPUCommandEncoder,
    kernel: Kernel,
    grid: readonly [number, (number | undefined)?, (number | undefined)?],
  ) => {
    const query = 2 * labels.length;
    const isTimed = labels.length < capacity;
    const timestampWrites = { querySet, beginningOfPassWriteIndex: query, endOfPassWriteIndex: query + 1 };
    const pass = encoder.beginComputePass(isTimed ? { timestampWrites } : {});
    kernel.dispatch(pass, ...grid);
    pass.end();
    if (isTimed) labels.push(kernel.label);
  };
  return {
    passes: (encoder) => ({ dispatch: (kernel, ...grid) => timed(encoder, kernel, grid), end: () => {} }),
    read: async () => {
      const encoder = device.createCommandEncoder();
      encoder.resolveQuerySet(querySet, 0, Math.max(2, 2 * labels.length), resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, readBack, 0, size);
      device.queue.submit([encoder.finish()]);
      await readBack.mapAsync(MAP_READ);
      const times = new BigUint64Array(readBack.getMappedRange().slice(0));
      readBack.unmap();
      const seconds = labels.map((_, i) => Number(times[2 * i + 1]! - times[2 * i]!) * NANOSECONDS);
      const totals = totalsBy(labels, seconds);
      labels = [];
      return totals;
    },
    dispose: () => {
      querySet.destroy();
      resolved.destroy();
      readBack.destroy();
    },
  };
}

const QUERY_RESOLVE = 512;

function totalsBy(labels: readonly string[], seconds: readonly number[]) {
  const totals = new Map<string, { seconds: number; dispatches: number }>();
  for (const [i, label] of labels.entries()) {
    const before = totals.get(label) ?? { seconds: 0, dispatches: 0 };
    totals.set(label, { seconds: before.seconds + seconds[i]!, dispatches: before.dispatches + 1 });
  }
  return totals;
}
