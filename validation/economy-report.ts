import { runExperiments, type SignTest, signHolds } from "./experiments.js";
import { type Facts, factPasses, measureFacts } from "./facts.js";
import { BLOCKS, type FinalityRow, finalityMatters, measureFinality } from "./finality.js";
import { type HalfDayRow, halfDaysAgree, measureHalfDays } from "./half-days.js";
import { measureScaling, type ScalingRow, scalesExactly } from "./scaling.js";
import type { ValidationSpec } from "./spec.js";
import type { Verdict } from "./verdicts.js";

interface EconomyCounts {
  readonly paths: number;
  readonly years: number;
  /** Pairs of years of each experiment. */
  readonly pairs: number;
  readonly finality: number;
  readonly halfDays: number;
}

/** Everything that is measured alike in every economy. */
export interface EconomyReport {
  readonly spec: ValidationSpec;
  readonly counts: EconomyCounts;
  readonly facts: Facts;
  readonly signs: readonly SignTest[];
  readonly finality: readonly FinalityRow[];
  readonly halfDays: readonly HalfDayRow[];
  readonly scaling: readonly ScalingRow[];
}

const SEEDS = { facts: 201, signs: 202, finality: 203, halfDays: 204, scaling: 205 };

export function measureEconomy(spec: ValidationSpec, counts: EconomyCounts): EconomyReport {
  const year = { days: 365 };
  return {
    spec,
    counts,
    facts: measureFacts(spec, { paths: counts.paths, days: 365 * counts.years, seed: SEEDS.facts }),
    signs: runExperiments(spec, { ...year, paths: counts.pairs, seed: SEEDS.signs }),
    finality: measureFinality(spec, { ...year, paths: counts.finality, seed: SEEDS.finality }),
    halfDays: measureHalfDays(spec, { ...year, paths: counts.halfDays, seed: SEEDS.halfDays }),
    scaling: measureScaling(spec, SEEDS.scaling),
  };
}

/** Every check of the report. Figures beside real ones are wishes; directions, step length and scale are mandatory. */
export function economyVerdicts({ spec, facts, signs, finality, halfDays, scaling }: EconomyReport): Verdict[] {
  const verdict = (family: string, name: string, passed: boolean, mandatory = true): Verdict => {
    return { economy: spec.economy.id, family, name, passed, mandatory };
  };
  const tested = facts.facts.filter(({ target }) => target !== undefined);
  const late = finality.filter(({ name }) => BLOCKS.includes(name));
  return [
    ...tested.map((fact) => verdict("figures", fact.name, factPasses(fact) === true, false)),
    ...signs.map((sign) => {
      const family = sign.kind === "statics" ? "statics" : "closed loop";
      return verdict(family, `${sign.experiment}: ${sign.text}`, signHolds(sign), !sign.wish);
    }),
    ...late.map((row) => verdict("finality", `a block of ${row.name} does not matter`, !finalityMatters(row), false)),
    ...halfDays.map((row) => verdict("half-day steps", row.name, halfDaysAgree(row))),
    ...scaling.map((row) => verdict("scale", row.name, scalesExactly(row))),
  ];
}
