import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { akash } from "./economies/akash.js";
import type { Economy } from "./economy.js";

/** Every economy that comes with flyball, oldest version first. */
export const ECONOMIES: readonly Economy[] = [akash];

/** `akash-v2` -> `akash`. */
export function baseName(id: string): string {
  return id.replace(/-v\d+$/, "");
}

/**
 * The economy of an id (`akash-v1`) or, for a plain name (`akash`), its newest version.
 * @throws UserError `E_ECONOMY_UNKNOWN` with the nearest name
 */
export function findEconomy(name: string, economies: readonly Economy[] = ECONOMIES): Economy {
  const exact = economies.find(({ id }) => id === name);
  if (exact) return exact;
  const versions = economies.filter(({ id }) => baseName(id) === name);
  const newest = versions.toSorted((left, right) => versionOf(right.id) - versionOf(left.id))[0];
  if (newest) return newest;
  const names = new Set(economies.flatMap(({ id }) => [baseName(id), id]));
  throw new UserError("E_ECONOMY_UNKNOWN", `unknown economy "${name}"`, suggest(name, names));
}

function versionOf(id: string): number {
  return Number(/-v(\d+)$/.exec(id)?.[1] ?? 0);
}

/**
 * Names of the scenarios that `list` asks for: `all`, or names with commas between.
 * @throws UserError `E_SCENARIO_UNKNOWN` with the nearest name
 */
export function findScenarios(economy: Economy, list: string): readonly string[] {
  const known = Object.keys(economy.scenarios);
  if (list === "all") return known;
  const wanted = list.split(",").map((name) => name.trim());
  for (const name of wanted) {
    if (known.includes(name)) continue;
    throw new UserError("E_SCENARIO_UNKNOWN", `unknown scenario "${name}" of ${economy.id}`, suggest(name, [...known, "all"]));
  }
  return [...new Set(wanted)];
}
