import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { storedRecords } from "../../env/lane/records.js";
import { resolveParams } from "../../env/params.js";
import { findEconomy } from "../../env/registry.js";
import type { Gpu } from "../../models/webgpu/device.js";
import { differences, followExact, type GpuPair, makeGpuPair, restartEpisodes, stepPair } from "./gpu-pair.js";
import { findGpu } from "./swiftshader.js";

// DESIGN: a step from the float64 state to 1e-5, free steps to 1e-3 on 98 of 100 paths. Episodes end at day 70 and begin anew.
const PATHS = 200;
const COMPILE_TIME = 120_000; // SwiftShader takes seconds for an economy, longer on a busy machine

/** The agreement of economies on the GPU with float64; skipped without a GPU. */
export async function describeParity(ids: readonly string[]): Promise<void> {
  const gpu = await findGpu();
  afterAll(() => gpu?.dispose());
  describe.skipIf(!gpu).each(ids)("%s on the GPU agrees with float64 on 200 random action paths of 100 days", (id) => {
    checkEconomy(gpu!, id);
  });
}

function checkEconomy(gpu: Gpu, id: string): void {
  let pair: GpuPair;
  const params = resolveParams(findEconomy(id));
  beforeAll(async () => {
    pair = await makeGpuPair(gpu, findEconomy(id), PATHS);
  }, COMPILE_TIME);
  afterAll(() => pair?.close.dispose());

  test("the start of an episode, to 1e-5", () => {
    expect(differences(pair, 1e-5).slice(0, 9)).toEqual([]);
  });

  test("each step restarted from the float64 state, to 1e-5", async () => {
    for (let day = 0; day < 100; day++) {
      followExact(pair);
      await stepPair(pair, day);
      expect(differences(pair, 1e-5).slice(0, 9), `day ${day}`).toEqual([]);
    }
  });

  test("free steps, to 1e-3 on 98 of 100 paths, and a second run repeats every bit", async () => {
    const away = new Set<number>();
    const runs: string[] = [];
    for (const run of [1, 2]) {
      await restartEpisodes(pair, params);
      for (let day = 0; day < 100; day++) {
        await stepPair(pair, day);
        if (run === 1) for (const { lane } of differences(pair, 1e-3)) away.add(lane);
      }
      runs.push(bitsOf(pair));
    }
    // Where float32 and float64 stand on two sides of a branch they part; nothing else may.
    expect(away.size).toBeLessThanOrEqual(0.02 * PATHS);
    expect(runs[1] === runs[0]).toBe(true);
  });
}

/** All lanes' memory, as text. */
function bitsOf({ exact, close, records }: GpuPair): string {
  const parts = storedRecords(records).flatMap((record) =>
    exact.fields(record).map((field) => {
      const { buffer, byteOffset, byteLength } = close.view(record, field);
      return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
    }),
  );
  return parts.join(" ");
}
