import { UserError } from "../../core/errors.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { World } from "../../env/world.js";
import { makeBaseRule } from "../rules/base-rule.js";
import { type ControllerInterface, describeNeeds, describeWorldInterface, hashInterface } from "./interface.js";
import type { LearnedController } from "./learned-controller.js";

/**
 * Why a controller cannot act in a world that is set up with these parameters and limits: the first thing whose meaning differs, with
 * both values. Undefined when it can: one that decides on each element of a group can whatever their number. What a file of version 1 does not say is not compared. A base has to be a rule of that world.
 */
export function whyUnfit(
  controller: LearnedController,
  world: World,
  lane: Pick<LaneOptions, "params" | "limits">,
): string | undefined {
  const anySize = controller.structure?.group ? world.group : undefined;
  const [own, other] = [describeNeeds(controller), describeWorldInterface(world, lane, anySize)];
  const known = {
    ...own,
    stepDays: own.stepDays ?? other.stepDays,
    decimals: own.decimals ?? other.decimals,
  };
  if (hashInterface(known) === hashInterface(other)) return whyBaseUnfit(controller, world);
  if (known.economy !== other.economy) return `it is for economy ${known.economy}, not ${other.economy}`;
  return (
    differentNames("observes", known.observations, other.observations) ??
    differentLevers(known.actions, other.actions) ??
    firstDifference("", known, other)
  );
}

function whyBaseUnfit({ structure }: LearnedController, world: World): string | undefined {
  if (!structure?.base) return undefined;
  try {
    makeBaseRule(structure.base, world);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `its base ${structure.base.rule} does not fit: ${error.what}`;
  }
}

function differentLevers(own: ControllerInterface["actions"], other: ControllerInterface["actions"]): string | undefined {
  const names = (actions: ControllerInterface["actions"]) =>
    "count" in actions ? [{ name: `a choice of ${actions.count}` }] : actions;
  return differentNames("controls", names(own), names(other));
}

function differentNames(
  verb: "observes" | "controls",
  own: readonly { readonly name: string }[],
  other: readonly { readonly name: string }[],
): string | undefined {
  const list = (fields: readonly { readonly name: string }[]) => fields.map(({ name }) => name).join(", ");
  if (list(own) === list(other)) return undefined;
  return `it ${verb} ${list(own)}, but the economy has ${list(other)}`;
}

/** `actions.issuance.unit is "1/day" in the controller, but "1/year" in the economy` */
function firstDifference(path: string, own: unknown, other: unknown): string | undefined {
  if (typeof own !== "object" || own === null || typeof other !== "object" || other === null) {
    if (own === other) return undefined;
    const shown = (value: unknown) => (value === undefined ? "not set" : JSON.stringify(value));
    return `${path} is ${shown(own)} in the controller, but ${shown(other)} in the economy`;
  }
  const [left, right] = [own as Readonly<Record<string, unknown>>, other as Readonly<Record<string, unknown>>];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const name = Array.isArray(own) ? (own[Number(key)] as { readonly name: string }).name : key;
    const found = firstDifference(path === "" ? name : `${path}.${name}`, left[key], right[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
