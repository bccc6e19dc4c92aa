import { expect, test } from "vitest";
import { median, takeTurns } from "./timing.js";

test("works take turns, after a round that does not count", () => {
  const calls: string[] = [];
  const seconds = takeTurns([() => void calls.push("a"), () => void calls.push("b")], 2);
  expect(calls.join("")).toBe("ababab");
  expect(seconds.map((of) => of.length)).toEqual([2, 2]);
});

test.each([
  [[3], 3],
  [[4, 1], 2.5],
  [[9, 1, 5], 5],
])("the median of %j is %d", (values, middle) => {
  expect(median(values)).toBe(middle);
});
