import { actionFields } from "../env/lane/records.js";
import type { Values, World } from "../env/world.js";
import type { Rule } from "./controller.js";
import { actLearned, type LearnedController } from "./learned.js";
import { ruleValues } from "./rules/rule-values.js";

/** A controller in one episode, in plain float64; it remembers what its rule remembers, so every episode needs its own. */
export interface PlainController {
  /** @returns requested actions in their own units, in the world's order */
  readonly act: (observation: ArrayLike<number>) => readonly number[];
}

export function startRule(rule: Rule, world: World): PlainController {
  const params = ruleValues(rule);
  const memory = zeros(rule.state);
  const observations = Object.keys(world.observations);
  const actions = zeros(actionFields(world));
  rule.functions.start(memory, params, rule.uses);
  return {
    act: (observation) => {
      const seen = Object.fromEntries(observations.map((name, i) => [name, observation[i]!]));
      rule.functions.act(memory, seen, params, actions, rule.uses);
      return Object.values(actions);
    },
  };
}

export function startLearned(controller: LearnedController): PlainController {
  let step = 0;
  let decision: readonly number[] = [];
  return {
    act: (observation) => {
      if (step % controller.decisionInterval === 0) decision = actLearned(controller, observation);
      step++;
      return decision;
    },
  };
}

/** Array fields of a rule's memory are plain arrays, as the compiler's subset has them. */
function zeros(fields: Rule["state"]): Values {
  const zero = (length: number | undefined) => (length === undefined ? 0 : new Array<number>(length).fill(0));
  return Object.fromEntries(Object.entries(fields).map(([name, { length }]) => [name, zero(length)])) as Values;
}
