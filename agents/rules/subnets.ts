import { UserError } from "../../core/errors.js";
import type { World } from "../../env/world.js";
import { actionFields } from "./role-fields.js";

/** Number of each subnet by its number as text, for loops of rules that tilt subnets. Needs `tilt0` and so on among the actions. */
interface Subnets {
  readonly slots: Readonly<Record<string, number>>;
  readonly count: number;
  /** Names of a field that every subnet has: `tilt0`, `tilt1`, … */
  readonly names: (field: string) => readonly string[];
}

/** @throws UserError `E_RULE_WORLD` when the world has no subnets whose emission can be tilted */
export function findSubnets(world: World, rule: string): Subnets {
  const count = Object.keys(actionFields(world)).filter((name) => /^tilt\d+$/.test(name)).length;
  if (count === 0) {
    const message = `rule ${rule} does not fit ${world.id}: it has no subnets to tilt`;
    throw new UserError("E_RULE_WORLD", message, "choose a rule made for this economy");
  }
  const numbers = Array.from({ length: count }, (_, i) => i);
  return {
    slots: Object.fromEntries(numbers.map((i) => [i, i])),
    count,
    names: (field) => numbers.map((i) => `${field}${i}`),
  };
}
