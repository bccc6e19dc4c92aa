import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { ECONOMIES } from "./economies/index.js";
import type { Economy } from "./economy.js";
import { baseName, checkKind, parseEconomyId, parseSubnets } from "./economy-id.js";
import { findListedKind, listed } from "./listed/listed.js";
import { LISTED_KINDS } from "./listed/params.js";

/** The layer of a listed company over an economy. */
interface Listing {
  readonly kinds: readonly string[];
  readonly over: (economy: Economy, kind: string) => Economy;
}

/** Where economies come from. */
export interface Registry {
  readonly economies: readonly Economy[];
  readonly listing: Listing;
}

export const LISTING: Listing = {
  kinds: LISTED_KINDS,
  over: (economy, kind) => listed(economy, findListedKind(kind)),
};

export const REGISTRY: Registry = { economies: ECONOMIES, listing: LISTING };

/** Economies that were made for an id, so that one id is one object. */
const made = new WeakMap<Economy, Map<string, Economy>>();

/**
 * The economy of an id (`akash-v1`) or, for a plain name (`akash`), its newest version; `@16` asks for so many subnets, `+spac`
 * for the listed layer of that kind.
 * @throws UserError `E_ECONOMY_UNKNOWN`, `E_ECONOMY_SUBNETS` or `E_ECONOMY_LISTED` with the nearest name or what is allowed
 */
export function findEconomy(id: string, registry: Registry = REGISTRY): Economy {
  const { name, version, subnets, listed } = parseEconomyId(id);
  const base = findBase(id, name, version, registry.economies);
  const sized = subnets === undefined ? base : withSubnets(base, subnets, id, registry);
  if (listed === undefined) return sized;
  checkKind(listed, registry.listing.kinds);
  return once(base, `${sized.id}+${listed}`, () => registry.listing.over(sized, listed));
}

function findBase(id: string, name: string, version: number | undefined, economies: readonly Economy[]): Economy {
  const versions = economies.filter((economy) => baseName(economy.id) === name);
  const found =
    version === undefined
      ? versions.toSorted((left, right) => versionOf(right) - versionOf(left))[0]
      : versions.find((economy) => versionOf(economy) === version);
  if (found) return found;
  const names = new Set(economies.flatMap((economy) => [baseName(economy.id), economy.id]));
  const asked = version === undefined ? name : `${name}-v${version}`;
  throw new UserError("E_ECONOMY_UNKNOWN", `unknown economy "${id}"`, suggest(asked, names));
}

function versionOf(economy: Economy): number {
  return parseEconomyId(economy.id).version ?? 0;
}

function withSubnets(base: Economy, text: string, id: string, { economies }: Registry): Economy {
  const family = base.subnets;
  if (!family) {
    const known = economies.filter(({ subnets }) => subnets !== undefined).map((sized) => baseName(sized.id));
    const hint = known.length > 0 ? `only ${known.join(" and ")} can be sized; leave @${text} out` : `leave @${text} out`;
    throw new UserError("E_ECONOMY_SUBNETS", `${base.id} has no subnets, "${id}" asks for ${text || "some"}`, hint);
  }
  const count = parseSubnets(text, id, family);
  return once(base, `@${count}`, () => family.make(count));
}

function once(base: Economy, key: string, make: () => Economy): Economy {
  const known = made.get(base) ?? new Map<string, Economy>();
  made.set(base, known);
  const economy = known.get(key) ?? make();
  known.set(key, economy);
  return economy;
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
