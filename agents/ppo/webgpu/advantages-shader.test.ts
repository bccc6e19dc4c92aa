import { afterAll, describe, expect, test } from "vitest";
import { pcg4d, unitInterval } from "../../../core/random.js";
import { parseEnvOptions } from "../../../env/settings.js";
import { testShader } from "../../../test/support/kernel-run.js";
import { findGpu } from "../../../test/support/swiftshader.js";
import { countingWorld } from "../../../test/support/tiny-worlds.js";
import { linkValues, STEP_RECORD } from "../../rollout/stages.js";
import { buildTrainingPrograms } from "../../rollout/training-programs.js";
import { laneSumRows, planStats } from "../../rollout/webgpu/statistics-shader.js";
import { gaeShader, storeShader } from "./advantages-shader.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

const NUM_ENVS = 192;
const NUM_STEPS = 6;
const FIELDS = Object.keys(STEP_RECORD);
const GAMMA = 0.99 ** 3;
const LAMBDA = 0.9;
const NUM_INPUTS = 5;
const STATS = planStats(NUM_INPUTS);
const SUM_ROWS = laneSumRows(NUM_INPUTS, []);
const STRIDE = 12;
const COLUMN = 9;

const at = (t: number, field: string, lane: number) => (t * FIELDS.length + FIELDS.indexOf(field)) * NUM_ENVS + lane;
const draw = (i: number, column: number) => unitInterval(pcg4d(i, column, 0, 3).a);

/** What a rollout leaves: both kinds of end, decisions cut short, and lanes of a market on different days and episodes. */
function rolloutRows(): Float32Array<ArrayBuffer> {
  // What a rollout does not write must not matter.
  const rows = new Float32Array((NUM_STEPS + 1) * FIELDS.length * NUM_ENVS).fill(77);
  for (let t = 0; t <= NUM_STEPS; t++) {
    for (let lane = 0; lane < NUM_ENVS; lane++) {
      const i = t * NUM_ENVS + lane;
      rows[at(t, "value", lane)] = 6 * draw(i, 0) - 2;
      if (t === NUM_STEPS) continue;
      const end = draw(i, 1);
      rows[at(t, "reward", lane)] = 4 * draw(i, 2) - 2;
      rows[at(t, "terminated", lane)] = end < 0.15 ? 1 : 0;
      rows[at(t, "truncated", lane)] = end > 0.85 ? 1 : 0;
      rows[at(t, "nextValue", lane)] = 6 * draw(i, 3) - 3;
      rows[at(t, "weight", lane)] = 0.99 ** (1 + Math.floor(3 * draw(i, 4)));
      // The second of three markets keeps step.
      const market = Math.floor(lane / 64);
      rows[at(t, "episode", lane)] = market + (market === 1 ? 0 : 3 * Math.floor(2 * draw(i, 5)));
      rows[at(t, "day", lane)] = 3 * t + (market === 1 ? 0 : 10 * Math.floor(3 * draw(i, 6)));
    }
  }
  return rows;
}

/** The same in float64, of the stage's own source; `size` is what an advantage is the sum of, without signs. */
function exactAdvantages(rows: Float32Array) {
  const record = (t: number, lane: number) =>
    Object.fromEntries(FIELDS.map((field) => [field, rows[at(t, field, lane)]!])) as Record<string, number>;
  return Array.from({ length: NUM_ENVS }, (_, lane) => {
    const steps: { advantage: number; nextValue: number; value: number; size: number }[] = [];
    let [advantage, size] = [0, 0];
    for (let t = NUM_STEPS - 1; t >= 0; t--) {
      const own = record(t, lane);
      linkValues(own, record(t + 1, lane), { decisionGamma: Math.fround(GAMMA) });
      const { reward, value, nextValue, terminated, truncated } = own as Record<string, number> & typeof own;
      const isEnd = terminated! + truncated! > 0;
      const worth = terminated! > 0 ? 0 : GAMMA * nextValue!;
      advantage = reward! + worth - value! + (isEnd ? 0 : GAMMA * LAMBDA * advantage);
      size = Math.abs(reward!) + Math.abs(worth) + Math.abs(value!) + (isEnd ? 0 : GAMMA * LAMBDA * size);
      steps.unshift({ advantage, nextValue: nextValue!, value: value!, size });
    }
    return steps;
  });
}

