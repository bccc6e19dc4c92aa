import { UserError } from "../../core/errors.js";

/**
 * The value, if it is a number of the range.
 * @throws UserError `E_MECHANISM` for anything else, NaN included
 */
export function within(name: string, value: number, low: number, high: number): number {
  if (typeof value === "number" && value >= low && value <= high) return value;
  throw wrong(name, value, `a number ${rangeText(low, high)}`);
}

/** The value, if it is a whole number of the range that a double holds exactly. Errors as above. */
export function whole(name: string, value: number, low: number, high: number = Number.MAX_SAFE_INTEGER): number {
  if (Number.isSafeInteger(value) && value >= low && value <= high) return value;
  throw wrong(name, value, `a whole number ${rangeText(low, high)}`);
}

/** The value, if it is a number above 0 and finite. Errors as above. */
export function positive(name: string, value: number): number {
  if (typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw wrong(name, value, "a finite number above 0");
}

/** The record of arguments, if it is one. Errors as above. */
export function given<T extends object>(name: string, record: T): T {
  if (typeof record === "object" && record !== null && !Array.isArray(record)) return record;
  throw wrong(name, record, "a record of values by name");
}

function wrong(name: string, value: unknown, allowed: string): UserError {
  const shown = typeof value === "number" ? String(value) : `a value of type ${value === null ? "null" : typeof value}`;
  return new UserError("E_MECHANISM", `${name} is ${shown}, it must be ${allowed}`, "give a value that is allowed");
}

function rangeText(low: number, high: number): string {
  if (high === Number.MAX_SAFE_INTEGER) return `of at least ${low} and at most 2^53 - 1`;
  if (high === Number.MAX_VALUE) return low === -Number.MAX_VALUE ? "that is finite" : `of at least ${low}`;
  return `from ${low} to ${high}`;
}
