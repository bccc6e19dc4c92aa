import type { Uses } from "../compiler/schema.js";
import type { Breaker } from "./breakers/breaker.js";
import { BREAKERS } from "./breakers/list.js";
import type { Economy } from "./economy.js";
import { baseName } from "./economy-id.js";
import type { ParamSpec } from "./world.js";

/** An economy, and what a reader should distrust in it: one paragraph each. */
export interface AssumptionsPart {
  readonly economy: Economy;
  readonly weakPoints: readonly string[];
}

/** Parameters that belong to no economy of their own. */
export interface ParamSet {
  readonly title: string;
  readonly doc: string;
  readonly params: Readonly<Record<string, ParamSpec>>;
  readonly varying: readonly string[];
}

/**
 * The page of everything that economies take for granted: each parameter with value, unit, range, source, and the functions that
 * it changes; bands, limits, weights and scenarios. Markdown, from the economies' own data alone.
 */
export function renderAssumptions(parts: readonly AssumptionsPart[], sets: readonly ParamSet[] = []): string {
  const links = parts.map(({ economy: { id, doc } }) => `- [\`${id}\`](#${id}): ${doc}`);
  return [
    "# Assumptions",
    "",
    "Written from the economies themselves by `npm run docs`; a test fails when this page is out of date.",
    "",
    "**Varied** parameters are drawn anew in every training episode. The range is what a params file may set. *Changes* says what a",
    "parameter is for and which functions read it; [validation.md](validation.md) measures how much the assumptions matter.",
    "",
    ...links,
    ...sets.map(
      ({ title }) =>
        `- [${title}](#${title
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, "")
          .replaceAll(" ", "-")})`,
    ),
    "",
    ...breakerSection(BREAKERS),
    ...parts.flatMap(economySections),
    ...sets.flatMap(setSections),
  ].join("\n");
}

function economySections({ economy, weakPoints }: AssumptionsPart): string[] {
  const params = Object.entries(economy.params);
  const assumed = params.filter(([, spec]) => isAssumed(spec));
  const sourced = params.filter(([, spec]) => !isAssumed(spec));
  const readers = readersOf({ ...economy.functions, ...economy.uses }, Object.keys(economy.params));
  const name = baseName(economy.id);
  return [
    `## ${economy.id}`,
    "",
    `${economy.doc}. ${params.length} parameters, ${assumed.length} of them assumptions without a source. The economy itself: [${name}.md](economies/${name}.md).`,
    "",
    ...(weakPoints.length > 0 ? ["### Weak points", "", ...weakPoints.map((text) => `- ${text}`), ""] : []),
    "### Parameters with a source",
    "",
    ...paramTable(sourced, economy.varying, readers, true),
    "",
    "### Parameters that are assumptions",
    "",
    ...paramTable(assumed, economy.varying, readers, false),
    "",
    ...actionSection(economy),
    ...objectiveSection(economy),
    ...scenarioSection(economy),
  ];
}

function setSections({ title, doc, params, varying }: ParamSet): string[] {
  const rows = Object.entries(params).map(([name, { value, low, high, unit, source, doc }]) => {
    const varied = varying.includes(name) ? "**varied**" : "";
    return [`\`${name}\``, show(value), cell(unit), `${show(low)} … ${show(high)}`, varied, cell(source), cell(doc)];
  });
  const head = ["parameter", "value", "unit", "range", "varied", "source", "changes"];
  return [`## ${title}`, "", doc, "", ...table(head, rows), ""];
}

/** A source that only says "assumption", perhaps with a reason, is none. */
function isAssumed({ source }: ParamSpec): boolean {
  return source.startsWith("assumption");
}

function paramTable(
  params: readonly (readonly [string, ParamSpec])[],
  varying: readonly string[],
  readers: ReadonlyMap<string, readonly string[]>,
  withSource: boolean,
): string[] {
  const rows = params.map(([name, { value, low, high, unit, source, doc }]) => {
    const varied = varying.includes(name) ? "**varied**" : "";
    const used = (readers.get(name) ?? []).map((reader) => `\`${reader}\``).join(" ");
    const why = withSource || source !== "assumption" ? cell(source) : "";
    return [`\`${name}\``, show(value), cell(unit), `${show(low)} … ${show(high)}`, varied, why, cell(doc), used];
  });
  const head = ["parameter", "value", "unit", "range", "varied", withSource ? "source" : "why", "changes", "read by"];
  return table(head, rows);
}

