import { describe, expect, test } from "vitest";
import { lanesAlike } from "./correctness.js";

const SIZES = { numEnvs: 100, numSteps: 3 };
const STRIDE = 4;

/** Samples that are never 0. */
const rows = () => Float32Array.from({ length: 100 * 3 * STRIDE }, (_, i) => 1 + (i % 7));

/** Puts a lane on another path from its second step on. */
function branch(samples: Float32Array, lane: number, value = 9): void {
  for (const step of [1, 2]) samples.fill(value, (step * 100 + lane) * STRIDE, (step * 100 + lane + 1) * STRIDE);
}

describe("samples of two devices", () => {
  test("are alike where each lane is near the other device's", () => {
    const near = rows().map((x) => x * (1 + 5e-4));
    expect(lanesAlike(near, rows(), SIZES)).toMatchObject({
      found: "0 of 100, the farthest 5.0e-4",
      allowed: "<= 2",
      passed: true,
    });
    const far = rows().map((x) => x * (1 + 2e-3));
    expect(lanesAlike(far, rows(), SIZES)).toMatchObject({ found: "100 of 100, the farthest 2.0e-3", passed: false });
  });

  test("may differ altogether on two lanes of a hundred, not on three, in however few of their steps", () => {
    const got = rows();
    branch(got, 0);
    branch(got, 99);
    expect(lanesAlike(got, rows(), SIZES)).toMatchObject({ passed: true });
    branch(got, 50);
    const { found, passed } = lanesAlike(got, rows(), SIZES);
    expect(found).toMatch(/^3 of 100/);
    expect(passed).toBe(false);
  });

  test("that are no numbers count as different", () => {
    const got = rows();
    for (const lane of [3, 4, 5]) branch(got, lane, Number.NaN);
    expect(lanesAlike(got, rows(), SIZES)).toMatchObject({ passed: false });
  });
});
