import type { LearnedController } from "../learned/learned-controller.js";
import type { Rule } from "../rules/rule.js";

/** Anything that decides: a fixed rule or a trained network, both plain data. */
export type Controller = Rule | LearnedController;

type ControllerKind = "rule" | "learned";

export function isLearned(controller: Controller): controller is LearnedController {
  return "network" in controller;
}

export function controllerKind(controller: Controller): ControllerKind {
  return isLearned(controller) ? "learned" : "rule";
}

/** A controller in a comparison. */
export interface NamedController {
  /** Unique in a report. */
  readonly id: string;
  /** Whether its parameters are a result of `flyball tune`. */
  readonly tuned: boolean;
  readonly controller: Controller;
}
