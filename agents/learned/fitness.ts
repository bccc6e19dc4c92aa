import { actionFields } from "../../env/lane/records.js";
import type { World } from "../../env/world.js";
import type { LearnedController } from "./learned-controller.js";

/** Why a controller cannot act in a world, or undefined when it can: names, units and bands must be the same. */
export function whyUnfit(controller: LearnedController, world: World): string | undefined {
  if (controller.economy !== world.id) return `it is for economy ${controller.economy}, not ${world.id}`;
  const seen = controller.observations.map(({ name, unit }) => `${name} (${unit})`).join(", ");
  const shown = Object.entries(world.observations)
    .map(([name, { unit }]) => `${name} (${unit})`)
    .join(", ");
  if (seen !== shown) return `it observes ${seen}, but the economy shows ${shown}`;
  const controls = "count" in controller.actions ? ["choice"] : controller.actions.map(({ name }) => name);
  const wanted = Object.keys(actionFields(world));
  if (controls.join() !== wanted.join()) return `it controls ${controls.join(", ")}, but the economy has ${wanted.join(", ")}`;
  return undefined;
}
