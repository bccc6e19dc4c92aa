import { expect, test } from "vitest";
import {
  RENDER_ISSUANCE_BUDGET,
  RENDER_ORIGINAL_SUPPLY,
  RENDER_SUPPLY_CAP,
  renderDamping,
  renderYearEmission,
} from "./render-schedule.js";

test("the cap is the original supply and a fifth of it", () => {
  expect(RENDER_SUPPLY_CAP).toBe(644_245_094);
  expect(RENDER_ISSUANCE_BUDGET).toBe(Math.floor(RENDER_ORIGINAL_SUPPLY / 5));
});

test("the published years", () => {
  // RNP-006: 9,126,804 tokens, 760,567 a month; RNP-022 and RNP-023: 5.9 M, 492,132 a month.
  expect(renderYearEmission(1)).toBe(9_126_804);
  expect(renderYearEmission(1) / 12).toBe(760_567);
  expect(renderYearEmission(2) / 12).toBe(492_132);
  expect(renderYearEmission(3)).toBe(renderYearEmission(2));
  expect(renderYearEmission(0)).toBe(0);
});

test("after the launch years each year issues 94.5 % of the one before", () => {
  expect(renderYearEmission(5)).toBe(renderYearEmission(3));
  for (let year = 5; year < 27; year++) expect(renderYearEmission(year + 1) / renderYearEmission(year)).toBeCloseTo(0.945, 12);
  expect(renderDamping(5.99, 0.945)).toBe(1);
  expect(renderDamping(6, 0.945)).toBe(0.945);
  expect(renderDamping(8.5, 0.945)).toBeCloseTo(0.945 ** 3, 14);
});

test("the years add up to the budget and none passes a tenth of it", () => {
  const years = Array.from({ length: 120 }, (_, i) => renderYearEmission(i + 1));
  // A hundred additions of numbers up to 1e8.
  expect(years.reduce((sum, x) => sum + x, 0)).toBeCloseTo(RENDER_ISSUANCE_BUDGET, 5);
  expect(Math.max(...years)).toBeLessThanOrEqual(0.1 * RENDER_ISSUANCE_BUDGET);
  expect(years.indexOf(0)).toBe(29);
});
