import { makeRule, ruleInForce } from "../agents/rules/registry.js";
import { clopperPearson, type Interval } from "../core/statistics.js";
import { meanInterval } from "./akash/gates.js";
import { type PathCount, type PathSeries, recordPaths } from "./lanes.js";
import type { Experiment, Side, ValidationSpec } from "./spec.js";

/** One effect of an experiment on paired paths. */
export interface SignTest {
  readonly experiment: string;
  readonly kind: Experiment["kind"];
  readonly text: string;
  readonly sign: 1 | -1;
  readonly wish: boolean;
  /** Mean paired difference with its 95 % interval. */
  readonly effect: Interval;
  /** Share of the pairs that differ in the expected direction among those that differ at all, with its exact 95 % interval. */
  readonly share: Interval;
  /** Pairs that differ. */
  readonly pairs: number;
}

/** The expected direction is the rule, not chance: the interval of the share lies above one half. */
export const signHolds = ({ share }: SignTest): boolean => share.low > 0.5;

/** Sign test of paired differences. Pairs without a difference say nothing and are left out; without any, the share is 0. */
export function signTest(differences: readonly number[], sign: 1 | -1): Pick<SignTest, "share" | "pairs" | "effect"> {
  const differing = differences.filter((difference) => difference !== 0);
  const expected = differing.filter((difference) => Math.sign(difference) === sign).length;
  const share = differing.length > 0 ? clopperPearson(expected, differing.length) : { mean: 0, low: 0, high: 1 };
  return { share, pairs: differing.length, effect: meanInterval(differences) };
}

/** Every effect of every experiment, each pair of paths on the same shocks. */
export function runExperiments(spec: ValidationSpec, count: PathCount): SignTest[] {
  return spec.experiments.flatMap((experiment) => {
    const size = { ...count, days: experiment.days ?? count.days };
    const [from, to] = [live(spec, experiment.from, size), live(spec, experiment.to, size)];
    return experiment.effects.map(({ text, measure, sign, wish = false }) => {
      const differences = from.map((path, i) => measure(to[i]!) - measure(path));
      return { experiment: experiment.name, kind: experiment.kind, text, sign, wish, ...signTest(differences, sign) };
    });
  });
}

function live(
  { economy, figures }: ValidationSpec,
  { rule = ruleInForce(economy), ...side }: Side,
  count: PathCount,
): PathSeries[] {
  return recordPaths(economy, { ...side, rule: makeRule(rule, economy) }, count, figures);
}
