import { clamp } from "../../compiler/primitives.js";
import type { ParamSpec, World } from "../../env/world.js";
import { bandParams, clipParam, gainParam, normalisation } from "./affine-terms.js";
import { defineRule } from "./define-rule.js";
import { boundAction, boundObservation, roleBand } from "./role-fields.js";
import type { Rule } from "./rule.js";

/** Set by the rule; an economy may lack the fee. */
const LEVERS = ["issuance", "burnShare", "fee"];
/** Read beside usage and price where an economy has them. */
const EXTRA = ["utilizationSlow", "collateralRatio", "drawdown"];

/** What counts as one deviation of each signal. */
const USUAL = {
  usage: { center: 0, spread: 0.5 },
  utilizationSlow: { center: 0.75, spread: 0.12 },
  collateralRatio: { center: 1.6, spread: 0.6 },
  drawdown: { center: 0.6, spread: 0.7 },
  trend: { center: 0, spread: 0.015 },
  swing: { center: 0.04, spread: 0.02 },
};

/** Gains that an engineer would begin with: what users pay and how busy the network is move the fee, and more use burns more. */
const FIRST: Readonly<Record<string, number>> = {
  "fee.utilizationSlow": 0.3,
  "fee.collateralRatio": -0.2,
  "burnShare.usage": 0.1,
  "issuance.usage": -0.05,
};

/** Linear feedback with few signals: fee, issuance and burn share from demand, utilisation, collateral, and trend and swing of the price. */
export function feeFeedback(world: World): Rule {
  const levers = LEVERS.filter((name) => name !== "fee" || boundAction(world, name));
  const signals = ["usage", ...EXTRA.filter((name) => boundObservation(world, name))];
  const { params, tunable } = gains(world, levers, signals);
  const marks = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 1]));
  return defineRule(world, {
    id: "fee-feedback",
    doc: "linear feedback of fee, issuance and burn share on usage, utilisation, collateral, and trend and swing of the price; all else held",
    state: {
      trend: { unit: "1", doc: "mean of daily price changes" },
      swing: { unit: "1", doc: "mean of their absolute values" },
    } as Readonly<Record<string, { unit: string; doc: string }>>,
    params,
    tunable,
    uses: { clamp, LEVERS: marks(levers), SIGNALS: marks(signals) },
    reads: [...signals, "priceChange"],
    writes: levers,
    functions: {
      start(c, p) {
        c.trend = p["center.trend"]!;
        c.swing = p["center.swing"]!;
      },
      act(c, o, p, a, u) {
        const change = u.clamp(o.priceChange!, -1, 1, 0);
        c.trend = c.trend! + p.memory! * (change - c.trend!);
        c.swing = c.swing! + p.memory! * (Math.abs(change) - c.swing!);
        const trend = u.clamp((c.trend! - p["center.trend"]!) / p["spread.trend"]!, -p.clip!, p.clip!);
        const swing = u.clamp((c.swing! - p["center.swing"]!) / p["spread.swing"]!, -p.clip!, p.clip!);
        for (const k in u.LEVERS) {
          let x = p[`bias.${k}`]! + p[`${k}.trend`]! * trend + p[`${k}.swing`]! * swing;
          for (const j in u.SIGNALS)
            x += p[`${k}.${j}`]! * u.clamp((o[j]! - p[`center.${j}`]!) / p[`spread.${j}`]!, -p.clip!, p.clip!, 0);
          a[k] = p[`middle.${k}`]! + p[`half.${k}`]! * u.clamp(x, -1, 1, 0);
        }
      },
    },
  });
}

function gains(world: World, levers: readonly string[], signals: readonly string[]) {
  const seen = [...signals, "trend", "swing"];
  const params: Record<string, ParamSpec> = {
    clip: clipParam(),
    memory: {
      value: 0.1,
      low: 0.01,
      high: 1,
      unit: "1",
      source: "assumption",
      doc: "weight of a day in trend and swing of the price",
    },
    ...normalisation(Object.fromEntries(seen.map((name) => [name, { unit: "1" }])), USUAL, "assumption"),
  };
  const tunable = ["memory"];
  for (const name of levers) {
    const band = roleBand(world, name);
    if (!band) continue;
    Object.assign(params, bandParams(name, band, `start value of ${world.id}`));
    for (const signal of seen) params[`${name}.${signal}`] = gainParam(FIRST[`${name}.${signal}`]);
    tunable.push(`bias.${name}`, ...seen.map((signal) => `${name}.${signal}`));
  }
  return { params, tunable };
}