const words = (floats: Float32Array<ArrayBuffer>) => new Uint32Array(floats.buffer);
const variable = (floats: Float32Array<ArrayBuffer>, access: "read" | "read_write") => ({
  type: "array<f32>",
  access,
  words: floats,
});

async function gae(rows: Float32Array<ArrayBuffer>) {
  const stats = new Float32Array(STATS.size);
  stats.set([0.5, 0.25, 10, 0.99, GAMMA], STATS.scaling);
  const { step } = buildTrainingPrograms(countingWorld, parseEnvOptions(countingWorld, {}).lane);
  const shape = { numEnvs: NUM_ENVS, numSteps: NUM_STEPS, gamma: GAMMA, gaeLambda: LAMBDA };
  const shader = await testShader(gpu!, gaeShader({ ...shape, step, stats: STATS, rows: SUM_ROWS }), {
    rows: variable(rows, "read_write"),
    stats: variable(stats, "read"),
    lane_sums: variable(new Float32Array(SUM_ROWS.size * NUM_ENVS), "read_write"),
  });
  const first = await shader.run(NUM_ENVS / 64);
  shader.write("rows", rows);
  const second = await shader.run(NUM_ENVS / 64);
  shader.dispose();
  for (const [name, floats] of Object.entries(first)) expect(words(second[name]!)).toEqual(words(floats));
  return { rows: first["rows"]!, laneSums: first["lane_sums"]! };
}

const laneSum = (laneSums: Float32Array, row: number) =>
  laneSums.subarray(row * NUM_ENVS, (row + 1) * NUM_ENVS).reduce((sum, x) => sum + x, 0);

describe.skipIf(!gpu)("advantages", () => {
  const input = rolloutRows();
  const exact = exactAdvantages(input);

  test("are those of the CPU's stages in float64, and nothing else in the rows changes", async () => {
    const { rows, laneSums } = await gae(input);
    const untouched = rows.slice();
    exact.forEach((steps, lane) => {
      steps.forEach(({ advantage, nextValue, value, size }, t) => {
        // Some roundings of 2^-24 of the terms.
        expect(Math.abs(rows[at(t, "nextValue", lane)]! - nextValue)).toBeLessThanOrEqual(5e-7 * Math.abs(nextValue));
        expect(Math.abs(rows[at(t, "advantage", lane)]! - advantage)).toBeLessThan(5e-7 * size);
        expect(Math.abs(rows[at(t, "return", lane)]! - (advantage + value))).toBeLessThan(5e-7 * size);
        for (const field of ["nextValue", "advantage", "return"]) untouched[at(t, field, lane)] = input[at(t, field, lane)]!;
      });
    });
    expect(words(untouched)).toEqual(words(input));
    const all = exact.flat();
    const moments = (values: readonly number[]) => {
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      return { mean, variance: values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length };
    };
    const measured = (sum: number, squares: number) => {
      const mean = laneSum(laneSums, sum) / all.length;
      return { mean, variance: laneSum(laneSums, squares) / all.length - mean ** 2 };
    };
    const pairs = [
      [measured(SUM_ROWS.return, SUM_ROWS.returnSquares), moments(all.map(({ advantage, value }) => advantage + value))],
      [measured(SUM_ROWS.error, SUM_ROWS.errorSquares), moments(all.map(({ advantage }) => advantage))],
    ] as const;
    // Sums of 6 squares a lane in float32, added over the lanes in float64: variances of a size with the squares.
    for (const [own, reference] of pairs) {
      expect(Math.abs(own.mean - reference.mean)).toBeLessThan(1e-6);
      expect(Math.abs(own.variance - reference.variance)).toBeLessThan(2e-6 * reference.variance);
    }
    const explained = 1 - pairs[1][0].variance / pairs[0][0].variance;
    expect(Math.abs(explained - (1 - pairs[1][1].variance / pairs[0][1].variance))).toBeLessThan(1e-5);
  });

  test.each([
    ["NaN", Number.NaN],
    ["infinite", Number.POSITIVE_INFINITY],
  ])("of a lane with a reward that is %s show it, and those of others do not", async (_, bad) => {
    const [lane, step] = [100, 3];
    const broken = input.slice();
    broken[at(step, "reward", lane)] = bad;
    const [clean, marked] = [await gae(input), await gae(broken)];
    expect(Number.isFinite(marked.rows[at(step, "advantage", lane)])).toBe(false);
    for (const row of [SUM_ROWS.return, SUM_ROWS.returnSquares, SUM_ROWS.error, SUM_ROWS.errorSquares])
      expect(Number.isFinite(marked.laneSums[row * NUM_ENVS + lane])).toBe(false);
    const others = (floats: Float32Array<ArrayBuffer>) => words(floats).filter((_, i) => i % NUM_ENVS !== lane);
    expect(others(marked.rows)).toEqual(others(clean.rows));
    expect(others(marked.laneSums)).toEqual(others(clean.laneSums));
  });
});

