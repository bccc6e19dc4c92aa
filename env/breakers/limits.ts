import { UserError } from "../../core/errors.js";
import { suggest } from "../../core/nearest.js";
import type { Breaker, LimitSpec } from "./breaker.js";
import { BREAKERS } from "./list.js";

type Member = (typeof BREAKERS)[number];
type LimitsOf<Member> = Member extends { readonly limits: infer Limits } ? keyof Limits : never;
type Optional = Extract<Member, { readonly optional: true }>;

/** Limits of all breakers; those of an optional one are there together or not at all. The page of assumptions lists them. */
export type BreakerLimits = Readonly<Record<LimitsOf<Exclude<Member, Optional>>, number>> &
  Readonly<Partial<Record<LimitsOf<Optional>, number>>>;

const ALL: readonly Breaker[] = BREAKERS;

/** Every limit by name, with the breaker that it belongs to. */
export const LIMITS: Readonly<Record<string, LimitSpec & { readonly breaker: Breaker }>> = Object.fromEntries(
  ALL.flatMap((breaker) => Object.entries(breaker.limits).map(([name, spec]) => [name, { ...spec, breaker }])),
);

/** Those of the breakers that are not optional. */
export const DEFAULT_LIMITS: BreakerLimits = withDefaults({});

/** The breakers that take part under these limits. */
export function activeBreakers(limits: Readonly<Record<string, number>>): readonly Breaker[] {
  return ALL.filter(({ optional, limits: own }) => !optional || Object.keys(own).some((name) => Object.hasOwn(limits, name)));
}

/**
 * Checked limits, defaults filled in.
 * @param limits of any type: of a caller in JavaScript, of a file
 * @throws UserError `E_BREAKER_LIMITS` for what is no record, `E_BREAKER_LIMIT` for an unknown name, `E_BREAKER_RANGE` for what is no
 * number of the limit's range, `E_BREAKER_CONFLICT` for limits that do not go together
 */
export function parseLimits(limits: unknown = {}): BreakerLimits {
  if (typeof limits !== "object" || limits === null || Array.isArray(limits)) {
    const message = `the breaker limits are ${describe(limits)}, not a record of numbers`;
    throw new UserError("E_BREAKER_LIMITS", message, "give them by name, for example { dailySupplyCap: 0.002 }");
  }
  for (const [name, value] of Object.entries(limits)) checkLimit(name, value);
  const all = withDefaults(limits as Readonly<Record<string, number>>);
  for (const { conflict } of activeBreakers(all)) {
    const [what, hint] = conflict?.(all) ?? [];
    if (what !== undefined) throw new UserError("E_BREAKER_CONFLICT", `breaker limit ${what}`, hint!);
  }
  return all;
}

function checkLimit(name: string, value: unknown): void {
  const spec = Object.hasOwn(LIMITS, name) ? LIMITS[name] : undefined;
  if (!spec) throw new UserError("E_BREAKER_LIMIT", `there is no breaker limit ${name}`, suggest(name, Object.keys(LIMITS)));
  const { low, high, unit } = spec;
  if (typeof value === "number" && value >= low && value <= high) return;
  const message = `breaker limit ${name} is ${describe(value)}, allowed are numbers ${low} .. ${high}`;
  throw new UserError("E_BREAKER_RANGE", message, unit === "1" ? "give a number within the range" : `give a number of ${unit}`);
}

function withDefaults(limits: Readonly<Record<string, number>>): BreakerLimits {
  const names = activeBreakers(limits).flatMap((breaker) => Object.entries(breaker.limits));
  return Object.fromEntries(names.map(([name, { value }]) => [name, limits[name] ?? value])) as BreakerLimits;
}

function describe(value: unknown): string {
  return typeof value === "number" || value === undefined ? String(value) : JSON.stringify(value);
}
