import { expect, test } from "vitest";
import { UserError } from "../../core/errors.js";
import { divideUnits, multiplyUnits, ONE, parseUnit, powerUnit } from "./units.js";

test("units are products of powers, the order of factors does not matter", () => {
  expect(parseUnit("USD/AKT").text).toBe("USD/AKT");
  expect(parseUnit("unit*day")).toBe(parseUnit("day * unit"));
  expect(parseUnit("USD/AKT/day")).toBe(divideUnits(parseUnit("USD"), parseUnit("AKT*day")));
  expect(parseUnit("year^-0.5")).toBe(divideUnits(ONE, powerUnit(parseUnit("year"), 0.5)!));
  expect(parseUnit("m^2/m^2")).toBe(ONE);
  expect(parseUnit("1/year").text).toBe("1/year");
});

test("ratio and 1 are the same, day and year are not", () => {
  expect(parseUnit("ratio")).toBe(parseUnit("1"));
  expect(parseUnit("ratio/day")).toBe(parseUnit("1/day"));
  expect(parseUnit("day")).not.toBe(parseUnit("year"));
  expect(multiplyUnits(parseUnit("year"), parseUnit("day/year"))).toBe(parseUnit("day"));
});

test("exponents are multiples of one half", () => {
  expect(powerUnit(parseUnit("year"), 0.25)).toBeUndefined();
  expect(powerUnit(parseUnit("year^2"), 0.25)).toBe(parseUnit("year^0.5"));
  expect(powerUnit(parseUnit("year"), 0)).toBe(ONE);
});

test("other texts are refused with the text", () => {
  for (const text of ["", "AKT//day", "AKT^", "AKT^0.3", "2*AKT", "AKT+USD", "*", "AKT**day"]) {
    expect(() => parseUnit(text), text).toThrow(UserError);
    expect(() => parseUnit(text), text).toThrow(`"${text}"`);
  }
});