describe.skipIf(!gpu).each([1, 3, 64])("samples of market groups of %i", (marketGroup) => {
  test("get the centred advantage and the target as it is, each with its own sample", async () => {
    const rows = rolloutRows();
    const samples = Float32Array.from({ length: NUM_STEPS * NUM_ENVS * STRIDE }, (_, i) => i);
    const shape = { numEnvs: NUM_ENVS, marketGroup, sampleStride: STRIDE, advantageColumn: COLUMN };
    for (let t = 0; t < NUM_STEPS; t++) {
      for (let lane = 0; lane < NUM_ENVS; lane++) {
        rows[at(t, "advantage", lane)] = 8 * draw(t * NUM_ENVS + lane, 7) - 3;
        rows[at(t, "return", lane)] = draw(t * NUM_ENVS + lane, 8);
      }
    }
    const shader = await testShader(gpu!, storeShader(shape), {
      rows: variable(rows, "read"),
      samples: variable(samples, "read_write"),
    });
    const stored = (await shader.run(NUM_ENVS / 64, NUM_STEPS))["samples"]!;
    const again = (await shader.run(NUM_ENVS / 64, NUM_STEPS))["samples"]!;
    shader.dispose();
    expect(words(again)).toEqual(words(stored));
    const sizes = new Set<number>();
    for (let t = 0; t < NUM_STEPS; t++) {
      for (let lane = 0; lane < NUM_ENVS; lane++) {
        const first = lane - (lane % marketGroup);
        const same = (field: string, other: number) => rows[at(t, field, other)] === rows[at(t, field, lane)];
        const company = Array.from({ length: marketGroup }, (_, i) => first + i).filter(
          (other) => same("episode", other) && same("day", other),
        );
        sizes.add(company.length);
        const mean = company.reduce((sum, other) => sum + rows[at(t, "advantage", other)]!, 0) / company.length;
        const column = (t * NUM_ENVS + lane) * STRIDE + COLUMN;
        const expected = rows[at(t, "advantage", lane)]! - (marketGroup > 1 ? mean : 0);
        // A sum of up to 64 numbers up to 5, in float32.
        expect(Math.abs(stored[column]! - expected)).toBeLessThanOrEqual(marketGroup > 1 ? 5e-6 : 0);
        expect(stored[column + 1]).toBe(rows[at(t, "return", lane)]);
        for (const other of [column, column + 1]) stored[other] = samples[other]!;
      }
    }
    // Whole markets and parts of them.
    const [smallest, largest] = [Math.min(...sizes), Math.max(...sizes)];
    expect(largest).toBe(marketGroup);
    if (marketGroup > 1) expect(smallest).toBeLessThan(marketGroup / 2);
    expect(words(stored)).toEqual(words(samples));
  });
});
