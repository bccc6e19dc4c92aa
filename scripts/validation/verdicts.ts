import { type Gate, passes } from "../../env/economies/akash/gates.js";
import type { ControlResult, ScenarioControl } from "./control.js";
import type { Falls } from "./market.js";
import type { BurnEffect, Sensitivity } from "./sensitivity.js";

/** Everything that was measured. */
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
    gates.map((gate) => ({ family: name, name: gate.name, passed: passes(gate), mandatory: true }));
  return [
    ...family("statistical", input.statistical),
    ...family("signs", input.signs),
    ...family("dynamics", input.dynamics),
    ...family("scale", input.scale),
    ...family("half-day steps", input.halfSteps),
    ...controlVerdicts(input.control),
  ];
}

function controlVerdicts({ scenarios, overall, feedback }: ControlResult): Verdict[] {
  const verdict = (name: string, passed: boolean, mandatory: boolean) => ({ family: "control", name, passed, mandatory });
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
