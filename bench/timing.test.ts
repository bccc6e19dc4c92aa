import { expect, test } from "vitest";
import { fastest, inTurns } from "./timing.js";

/** A clock that moves by the given milliseconds with every reading pair. */
function clockOf(durations: readonly number[]) {
  let now = 0;
  let reading = 0;
  return () => {
    if (reading % 2 === 1) now += durations[(reading - 1) / 2]!;
    reading++;
    return now;
  };
}

test("the fastest round counts", () => {
  expect(fastest(clockOf([30, 10, 20]), 3, () => {})).toBeCloseTo(0.01, 12);
});

test("two actions are taken in turns, each with its own fastest round", () => {
  // first: 8, 6; second: 4, 2
  expect(
    inTurns(
      clockOf([8, 4, 6, 2]),
      2,
      () => {},
      () => {},
    ),
  ).toEqual({ first: 0.006, second: 0.002 });
});
