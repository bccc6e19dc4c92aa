import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../core/errors.js";
import { box, clip, contains, discrete, fromUnit, sample, toUnit, whyOutside } from "./spaces.js";

fc.configureGlobal({ seed: 1 });

const unit = { noNaN: true, min: 0, max: 1, maxExcluded: true };
const bound = { noNaN: true, min: -1e6, max: 1e6 };
const boxes = fc
  .array(fc.tuple(fc.double(bound), fc.double({ noNaN: true, min: 1e-3, max: 1e6 })), { minLength: 1, maxLength: 5 })
  .map((sides) =>
    box(
      sides.map(([low]) => low),
      sides.map(([low, width]) => low + width),
    ),
  );

/** A source of numbers for `sample` that repeats the given ones. */
function cycle(numbers: readonly number[]): () => number {
  let i = 0;
  return () => numbers[i++ % numbers.length]!;
}

describe("box", () => {
  test("a sample lies within the box", () => {
    fc.assert(
      fc.property(boxes, fc.array(fc.double(unit), { minLength: 1 }), (space, numbers) => {
        expect(contains(space, sample(space, cycle(numbers)))).toBe(true);
      }),
    );
  });

  test("a sample is uniform: mean and quarters of 20000 draws match the bounds", () => {
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    const space = box([-3], [5]);
    const draws = Array.from({ length: 20_000 }, () => sample(space, random)[0]!);
    // Standard error of the mean is 8 / sqrt(12 * 20000) = 0.016, of a quarter's share 0.003; five of them are allowed.
    expect(Math.abs(draws.reduce((sum, x) => sum + x, 0) / draws.length - 1)).toBeLessThan(0.08);
    for (const quarter of [-3, -1, 1, 3]) {
      const share = draws.filter((x) => x >= quarter && x < quarter + 2).length / draws.length;
      expect(Math.abs(share - 0.25)).toBeLessThan(0.016);
    }
  });

  test("a clipped value lies within the box, and a value within is not changed", () => {
    fc.assert(
      fc.property(boxes, fc.array(fc.double(), { minLength: 5, maxLength: 5 }), (space, numbers) => {
        const clipped = clip(space, numbers.slice(0, space.low.length));
        expect(contains(space, clipped)).toBe(true);
        expect(clip(space, clipped)).toEqual(clipped);
      }),
    );
  });

  test("a clipped NaN becomes the middle, infinities become the ends", () => {
    expect([...clip(box([-1, 0, 0], [3, 1, 1]), [Number.NaN, Infinity, -Infinity])]).toEqual([1, 1, 0]);
  });

  test("contains says no to NaN, infinities, a bound overstepped, a wrong length and a wrong type", () => {
    const space = box([-1, 0], [1, 2]);
    expect(contains(space, Float64Array.of(-1, 2))).toBe(true);
    expect(contains(space, [0, 0])).toBe(true);
    for (const value of [
      [Number.NaN, 0],
      [Infinity, 0],
      [1 + Number.EPSILON, 0],
      [0, -Number.MIN_VALUE],
      [0],
      [0, 0, 0],
      [],
      new Array(2),
      ["0", "0"],
      "00",
      { length: 2, 0: 0, 1: 0 },
      null,
      undefined,
      0,
    ]) {
      expect(contains(space, value), String(value)).toBe(false);
    }
  });

  test("the reason names the dimension, the value and the bounds", () => {
    expect(whyOutside(box([0, 0], [1, 0.2]), [0.5, 0.3], ["burn", "fee"])).toBe("fee is 0.3, outside [0, 0.2]");
  });

  test("fromUnit maps -1 and 1 onto the bounds exactly, and toUnit back", () => {
    fc.assert(
      fc.property(boxes, (space) => {
        const ends = (x: number) => space.low.map(() => x);
        expect([...fromUnit(space, ends(-1))]).toEqual([...space.low]);
        expect([...fromUnit(space, ends(1))]).toEqual([...space.high]);
        expect([...toUnit(space, space.low)]).toEqual(ends(-1));
        expect([...toUnit(space, space.high)]).toEqual(ends(1));
      }),
    );
  });

  test("toUnit undoes fromUnit", () => {
    fc.assert(
      fc.property(boxes, fc.double({ noNaN: true, min: -1, max: 1 }), (space, x) => {
        const back = toUnit(
          space,
          fromUnit(
            space,
            space.low.map(() => x),
          ),
        );
        // Rounding of a value of size |bound| <= 2e6 against a width of at least 1e-3: 2e6 * 2^-52 / 1e-3 * 2 < 1e-6.
        for (const y of back) expect(Math.abs(y - x)).toBeLessThan(1e-6);
      }),
    );
  });

  test("fromUnit is monotone and never leaves the box, whatever it is given", () => {
    fc.assert(
      fc.property(boxes, fc.double(), fc.double({ noNaN: true, min: -1, max: 1 }), (space, any, x) => {
        const all = (y: number) => space.low.map(() => y);
        expect(contains(space, fromUnit(space, all(any)))).toBe(true);
        const [here, above] = [fromUnit(space, all(x)), fromUnit(space, all(Math.min(1, x + 0.01)))];
        for (const i of space.low.keys()) expect(here[i]!).toBeLessThanOrEqual(above[i]!);
      }),
    );
  });

  test.each([
    ["degenerate", [1], [1]],
    ["inverted", [2], [1]],
    ["NaN", [Number.NaN], [1]],
    ["infinite", [0], [Infinity]],
    ["of infinite width", [-Number.MAX_VALUE], [Number.MAX_VALUE]],
    ["of two lengths", [0, 0], [1]],
    ["empty", [], []],
  ])("bounds that are %s are refused", (_name, low, high) => {
    expect(() => box(low, high)).toThrow(UserError);
  });

  test("clip and rescaling refuse a wrong length", () => {
    const space = box([0], [1]);
    for (const change of [clip, toUnit, fromUnit]) expect(() => change(space, [0, 0])).toThrow(UserError);
  });

  test("later changes of the arrays that bounds came from don't change the space", () => {
    const low = [0];
    const space = box(low, [1]);
    low[0] = -100;
    expect(contains(space, [-1])).toBe(false);
  });
});

describe("discrete", () => {
  test("a sample is one of the choices, and each choice occurs", () => {
    const space = discrete(3);
    expect([0, 0.34, 0.67, 0.999999].map((x) => sample(space, () => x))).toEqual([0, 1, 2, 2]);
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1000 }), fc.double(unit), (count, x) => {
        expect(
          contains(
            discrete(count),
            sample(discrete(count), () => x),
          ),
        ).toBe(true);
      }),
    );
  });

  test("contains says no to anything but the whole numbers below count", () => {
    const space = discrete(2);
    expect([0, 1].map((x) => contains(space, x))).toEqual([true, true]);
    for (const value of [2, -1, 0.5, Number.NaN, Infinity, "1", [1], Float64Array.of(1), null, undefined, true]) {
      expect(contains(space, value), String(value)).toBe(false);
    }
  });

  test.each([0, 1, -1, 1.5, Number.NaN, Infinity])("%s choices are refused", (count) => {
    expect(() => discrete(count)).toThrow(UserError);
  });
});
