import { isLearned } from "../agents/controller/controller.js";
import { findBestRule } from "../agents/rollout/best-rule.js";
import type { Rule } from "../agents/rules/rule.js";
import { ruleValues } from "../agents/rules/rule-values.js";
import { UserError } from "../core/errors.js";
import type { TrainConfig } from "../train/config.js";
import { findControllers } from "./find-controllers.js";
import { type Io, writeLine } from "./io.js";
import { type RunPlan, settingsOf } from "./run-plan.js";

/** Stands for the best of all rules on selection markets. */
const BEST = "best";

/**
 * The configuration with the base that its name stands for, so that a run does not depend on files that may change: rule and values.
 * @throws UserError where there is no such rule
 */
export async function resolveBase(io: Io, plan: RunPlan): Promise<TrainConfig> {
  const { config, economy, file } = plan;
  const { base } = config;
  if (typeof base !== "string") return config;
  const settings = settingsOf(plan);
  const found = await findControllers(io, [base === BEST ? "rules" : base], { economy, file, lane: settings.lane });
  const rules: Record<string, Rule> = {};
  for (const { id, controller } of found) {
    if (isLearned(controller)) {
      const message = `base ${base} is a learned controller, but a base is a rule`;
      throw new UserError("E_CONFIG_VALUE", message, `begin with it instead: flyball train --from ${base}`);
    }
    // Decisions that are drawn at random have no derivative and no place in a policy that repeats itself.
    if (controller.id !== "random") rules[id] = controller;
  }
  const id = base === BEST ? await chooseBest(io, plan, rules) : Object.keys(rules)[0]!;
  const rule = rules[id]!;
  return { ...config, base: { rule: rule.id, values: ruleValues(rule) } };
}

async function chooseBest(io: Io, plan: RunPlan, rules: Readonly<Record<string, Rule>>): Promise<string> {
  const { config, economy } = plan;
  const { lane, horizon } = settingsOf(plan);
  const { seed, evalEpisodes: episodes } = config;
  const numThreads = config.threads ?? io.cores;
  const id = await findBestRule({ world: economy, lane, rules, horizon, seed, episodes, numThreads });
  writeLine(
    io.stderr,
    `base: ${id}, the best of ${Object.keys(rules).length} rules on ${episodes} selection markets a scenario`,
  );
  return id;
}
