import fc from "fast-check";
import { expect, test } from "vitest";
import { loadKernels } from "./kernels.js";

const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const kernels = loadKernels(memory, { relaxed: false });
const LANES = 16;
const STEPS = 3;
const LD = 20;
const grid = (slot: number) => new Float32Array(memory.buffer, 1024 + slot * 1024, STEPS * LD);
const [advantage, episode, day] = [grid(0), grid(1), grid(2)];

/** Each lane less the mean of those of its group that are on the same day of the same episode. */
function centred(values: Float32Array, group: number): Float32Array {
  return values.map((x, i) => {
    const lane = i % LD;
    if (lane >= LANES) return x;
    const first = i - (lane % group);
    const company = Array.from({ length: group }, (_, j) => first + j).filter(
      (j) => episode[j] === episode[i] && day[j] === day[i],
    );
    return x - company.reduce((sum, j) => sum + values[j]!, 0) / company.length;
  });
}

function center(group: number): void {
  kernels.centerGroups(advantage.byteOffset, episode.byteOffset, day.byteOffset, LD, STEPS, LANES, group);
}

const cells = fc.array(
  fc.record({ advantage: fc.double({ min: -8, max: 8, noNaN: true }), episode: fc.nat(1), day: fc.nat(1) }),
  { minLength: STEPS * LD, maxLength: STEPS * LD },
);

test.each([1, 2, 4, 8, 16])("groups of %i are centred among the lanes of one day, and nothing else is touched", (group) => {
  fc.assert(
    fc.property(cells, fc.boolean(), (values, together) => {
      values.forEach((cell, i) => {
        advantage[i] = cell.advantage;
        episode[i] = together ? 7 : cell.episode;
        day[i] = together ? 30 : cell.day;
      });
      const expected = centred(advantage.slice(), group);
      center(group);
      // The kernel adds in float64 and rounds once; so does the reference.
      expect([...advantage]).toEqual([...expected]);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("a lane that is alone on its day has no advantage over anybody", () => {
  advantage.fill(3);
  episode.fill(0);
  day.forEach((_, i) => {
    day[i] = i;
  });
  center(8);
  for (let step = 0; step < STEPS; step++) {
    for (let lane = 0; lane < LANES; lane++) expect(advantage[step * LD + lane]).toBe(0);
  }
});
