import { rulesFor } from "../agents/rules/registry.js";
import { actionFields, findRole } from "../agents/rules/role-fields.js";
import type { Rule } from "../agents/rules/rule.js";
import { ECONOMIES } from "../env/economies/index.js";
import type { Economy } from "../env/economy.js";
import { livePathsOf } from "../validation/live-paths.js";
import { type PathController, playRule } from "../validation/plain-path.js";

/** Days that a request needs at least to get from where it starts to where the rule wants it. */
const SETTLING = 5;
const MOSTLY = 0.9;

/** What a rule asks for on each day of two years of `base`, within the band, lever by lever. */
function requestsOf(economy: Economy, rule: Rule): Readonly<Record<string, number[]>> {
  const fields = actionFields(economy);
  const asked = Object.fromEntries(Object.keys(fields).map((name) => [name, [] as number[]]));
  const play = playRule(rule);
  const controller: PathController = (o, a, step, memory) => {
    play(o, a, step, memory);
    if (step < SETTLING) return;
    for (const [name, { low, high }] of Object.entries(fields)) asked[name]!.push(Math.min(Math.max(a[name]!, low), high));
  };
  livePathsOf(economy, controller, { paths: 2, split: "test", pastRuin: true });
  return asked;
}

/** Levers that a rule moves by itself and that stay at one end of the band on nine days of ten. */
function stuckLevers(economy: Economy, rule: Rule, asked: ReturnType<typeof requestsOf>): string[] {
  return Object.entries(actionFields(economy)).flatMap(([name, { low, high }]) => {
    const held = Object.hasOwn(rule.params, name) || Object.hasOwn(rule.params, findRole(economy, name) ?? name);
    const at = (end: number) => asked[name]!.filter((x) => Math.abs(x - end) < 1e-9).length >= MOSTLY * asked[name]!.length;
    if (held || name.startsWith("tilt")) return [];
    return at(low) ? [`\`${rule.id}\` (${name} low)`] : at(high) ? [`\`${rule.id}\` (${name} high)`] : [];
  });
}

/** Rules that are there to do nothing, to lose, or to be tuned: where they lie says nothing. */
const PLAIN = ["none", "max-burn", "max-emission", "affine"];

/** A row of the table: sets of rules that ask for the same every day, and those that are stuck. */
export function saturationRow(economy: Economy): string {
  const alike = new Map<string, string[]>();
  const stuck: string[] = [];
  for (const rule of rulesFor(economy)) {
    const asked = requestsOf(economy, rule);
    const key = JSON.stringify(asked, (_name, x) => (typeof x === "number" ? x.toPrecision(9) : x));
    alike.set(key, [...(alike.get(key) ?? []), `\`${rule.id}\``]);
    if (!PLAIN.includes(rule.id)) stuck.push(...stuckLevers(economy, rule, asked));
  }
  const sets = [...alike.values()].filter((ids) => ids.length > 1).map((ids) => ids.join(" = "));
  return `| ${economy.id} | ${sets.join("; ")} | ${stuck.join(", ") || "none"} |`;
}

const HEAD = "| economy | the same every day | at one end of the band |\n|---|---|---|\n";

/**
 * The page of rules with the table as it is now.
 * @throws Error when the page has no such table
 */
export function insertSaturation(page: string): string {
  const start = page.indexOf(HEAD);
  if (start < 0) throw new Error("internal: docs/reference/rules.md has no table of rules that saturate");
  const end = page.indexOf("\n\n", start);
  return page.slice(0, start) + HEAD + ECONOMIES.map(saturationRow).join("\n") + page.slice(end);
}
