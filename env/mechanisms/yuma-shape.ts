import { UserError } from "../../core/errors.js";
import type { YumaInput, YumaOutput } from "./yuma.js";

/**
 * The input of an epoch, if its members are of the kinds that they must be; what numbers fit is looked at in the epoch.
 * @throws UserError `E_YUMA` naming the member
 */
export function yumaInput(input: YumaInput): YumaInput {
  const { stake, weights, bonds, alpha } = recordOf<YumaInput>("the input", input);
  numbers("stake", stake);
  matrix("weights", weights);
  if (bonds !== undefined) matrix("bonds", bonds);
  if (typeof alpha !== "number" && alpha !== undefined) recordOf("alpha", alpha);
  return input;
}

/** What an epoch returned, likewise. */
export function yumaResult(result: Pick<YumaOutput, "incentive" | "dividends">): typeof result {
  const { incentive, dividends } = recordOf<typeof result>("the result", result);
  numbers("incentive", incentive);
  numbers("dividends", dividends);
  return result;
}

/** A list of numbers, checked likewise. */
export function numbers(name: string, value: readonly number[]): readonly number[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === "number")) return value;
  throw misshapen(name, "a list of numbers");
}

function matrix(name: string, value: unknown): void {
  if (!Array.isArray(value)) throw misshapen(name, "a list of rows, each a list of numbers");
  for (const [i, row] of value.entries()) numbers(`row ${i} of ${name}`, row);
}

function recordOf<T>(name: string, value: T): T {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw misshapen(name, "a record");
}

function misshapen(name: string, kind: string): UserError {
  const hint =
    "give { stake: [..], weights: [[..], ..], kappa, bondsPenalty, alpha }, and what an epoch returned to yumaEmission";
  return new UserError("E_YUMA", `yuma: ${name} must be ${kind}`, hint);
}
