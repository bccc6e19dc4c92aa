import { type Gate, passes } from "./akash/gates.js";
import type { ControlResult, ScenarioControl } from "./control.js";
import type { Falls } from "./market.js";
import type { BurnEffect, Sensitivity } from "./sensitivity.js";

/** Everything that was measured of the economy that has gates of its own. */
export interface PageInput {
  readonly economy: string;
  readonly counts: { readonly statistical: number; readonly signs: number; readonly halfSteps: number; readonly falls: number };
  readonly statistical: readonly Gate[];
  readonly signs: readonly Gate[];
  readonly dynamics: readonly Gate[];
  readonly scale: readonly Gate[];
  readonly halfSteps: readonly Gate[];
  readonly control: ControlResult;
  readonly tuned: readonly { readonly rule: string; readonly envSteps: number; readonly objective: number }[];
  /** By scenario, and base with a mint halt that hardly ever comes. */
  readonly falls: Readonly<Record<string, { readonly price: Falls; readonly exogenous: Falls }>>;
  readonly burn: readonly BurnEffect[];
  readonly sensitivities: readonly Sensitivity[];
}

/** One gate, and whether `npm run validate` fails with it. */
export interface Verdict {
  readonly economy: string;
  readonly family: string;
  readonly name: string;
  readonly passed: boolean;
  readonly mandatory: boolean;
}

/** What feedback has to add to a constant, in mean objective a day. */
export const MARGIN = 0.05;

/** Every gate of the page. */
export function verdictsOf(input: PageInput): Verdict[] {
  const family = (name: string, gates: readonly Gate[]): Verdict[] =>
    gates.map((gate) => ({ economy: input.economy, family: name, name: gate.name, passed: passes(gate), mandatory: true }));
  return [
    ...family("statistical", input.statistical),
    ...family("signs", input.signs),
    ...family("dynamics", input.dynamics),
    ...family("scale", input.scale),
    ...family("half-day steps", input.halfSteps),
    ...controlVerdicts(input),
  ];
}

function controlVerdicts({ economy, control }: PageInput): Verdict[] {
  const { scenarios, overall, feedback } = control;
  const verdict = (name: string, passed: boolean, mandatory: boolean) => {
    return { economy, family: "control", name, passed, mandatory };
  };
  return [
    verdict("actions whose best constant depends on the scenario: at least 2 of 3", differing(scenarios).length >= 2, true),
    verdict("every tuned rule above max-burn and max-emission in every scenario", scenarios.every(degenerateLose), true),
    verdict("feedback tuned for a scenario above its best constant, mean of the scenarios", overall.own.mean >= MARGIN, true),
    verdict(`${feedback}, tuned once, above the constant that is best on average`, overall.overCommon.mean >= MARGIN, false),
    ...scenarios.flatMap(({ scenario, shipped, own }) => [
      verdict(`${scenario}: feedback tuned for it above its best constant`, own.mean >= MARGIN, false),
      verdict(`${scenario}: ${feedback}, tuned once, above its best constant`, shipped.mean >= MARGIN, false),
    ]),
  ];
}

/** Whether every tuned rule lies clearly above every degenerate one. */
export function degenerateLose({ degenerate }: ScenarioControl): boolean {
  return Object.values(degenerate).every(({ gap }) => gap.low > 0);
}

/** Actions whose best constant is not the same in all scenarios. */
export function differing(scenarios: readonly ScenarioControl[]): string[] {
  const actions = Object.keys(scenarios[0]!.best);
  return actions.filter((action) => new Set(scenarios.map(({ best }) => best[action])).size > 1);
}

/** `3 of 4`; empty for none. */
export function passedOf(verdicts: readonly Verdict[]): string {
  return verdicts.length > 0 ? `${verdicts.filter(({ passed }) => passed).length} of ${verdicts.length}` : "";
}

/** Every failed check by name. */
export function failures(verdicts: readonly Verdict[]): string[] {
  const failed = verdicts.filter(({ passed }) => !passed);
  if (failed.length === 0) return ["Nothing failed.", ""];
  const line = ({ economy, family, name, mandatory }: Verdict) => {
    return `- ${economy}, ${family}: ${name}${mandatory ? " (**mandatory**)" : ""}`;
  };
  return ["Failed:", "", ...failed.map(line), ""];
}
