import type { LearnedController } from "../../agents/learned/learned-controller.js";
import type { PolicyStructure } from "../../agents/learned/structure.js";
import { loadLearned } from "../../agents/policy/load-learned.js";
import { planPolicy } from "../../agents/policy/plan-policy.js";
import { uniform4 } from "../../core/random.js";
import { parseEnvOptions } from "../../env/settings.js";
import type { World } from "../../env/world.js";

/** A controller with structure and arbitrary weights, its observations scaled by their bounds. */
export function structuredController(
  world: World,
  structure: PolicyStructure,
  { decisionInterval = 1, scale = 0.3 } = {},
): LearnedController {
  const agent = planPolicy(world, { hidden: [8], activation: "tanh" }, structure);
  const parameters = Float32Array.from({ length: agent.parameterCount }, (_, i) => scale * (uniform4(3, i, 0, 0).a - 0.5));
  const { lane } = parseEnvOptions(world, {});
  const objective = Object.keys(world.objectives)[0]!;
  const controller = loadLearned({ world, lane, objective, agent, decisionInterval, parameters, structure });
  const bounds = Object.values(world.observations);
  const normalizer = {
    ...controller.normalizer,
    mean: bounds.map(({ low, high }) => Math.fround((low + high) / 2)),
    scale: bounds.map(({ low, high }) => Math.fround(4 / (high - low))),
  };
  return { ...controller, normalizer };
}
