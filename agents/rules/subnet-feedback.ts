import { clamp } from "../../compiler/primitives.js";
import type { ParamSpec, World } from "../../env/world.js";
import { bandParams, clipParam, gainParam, gainSteps, normalisation, statisticsOf } from "./affine-terms.js";
import { defineRule } from "./define-rule.js";
import { actionFields } from "./role-fields.js";
import type { Rule } from "./rule.js";
import { findSubnets } from "./subnets.js";

/**
 * One function for all subnets, with memory: the tilt follows a fast mean of quality against a slow one, so it acts on change, gives
 * less to those that the market pays already, and leans with the trend of prices. The other levers are affine in what all subnets share.
 */
export function subnetFeedback(world: World): Rule {
  const { slots, count, names } = findSubnets(world, "subnet-feedback");
  const { levers, shared, params, tunable, firstSteps } = subnetFeedbackParams(world);
  const memory = (name: string, what: string) =>
    names(name).map((field) => [field, { unit: "1", doc: `${what}: ${field}` }] as const);
  return defineRule(world, {
    id: "subnet-feedback",
    doc: "tilts each subnet's emission by fast and slow means of its quality, its share and its price trend, with the same gains for all; other levers affine in what all subnets share",
    state: Object.fromEntries([
      ...memory("fast", "fast mean of quality"),
      ...memory("slow", "slow mean of quality"),
      ...memory("lean", "mean of price trend"),
    ]),
    params,
    tunable,
    firstSteps,
    uses: { clamp, SLOTS: slots, EACH: 1 / count, LEVERS: levers, SHARED: shared },
    reads: [...names("quality"), ...names("share"), ...names("trend")],
    writes: [] as string[],
    functions: {
      start(c, _p, u) {
        for (const k in u.SLOTS) {
          c[`fast${k}`] = 1;
          c[`slow${k}`] = 1;
          c[`lean${k}`] = 0;
        }
      },
      act(c, o, p, a, u) {
        let fast = 0;
        let slow = 0;
        let lean = 0;
        for (const k in u.SLOTS) {
          c[`fast${k}`] = c[`fast${k}`]! + p.fastRate! * (u.clamp(o[`quality${k}`]!, 0, 4, 1) - c[`fast${k}`]!);
          c[`slow${k}`] = c[`slow${k}`]! + p.slowRate! * (u.clamp(o[`quality${k}`]!, 0, 4, 1) - c[`slow${k}`]!);
          c[`lean${k}`] = c[`lean${k}`]! + p.trendRate! * (u.clamp(o[`trend${k}`]!, -1, 2, 0) - c[`lean${k}`]!);
          fast += u.EACH * c[`fast${k}`]!;
          slow += u.EACH * c[`slow${k}`]!;
          lean += u.EACH * c[`lean${k}`]!;
        }
        for (const k in u.SLOTS) {
          const change =
            p.fast! * (c[`fast${k}`]! / Math.max(fast, 0.01) - 1) + p.slow! * (c[`slow${k}`]! / Math.max(slow, 0.01) - 1);
          const market = p.share! * u.clamp(o[`share${k}`]! - 1, -1, 2, 0) + p.trend! * (c[`lean${k}`]! - lean);
          a[`tilt${k}`] = u.clamp(1 + change + market + p.level! * (c[`fast${k}`]! - 1), 0.5, 2, 1);
        }
        for (const k in u.LEVERS) {
          let x = p[`bias.${k}`]! + p[`${k}.quality`]! * (fast - 1);
          for (const j in u.SHARED)
            x += p[`${k}.${j}`]! * u.clamp((o[j]! - p[`center.${j}`]!) / p[`spread.${j}`]!, -p.clip!, p.clip!, 0);
          a[k] = p[`middle.${k}`]! + p[`half.${k}`]! * u.clamp(x, -1, 1, 0);
        }
      },
    },
  });
}

const FOUND = { unit: "1", source: "search on the simulator, rounded" };
const ASSUMED = { unit: "1", source: "assumption" };

const SUBNET_PARAMS: Readonly<Record<string, ParamSpec>> = {
  fastRate: { ...FOUND, value: 0.18, low: 0.02, high: 1, doc: "weight of a day in the fast mean of quality" },
  slowRate: { ...FOUND, value: 0.03, low: 0.002, high: 0.2, doc: "weight of a day in the slow mean of quality" },
  trendRate: { ...ASSUMED, value: 0.2, low: 0.01, high: 1, doc: "weight of a day in the mean of price trend" },
  fast: { ...FOUND, value: 4.2, low: -2, high: 10, doc: "tilt per unit of fast quality over the mean of all subnets" },
  slow: { ...FOUND, value: -2.5, low: -8, high: 4, doc: "tilt per unit of slow quality over the mean of all subnets" },
  share: { ...FOUND, value: -2, low: -6, high: 2, doc: "tilt per unit of emission share above an even one" },
  trend: { ...FOUND, value: 2.1, low: -3, high: 8, doc: "tilt per unit of mean price trend above that of all subnets" },
  level: { ...ASSUMED, value: 0, low: -3, high: 3, doc: "tilt per unit of fast quality above the reference" },
};

const SUBNET_STEPS = { fast: 0.8, slow: 0.8, share: 0.6, trend: 0.6, level: 0.3 };

/** Levers that no subnet has for itself, observations that all share, the parameters of the tilts, and the affine terms of the levers. */
function subnetFeedbackParams(world: World) {
  const fields = Object.entries(actionFields(world)).filter(([name]) => !/^tilt\d+$/.test(name));
  const seen = Object.entries(world.observations).filter(([name]) => !/^(quality|share|trend)\d+$/.test(name));
  const params: Record<string, ParamSpec> = {
    ...SUBNET_PARAMS,
    clip: clipParam(),
    ...normalisation(Object.fromEntries(seen), statisticsOf(world)),
  };
  const tunable = Object.keys(SUBNET_PARAMS);
  for (const [name, field] of fields) {
    Object.assign(params, bandParams(name, field, `start value of ${world.id}`));
    params[`${name}.quality`] = {
      ...gainParam(),
      doc: `halves of the band of ${name} per unit of mean quality above the reference`,
    };
    for (const [observed] of seen) params[`${name}.${observed}`] = gainParam();
    tunable.push(`bias.${name}`, `${name}.quality`, ...seen.map(([observed]) => `${name}.${observed}`));
  }
  const marks = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries.map(([name]) => [name, 1]));
  const affine = gainSteps(tunable.filter((name) => name.includes(".")));
  return { levers: marks(fields), shared: marks(seen), params, tunable, firstSteps: { ...affine, ...SUBNET_STEPS } };
}
