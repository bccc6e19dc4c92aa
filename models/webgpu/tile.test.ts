import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planAgent } from "../spec.js";
import { layerJobs, planTile, tileDeclaration } from "./tile.js";

const width = fc.integer({ min: 1, max: 512 });
const network = fc.record({
  inputs: width,
  hidden: fc.array(width, { maxLength: 8 }),
  outputs: width,
  activation: fc.constantFrom("tanh" as const, "relu" as const),
});

const square = (hidden: number) => {
  const spec = { inputs: 16, hidden: [hidden, hidden], outputs: 2, activation: "tanh" as const };
  return planAgent(spec, spec, 0);
};

describe("planTile", () => {
  test("fits any two networks into the memory of every adapter, with one job a thread for each layer", () => {
    fc.assert(
      fc.property(network, network, fc.constantFrom(undefined, 16_384, 32_768, 65_536), (actor, critic, bytes) => {
        const agent = planAgent(actor, critic, 0);
        const tile = planTile(agent, bytes);
        expect(tile.samples * tile.stride * 16).toBeLessThanOrEqual(bytes ?? 16_384 - 64);
        expect([4, 8, 16, 32]).toContain(tile.samples);
        expect(tile.threads % 32).toBe(0);
        expect(tile.threads).toBeGreaterThanOrEqual(64);
        expect(tile.threads).toBeLessThanOrEqual(256);
        for (const { paddedInputs, paddedOutputs } of [...agent.actor.layers, ...agent.critic.layers]) {
          expect(tile.stride * 4).toBeGreaterThanOrEqual(Math.max(paddedInputs, paddedOutputs));
          for (const features of [paddedInputs, paddedOutputs]) {
            const jobs = layerJobs(tile, features);
            expect(jobs.columns * 4).toBe(features);
            expect(jobs.count).toBeLessThanOrEqual(tile.threads);
            expect(jobs.count * jobs.samples).toBe(tile.samples * jobs.columns);
            expect([1, 2, 4, 8].filter((group) => group <= tile.samples)).toContain(jobs.samples);
            // A smaller group would leave more jobs than threads.
            if (jobs.samples > 1) expect(jobs.count * 2).toBeGreaterThan(tile.threads);
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test.each([
    [64, { samples: 32, threads: 64, stride: 17 }],
    [124, { samples: 32, threads: 128, stride: 31 }],
    [128, { samples: 16, threads: 64, stride: 33 }],
    [256, { samples: 8, threads: 64, stride: 65 }],
    [512, { samples: 4, threads: 128, stride: 129 }],
  ])("hidden layers of %i", (hidden, tile) => {
    expect(planTile(square(hidden))).toEqual(tile);
  });

  test("a narrow layer gives each thread fewer samples", () => {
    const tile = planTile(square(64));
    expect(layerJobs(tile, 64)).toEqual({ samples: 8, columns: 16, count: 64 });
    expect(layerJobs(tile, 16)).toEqual({ samples: 2, columns: 4, count: 64 });
    expect(layerJobs(tile, 4)).toEqual({ samples: 1, columns: 1, count: 32 });
  });

  test("says so where not even 4 samples fit", () => {
    expect(() => planTile(square(512), 8000)).toThrow("512 features do not fit into 8000 bytes");
  });

  test("the variable holds all samples", () => {
    expect(tileDeclaration({ samples: 4, threads: 64, stride: 3 })).toBe("var<workgroup> tile: array<vec4f, 12>;");
  });
});
