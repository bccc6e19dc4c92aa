import { expect, test } from "vitest";
import { formatFixed, formatInterval, formatPercent, formatPercentInterval, formatShort, intervalDecimals } from "./format.js";

test("an interval is written with two significant digits of its half width", () => {
  expect(formatInterval({ mean: 0.031234, low: 0.025111, high: 0.037357 })).toBe("0.0312 [0.0251, 0.0374]");
  expect(formatInterval({ mean: 1234.5, low: 1200, high: 1270 }, true)).toBe("+1,235 [+1,200, +1,270]");
  expect(intervalDecimals({ low: 2, high: 2 })).toBe(3);
});

test("minus signs are real ones and zero has none", () => {
  expect(formatFixed(-0.5, 2)).toBe("−0.50");
  expect(formatFixed(-0.0001, 2, true)).toBe("0.00");
  expect(formatFixed(1e6, 1, true)).toBe("+1,000,000.0");
});

test("shares are written as per cent", () => {
  expect(formatPercent(0.1234)).toBe("12.3 %");
  expect(formatPercentInterval({ mean: -0.05, low: -0.06, high: -0.04 }, true)).toBe("−5.0 [−6.0, −4.0] %");
});

test("values of unknown size keep four digits and no trailing zeros", () => {
  expect([0, 0.5, 0.12345, 1234.56, 2e6, -3e-7].map(formatShort)).toEqual([
    "0",
    "0.5",
    "0.1235",
    "1,235",
    "2.00e+6",
    "−3.00e−7",
  ]);
});
