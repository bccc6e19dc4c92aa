import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pcg4d, unitInterval } from "../../../core/random.js";
import { emptyMoments, inverseDeviations, MEMORY, mergeMoments, type RunningMoments } from "../../../models/normalizer.js";
import { type ShaderUnderTest, testShader } from "../../../test/support/kernel-run.js";
import { findGpu } from "../../../test/support/swiftshader.js";
import { deriveShader, laneSumRows, mergeShader, planStats, sumLanesShader } from "./statistics-shader.js";
import { packStats, unpackStats } from "./stats-state.js";

const gpu = await findGpu();
afterAll(() => gpu?.dispose());

const NUM_ENVS = 192;
const NUM_STEPS = 5;
const INTERVAL = 3;
const DECISIONS = NUM_ENVS * NUM_STEPS;
const STEPS = DECISIONS * INTERVAL;
const SIZES = { numObservations: 3, numHidden: 2 };
const NUM_INPUTS = 5;
const OPTIONS = {
  ...{ normalizeObservation: true, normalizeReward: true, centerReward: true },
  ...{ clipReward: 5, gamma: 0.99, decisionInterval: INTERVAL },
};
const AT = planStats(NUM_INPUTS);

/** Level and spread of inputs, discounted return and reward: far from 0, small, never changing, around 0 and large. */
const LEVELS = [1000, 3e-5, 0.1, 0, -2e6, 30, 0.5] as const;
const SPREADS = [1, 1e-6, 0, 1, 5e5, 8, 1] as const;

const numbers = (length: number, key: number, column: number) =>
  Float32Array.from({ length }, (_, i) => {
    const x = 2 * unitInterval(pcg4d(i, key, column, 0).a) - 1;
    return LEVELS[column]! + SPREADS[column]! * (x + 0.2 * key);
  });

/** One number for each lane and step of a rollout: [column][lane-major]. The first five are inputs. */
const rollout = (key: number) => LEVELS.map((_, column) => numbers(column < NUM_INPUTS ? DECISIONS : STEPS, key, column));

const words = (floats: Float32Array<ArrayBuffer>) => [...new Uint32Array(floats.buffer)];

const TIGHT = 2e-6;

