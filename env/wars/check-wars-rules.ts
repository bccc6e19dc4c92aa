import { CHECK_RULES, type CheckRule } from "../check-rules.js";

/** A broken promise of an environment of several agents. */
export interface WarsProblem {
  readonly rule: WarsRule | CheckRule;
  /** Whose result broke it, for rules that hold agent by agent. */
  readonly agent?: string;
  /** What was seen, with values. */
  readonly message: string;
  readonly likelyCause: string;
}

/** Reports what was seen; the first finding of each rule is kept. */
export type WarsReport = (rule: WarsRule | CheckRule, message: string, agent?: string) => void;

/** Rules beyond those of a single agent's results, each with the mistake that usually breaks it. */
export const WARS_RULES = {
  "wars-spec": "an agent was added to possibleAgents or to the spec only, or ids repeat",
  spaces: "observationSpace or actionSpace builds a space of its own instead of handing out the spec's",
  "agents-reset": "agents is not refilled from possibleAgents by reset",
  "agents-live": "an agent that ended stays in agents, or one that did not end leaves it",
  "result-agents": "a result is keyed by possibleAgents, or by the agents that are live after the step",
  "results-aliased": "agents or steps share an array; allocate one for each",
  "same-clock": "agents are stepped or reset apart from one another",
  "horizon-together": "the time limit counts per agent instead of per world",
  "actions-agents": "missing, unknown or ended agents in the actions are ignored instead of refused",
  "actions-order": "agents are stepped in the order of the keys of the actions",
  "sector-shared": "each agent's info has a sector of its own",
  "capital-identity": "capital is created or destroyed by a move between accounts, or an inflow is not declared",
  "capital-negative": "more is bought than was sold and waits in cash",
} as const;

type WarsRule = keyof typeof WARS_RULES;

export function likelyCause(rule: WarsRule | CheckRule): string {
  return Object.hasOwn(WARS_RULES, rule) ? WARS_RULES[rule as WarsRule] : CHECK_RULES[rule as CheckRule];
}
