import { clamp } from "../../compiler/primitives.js";
import { isEconomy, type ObservationStatistics } from "../../env/economy.js";
import type { ParamSpec, World } from "../../env/world.js";
import { defineRule } from "./define-rule.js";
import { actionFields } from "./role-fields.js";
import type { Rule } from "./rule.js";

const GAIN_DOC = "how far the action moves, in halves of its band, when the observation is one spread above its centre";

function measuredStatistics(world: World): ObservationStatistics | undefined {
  return isEconomy(world) ? world.observationStatistics : undefined;
}

/** Statistics for want of measured ones: the middle of the observation's bounds and a sixth of their distance. */
function boundStatistics(world: World): ObservationStatistics {
  const entries = Object.entries(world.observations).map(([name, { low, high }]) => {
    const bounded = Number.isFinite(high - low) && high > low;
    return [name, bounded ? { center: (low + high) / 2, spread: (high - low) / 6 } : { center: 0, spread: 1 }] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Affine feedback on all observations, the rival that a learned controller has to beat:
 * action = middle + half band * clamp(bias + sum of gain * clamp((observation - centre) / spread)).
 * Gains are 0 at first, so the untuned rule holds the values in force.
 */
export function affine(
  world: World,
  statistics: ObservationStatistics = measuredStatistics(world) ?? boundStatistics(world),
): Rule {
  const { params, tunable } = gainParams(world);
  return defineRule(world, {
    id: "affine",
    doc: "affine feedback on all observations: every action from every observation",
    state: {},
    params: { ...params, ...normalisation(world, statistics) },
    tunable,
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
  const fields = Object.entries(actionFields(world));
  const params: Record<string, ParamSpec> = {
    clip: {
      value: 4,
      low: 1,
      high: 10,
      unit: "1",
      source: "assumption",
      doc: "observations count for at most this many spreads",
    },
  };
  const tunable: string[] = [];
  for (const [name, field] of fields) {
    const middle = (field.low + field.high) / 2;
    const half = (field.high - field.low) / 2;
    const band = { unit: field.unit, low: field.low, high: field.high, source: "action band" };
    params[`middle.${name}`] = { ...band, value: middle, doc: `middle of the band of ${name}` };
    params[`half.${name}`] = {
      ...band,
      low: 0,
      high: field.high - field.low,
      value: half,
      doc: `half the width of the band of ${name}`,
    };
    const bias = (field.start - middle) / half;
    params[`bias.${name}`] = {
      value: bias,
      low: -1.5,
      high: 1.5,
      unit: "1",
      source: `start value of ${world.id}`,
      doc: `${name} at the centre of all observations, -1..1 of its band`,
    };
    tunable.push(`bias.${name}`);
    for (const observed of Object.keys(world.observations)) {
      params[`${name}.${observed}`] = { value: 0, low: -1, high: 1, unit: "1", source: "assumption", doc: GAIN_DOC };
      tunable.push(`${name}.${observed}`);
    }
  }
  return { params, tunable };
}

/** Centre and spread as parameters; fixed, so that a tuned rule carries what it was tuned with. */
function normalisation(world: World, statistics: ObservationStatistics): Record<string, ParamSpec> {
  const params: Record<string, ParamSpec> = {};
  for (const [name, { unit }] of Object.entries(world.observations)) {
    const { center, spread } = statistics[name] ?? { center: 0, spread: 1 };
    const source = "statistics of the observation";
    params[`center.${name}`] = { value: center, low: -1e12, high: 1e12, unit, source, doc: `centre of ${name}` };
    params[`spread.${name}`] = { value: spread, low: 1e-9, high: 1e12, unit, source, doc: `spread of ${name}` };
  }
  return params;
}