describe("rows and words", () => {
  test.each([[[]], [["a", "b", "c"]]])("of the costs %j lie one after the other without gaps", (costNames) => {
    const { costs, inputs, inputSquares, size, ...single } = laneSumRows(NUM_INPUTS, costNames);
    const spans = [
      ...Array.from({ length: NUM_INPUTS }, (_, i) => inputs + i),
      ...Array.from({ length: NUM_INPUTS }, (_, i) => inputSquares + i),
      ...Object.values(single),
      ...Object.values(costs),
    ];
    expect(spans.sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    expect(Object.keys(costs)).toEqual(costNames);
  });

  test("of the moments survive the way to the device and back", () => {
    const state = {
      observationMoments: { count: 960, mean: [1, 2.5, -3], deviations: [4, 0, 0.25] },
      hiddenMoments: { count: 960, mean: [7, 8], deviations: [9, 10] },
      gainMoments: { count: 2880, mean: [0.5, -0.125], deviations: [16, 2] },
    };
    const stats = packStats(state, OPTIONS, []);
    expect(unpackStats(stats, SIZES)).toEqual(state);
    expect([...stats.subarray(AT.shift, AT.shift + 7)]).toEqual([1, 2.5, -3, 7, 8, 0.5, -0.125]);
    expect(stats[AT.failed]).toBe(0);
  });

  test("of observations alone, as a controller brings them, count for these alone", () => {
    const observationMoments = { count: 960, mean: [1, 2.5, -3], deviations: [4, 0, 0.25] };
    const state = { observationMoments, hiddenMoments: emptyMoments(2), gainMoments: emptyMoments(2) };
    const stats = packStats(state, OPTIONS, [10, 20, 30, 40, 50]);
    expect(unpackStats(stats, SIZES)).toEqual(state);
    expect([...stats.subarray(AT.shift, AT.shift + 5)]).toEqual([1, 2.5, -3, 40, 50]);
  });

  test("before any rollout hold the first inputs as shift and scale nothing", () => {
    const stats = packStats(
      { observationMoments: emptyMoments(3), hiddenMoments: emptyMoments(2), gainMoments: emptyMoments(2) },
      OPTIONS,
      [1, 2, 3, 4, 5],
    );
    expect([...stats.subarray(AT.shift, AT.shift + 7)]).toEqual([1, 2, 3, 4, 5, 0, 0]);
    expect([...stats.subarray(AT.normalizerMean, AT.scaling)]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect([...stats.subarray(AT.scaling, AT.failed)]).toEqual([1, 0, 5, Math.fround(0.99), Math.fround(0.99 ** 3)]);
  });
});

describe.skipIf(!gpu).each([0, 3])("statistics with %i costs", (numCosts) => {
  const ROWS = laneSumRows(NUM_INPUTS, ["a", "b", "c"].slice(0, numCosts));
  const SUMS = new Float32Array(2 * ROWS.size);
  let lanes: ShaderUnderTest;
  let merging: ShaderUnderTest;
  let deriving: ShaderUnderTest;

  beforeAll(async () => {
    const laneSums = new Float32Array(ROWS.size * NUM_ENVS);
    const stats = { type: "array<f32>", access: "read_write", words: new Float32Array(AT.size) } as const;
    const shape = { ...OPTIONS, numInputs: NUM_INPUTS, numObservations: 3 };
    lanes = await testShader(gpu!, sumLanesShader({ numEnvs: NUM_ENVS }), {
      lane_sums: { type: "array<f32>", access: "read", words: laneSums },
      sums: { type: "array<f32>", access: "read_write", words: SUMS },
    });
    merging = await testShader(gpu!, mergeShader({ ...shape, rows: ROWS, decisions: DECISIONS, steps: STEPS }), {
      sums: { type: "array<f32>", access: "read", words: SUMS },
      stats,
    });
    deriving = await testShader(gpu!, deriveShader(shape), { stats });
  });
  afterAll(() => {
    for (const shader of [lanes, merging, deriving]) shader?.dispose();
  });

  /** What a rollout adds up in float32, lane by lane, around the shift of `stats`; the rows of no interest hold 1. */
  function laneSums(columns: readonly Float32Array[], stats: Float32Array): Float32Array<ArrayBuffer> {
    const result = new Float32Array(ROWS.size * NUM_ENVS).fill(1);
    const places = columns.map((_, i) => (i < NUM_INPUTS ? [ROWS.inputs + i, ROWS.inputSquares + i] : []));
    places[NUM_INPUTS] = [ROWS.gain, ROWS.gainSquares];
    places[NUM_INPUTS + 1] = [ROWS.reward, ROWS.rewardSquares];
    columns.forEach((column, c) => {
      for (let lane = 0; lane < NUM_ENVS; lane++) {
        const own = column.subarray((lane * column.length) / NUM_ENVS, ((lane + 1) * column.length) / NUM_ENVS);
        const centred = own.map((x) => x - stats[AT.shift + c]!);
        const sum = centred.reduce((total, x) => Math.fround(total + x), 0);
        const squares = centred.reduce((total, x) => Math.fround(total + Math.fround(x * x)), 0);
        result[places[c]![0]! * NUM_ENVS + lane] = sum;
        result[places[c]![1]! * NUM_ENVS + lane] = squares;
      }
    });
    return result;
  }

  async function add(laneSums: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    lanes.write("lane_sums", laneSums);
    return (await lanes.run(ROWS.size))["sums"]!;
  }

  async function merge(sums: Float32Array<ArrayBuffer>, stats: Float32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    merging.write("sums", sums);
    merging.write("stats", stats);
    return (await merging.run(1))["stats"]!;
  }

  test("sums are those of float64, and two runs agree to the bit", async () => {
    const input = Float32Array.from({ length: ROWS.size * NUM_ENVS }, (_, i) => unitInterval(pcg4d(i, 9, 0, 0).a) - 0.3);
    const sums = await add(input);
    for (let row = 0; row < ROWS.size; row++) {
      const own = input.subarray(row * NUM_ENVS, (row + 1) * NUM_ENVS);
      const expected = own.reduce((total, x) => total + x, 0);
      const size = own.reduce((total, x) => total + Math.abs(x), 0);
      // A tree of 256: 8 roundings of 2^-24.
      expect(Math.abs(sums[row]! - expected)).toBeLessThan(5e-7 * size);
      expect(sums[ROWS.size + row]).toBe(0);
    }
    expect(words(await add(input))).toEqual(words(sums));
  });

  const exactMerge = (past: RunningMoments, columns: readonly Float32Array[]): RunningMoments => {
    // Around a level near the mean, so that the float64 reference itself does not cancel.
    const sums = columns.map((column, i) => column.reduce((total, x) => total + (x - past.mean[i]!), 0));
    const squares = columns.map((column, i) => column.reduce((total, x) => total + (x - past.mean[i]!) ** 2, 0));
    const zero = { ...past, mean: past.mean.map(() => 0) };
    const merged = mergeMoments(zero, columns[0]!.length, sums, squares);
    return { ...merged, mean: merged.mean.map((mean, i) => mean + past.mean[i]!) };
  };

  /** The reference's moments start at the shift too: with a count of 0 their mean has no weight. */
  const emptyAround = (levels: readonly number[]): RunningMoments => ({ ...emptyMoments(levels.length), mean: [...levels] });

  function expectStats(stats: Float32Array, inputs: RunningMoments, gains: RunningMoments): void {
    expect(stats[AT.failed]).toBe(0);
    expect(Math.abs(stats[AT.observationCount]! - inputs.count)).toBeLessThanOrEqual(1);
    expect(Math.abs(stats[AT.gainCount]! - gains.count)).toBeLessThanOrEqual(1);
    const check = (moments: RunningMoments, mean: number, deviations: number) => {
      moments.mean.forEach((expected, i) => {
        const spread = Math.sqrt(moments.deviations[i]! / moments.count);
        // The mean is a float32; its error is that of the sums of what lies around it.
        expect(Math.abs(stats[mean + i]! - expected)).toBeLessThanOrEqual(1e-7 * Math.abs(expected) + TIGHT * spread);
        expect(Math.abs(stats[deviations + i]! - moments.deviations[i]!)).toBeLessThanOrEqual(1e-5 * moments.deviations[i]!);
      });
    };
    check(inputs, AT.mean, AT.deviations);
    check(gains, AT.gainMean, AT.gainDeviations);
    inverseDeviations(inputs).forEach((scale, i) => {
      expect(Math.abs(stats[AT.normalizerScale + i]! - scale)).toBeLessThanOrEqual(1e-5 * scale);
    });
    expect(inverseDeviations(inputs)[2]).toBe(0);
    const means = stats.slice(AT.mean, AT.mean + NUM_INPUTS);
    expect(stats.slice(AT.normalizerMean, AT.normalizerMean + NUM_INPUTS)).toEqual(means);
    expect(stats.slice(AT.shift, AT.shift + NUM_INPUTS)).toEqual(means);
    expect(stats.slice(AT.shiftGain, AT.shiftGain + 2)).toEqual(stats.slice(AT.gainMean, AT.gainMean + 2));
    const [rewardScale, rewardMean, ...fixed] = stats.subarray(AT.scaling, AT.scaling + 5);
    expect(Math.abs(rewardScale! - inverseDeviations(gains)[0]!)).toBeLessThan(1e-5 * rewardScale!);
    expect(rewardMean).toBe(stats[AT.gainMean + 1]);
    expect(fixed).toEqual([5, Math.fround(0.99), Math.fround(0.99 ** INTERVAL)]);
  }

  /** Around the first lane's first vector, as before the first merge. */
  const startOf = (columns: readonly Float32Array[]) =>
    packStats(
      { observationMoments: emptyMoments(3), hiddenMoments: emptyMoments(2), gainMoments: emptyMoments(2) },
      OPTIONS,
      columns.slice(0, NUM_INPUTS).map((column) => column[0]!),
    );

  test("moments of three rollouts are those of the CPU in float64", async () => {
    const first = rollout(1);
    let stats = startOf(first);
    let inputs = emptyAround(first.slice(0, NUM_INPUTS).map((column) => column[0]!));
    let gains = emptyAround([0, 0]);
    for (const key of [1, 2, 3]) {
      const columns = rollout(key);
      const sums = await add(laneSums(columns, stats));
      const merged = await merge(sums, stats);
      expect(words(await merge(sums, stats))).toEqual(words(merged));
      stats = merged;
      inputs = exactMerge(inputs, columns.slice(0, NUM_INPUTS));
      gains = exactMerge(gains, columns.slice(NUM_INPUTS));
      expectStats(stats, inputs, gains);
    }
  });

  test("older vectors fade", async () => {
    const columns = rollout(2);
    const count = 1.7 * MEMORY;
    const mean = LEVELS.slice(0, NUM_INPUTS);
    const inputs = { count, mean: mean.map(Math.fround), deviations: SPREADS.slice(0, NUM_INPUTS).map((x) => x * x * count) };
    const gains = { count, mean: LEVELS.slice(NUM_INPUTS), deviations: [64 * count, count] };
    const part = (from: number, to: number) => ({
      count,
      mean: inputs.mean.slice(from, to),
      deviations: inputs.deviations.slice(from, to),
    });
    const state = { observationMoments: part(0, 3), hiddenMoments: part(3, 5), gainMoments: gains };
    const stats = packStats(state, OPTIONS, []);
    const merged = await merge(await add(laneSums(columns, stats)), stats);
    expectStats(merged, exactMerge(inputs, columns.slice(0, NUM_INPUTS)), exactMerge(gains, columns.slice(NUM_INPUTS)));
    expect(merged[AT.observationCount]).toBe(MEMORY + DECISIONS);
  });

  test("restored moments give the very words of the run that was interrupted", async () => {
    const columns = rollout(1);
    const start = startOf(columns);
    const stats = await merge(await add(laneSums(columns, start)), start);
    const restored = packStats(unpackStats(stats, SIZES), OPTIONS, []);
    deriving.write("stats", restored);
    expect(words((await deriving.run(1))["stats"]!)).toEqual(words(stats));
  });

  test.each([
    ["NaN", Number.NaN],
    ["infinity", Number.NEGATIVE_INFINITY],
  ])("%s in one lane is counted, and merging it only marks the failure", async (_, bad) => {
    const columns = rollout(1);
    const stats = startOf(columns);
    for (const row of [0, ROWS.rewardRaw, ROWS.error]) {
      const input = laneSums(columns, stats);
      input[row * NUM_ENVS + NUM_ENVS - 1] = bad;
      const sums = await add(input);
      const counts = [...sums.subarray(ROWS.size)];
      expect(counts).toEqual(counts.map((_, i) => (i === row ? 1 : 0)));
      const marked = stats.slice();
      marked[AT.failed] = 1;
      expect(words(await merge(sums, stats))).toEqual(words(marked));
    }
  });

  test("the count alone is enough for a failure: a driver may make any sum of a NaN", async () => {
    const columns = rollout(1);
    const stats = startOf(columns);
    const sums = await add(laneSums(columns, stats));
    sums[2 * ROWS.size - 1] = 1;
    expect((await merge(sums, stats))[AT.failed]).toBe(1);
  });

  test("a sum beyond float32 of finite numbers is a failure too", async () => {
    const columns = rollout(1);
    const stats = startOf(columns);
    const input = laneSums(columns, stats);
    input.fill(3e38, ROWS.gainSquares * NUM_ENVS, ROWS.gainSquares * NUM_ENVS + 2);
    const sums = await add(input);
    expect(sums[ROWS.size + ROWS.gainSquares]).toBe(0);
    expect((await merge(sums, stats))[AT.failed]).toBe(1);
  });
});

test.skipIf(!gpu)("what is switched off is neither subtracted nor scaled", async () => {
  const options = { ...OPTIONS, normalizeObservation: false, normalizeReward: false, centerReward: false };
  const moments = (size: number): RunningMoments => ({ count: 64, mean: Array(size).fill(3), deviations: Array(size).fill(9) });
  const stats = packStats({ observationMoments: moments(3), hiddenMoments: moments(2), gainMoments: moments(2) }, options, []);
  const variable = { type: "array<f32>", access: "read_write", words: new Float32Array(stats.length) } as const;
  const shader = await testShader(gpu!, deriveShader({ ...options, numInputs: NUM_INPUTS, numObservations: 3 }), {
    stats: variable,
  });
  shader.write("stats", stats);
  const derived = (await shader.run(1))["stats"]!;
  shader.dispose();
  for (const result of [stats, derived]) {
    expect([...result.subarray(AT.normalizerMean, AT.scaling)]).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect([...result.subarray(AT.scaling, AT.scaling + 2)]).toEqual([1, 0]);
  }
});