/** A parameter that is read as `p.name`, or one of those whose names begin alike: `p[`prefix.${k}`]`, `p["prefix." + k]`. */
const READ = /\bp\.(?<name>\w+)|\bp\[(?:`(?<template>[^`$]+)\$\{[^}]*\}`|["'](?<prefix>[^"']+)["'] ?\+)/g;

/** The functions whose text reads a parameter, by its name. */
export function readersOf(
  functions: Uses | Readonly<Record<string, unknown>>,
  params: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>();
  for (const [reader, value] of Object.entries(functions)) {
    if (typeof value !== "function") continue;
    const found = Array.from(value.toString().matchAll(READ), ({ groups }) => groups!);
    const reads = (param: string) =>
      found.some(({ name, template, prefix }) => name === param || param.startsWith(template ?? prefix ?? "\0"));
    for (const param of params.filter(reads)) readers.set(param, [...(readers.get(param) ?? []), reader]);
  }
  return readers;
}

function actionSection({ actions }: Economy): string[] {
  if (actions.kind !== "continuous") return [];
  const rows = Object.entries(actions.fields).map(([name, { low, high, maxMove, start, unit, doc }]) => {
    return [`\`${name}\``, `${show(low)} … ${show(high)}`, cell(unit), show(maxMove), show(start), cell(doc)];
  });
  return ["### Actions", "", ...table(["action", "band", "unit", "largest move a step", "start", "meaning"], rows), ""];
}

function breakerSection(breakers: readonly Breaker[]): string[] {
  const rows = breakers.flatMap(({ limits, optional }) =>
    Object.entries(limits).map(([name, { value, low, high, unit, doc }]) => [
      `\`${name}\``,
      optional ? `off; ${show(value)} when on` : show(value),
      cell(unit),
      `${show(low)} … ${show(high)}`,
      cell(doc),
    ]),
  );
  return [
    "## Circuit breakers",
    "",
    "Assumptions too: they lie above every controller, the rules included, and freeze it in deep drawdowns.",
    "",
    ...breakers.map(({ id, doc }) => `- \`${id}\` ${doc}.`),
    "",
    ...table(["limit", "value", "unit", "range", "meaning"], rows),
    "",
  ];
}

function objectiveSection({ objectives, terms, constraints }: Economy): string[] {
  const presets = Object.keys(objectives);
  const weights = Object.entries(terms).map(([term, { doc }]) => {
    return [`\`${term}\``, ...presets.map((preset) => show(objectives[preset]![term] ?? 0)), cell(doc)];
  });
  const limits = Object.entries(constraints).map(([name, { limit, kind, doc }]) => [
    `\`${name}\``,
    show(limit),
    kind,
    cell(doc),
  ]);
  return [
    "### Weights of the objective",
    "",
    "Judgements, not measurements; [objective.md](../explanation/objective.md) gives the reasons.",
    "",
    ...table(["term", ...presets.map((preset) => `\`${preset}\``), "meaning"], weights),
    "",
    "### Limits of costs",
    "",
    ...table(["cost", "limit", "kind", "meaning"], limits),
    "",
  ];
}

function scenarioSection({ scenarios, presets }: Economy): string[] {
  const rows = [
    ...Object.entries(presets).map(([name, spec]) => ["preset", name, spec] as const),
    ...Object.entries(scenarios).map(([name, spec]) => ["scenario", name, spec] as const),
  ].map(([kind, name, { doc, overrides }]) => {
    const changed = Object.entries(overrides).map(([param, value]) => `\`${param}\` ${show(value)}`);
    return [kind, `\`${name}\``, cell(doc), changed.join(", ")];
  });
  return ["### Presets and scenarios", "", ...table(["kind", "name", "meaning", "parameters changed"], rows), ""];
}

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

/** A number as short as it can be, to four significant digits, without an exponent up to 10^12. */
function show(value: number): string {
  if (Number.isInteger(value))
    return String(value)
      .replace(/\B(?=(\d{3})+$)/g, ",")
      .replace("-", "−");
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
