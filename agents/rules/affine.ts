import { clamp } from "../../compiler/primitives.js";
import type { ObservationStatistics } from "../../env/economy.js";
import type { ParamSpec, World } from "../../env/world.js";
import { bandParams, clipParam, gainParam, gainSteps, normalisation, statisticsOf } from "./affine-terms.js";
import { defineRule } from "./define-rule.js";
import { actionFields } from "./role-fields.js";
import type { Rule } from "./rule.js";

/**
 * Affine feedback on all observations, the rival that a learned controller has to beat:
 * action = middle + half band * clamp(bias + sum of gain * clamp((observation - centre) / spread)).
 * Gains are 0 at first, so the untuned rule holds the values in force.
 */
export function affine(world: World, statistics: ObservationStatistics = statisticsOf(world)): Rule {
  const { params, tunable } = gainParams(world);
  return defineRule(world, {
    id: "affine",
    doc: "affine feedback on all observations: every action from every observation",
    state: {},
    params: { ...params, ...normalisation(world.observations, statistics) },
    tunable,
    firstSteps: gainSteps(tunable),
    uses: { clamp },
    reads: [] as string[],
    writes: [] as string[],
    functions: {
      start() {},
      act(_c, o, p, a, u) {
        for (const k in a) {
          let x = p[`bias.${k}`]!;
          for (const j in o)
            x += p[`${k}.${j}`]! * u.clamp((o[j]! - p[`center.${j}`]!) / p[`spread.${j}`]!, -p.clip!, p.clip!, 0);
          a[k] = p[`middle.${k}`]! + p[`half.${k}`]! * u.clamp(x, -1, 1, 0);
        }
      },
    },
  });
}

/** The parameters of every action and of every pair of action and observation, and the names of those that tuning may change. */
function gainParams(world: World): { readonly params: Record<string, ParamSpec>; readonly tunable: readonly string[] } {
  const params: Record<string, ParamSpec> = { clip: clipParam() };
  const tunable: string[] = [];
  for (const [name, field] of Object.entries(actionFields(world))) {
    Object.assign(params, bandParams(name, field, `start value of ${world.id}`));
    tunable.push(`bias.${name}`);
    for (const observed of Object.keys(world.observations)) {
      params[`${name}.${observed}`] = gainParam();
      tunable.push(`${name}.${observed}`);
    }
  }
  return { params, tunable };
}
