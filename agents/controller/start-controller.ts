import { zeroFields } from "../../env/lane/plain.js";
import { actionFields } from "../../env/lane/records.js";
import type { Values, World } from "../../env/world.js";
import { actLearned } from "../learned/act-learned.js";
import type { LearnedController } from "../learned/learned-controller.js";
import { resizeController } from "../learned/resize-controller.js";
import { startPolicy } from "../learned/start-policy.js";
import type { PolicyStructure } from "../learned/structure.js";
import { makeBaseRule } from "../rules/base-rule.js";
import type { Rule } from "../rules/rule.js";
import { ruleValues } from "../rules/rule-values.js";
import { type Controller, isLearned } from "./controller.js";

/**
 * Decides in plain float64 and remembers what the controller remembers: every episode needs one of its own.
 * @param observation raw values in the world's order
 * @returns requested actions in their own units, in the world's order
 */
export type Act = (observation: ArrayLike<number>) => readonly number[];

/** A controller at the start of an episode of `world`. */
export function startController(controller: Controller, world: World): Act {
  if (!isLearned(controller)) return startRule(controller, world);
  const fitted = resizeController(controller, world);
  return fitted.structure ? startStructured(fitted, fitted.structure, world) : startLearned(fitted);
}

function startRule(rule: Rule, world: World): Act {
  const params = ruleValues(rule);
  const memory = zeroFields(rule.state) as Values;
  const observations = Object.keys(world.observations);
  const actions = zeroFields(actionFields(world)) as Values;
  rule.functions.start(memory, params, rule.uses);
  return (observation) => {
    const seen = Object.fromEntries(observations.map((name, i) => [name, observation[i]!]));
    rule.functions.act(memory, seen, params, actions, rule.uses);
    return Object.values(actions);
  };
}

/** Decides in the first step and then as often as in training. */
function startLearned(controller: LearnedController): Act {
  let step = 0;
  let decision: readonly number[] = [];
  return (observation) => {
    if (step % controller.decisionInterval === 0) decision = actLearned(controller, observation);
    step++;
    return decision;
  };
}

/** The base decides in every step, the network as often as in training. */
function startStructured(controller: LearnedController, structure: PolicyStructure, world: World): Act {
  const { base } = structure;
  const askBase = base ? startRule(makeBaseRule(base, world), world) : undefined;
  const policy = startPolicy(controller, structure);
  return (observation) => policy(observation, askBase?.(observation));
}
