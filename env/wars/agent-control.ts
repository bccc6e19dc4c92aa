import type { AgentPlan } from "./plan.js";

/** The control record of an agent without the ring positions, `numLanes` and `randomise`: worlds restart as a whole. */
export function agentControl(plan: AgentPlan, seed: number, horizon: number): Readonly<Record<string, number>> {
  return { ...plan.settings.streams, market: plan.ownStream, seed, horizon, autoreset: 0 };
}
