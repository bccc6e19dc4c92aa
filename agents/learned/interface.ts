import { hashOf } from "../../core/digest.js";
import type { BreakerLimits } from "../../env/breakers/limits.js";
import { isEconomy } from "../../env/economy.js";
import { withoutSubnets } from "../../env/economy-id.js";
import type { LaneOptions } from "../../env/lane/uses.js";
import type { ElementGroup, World } from "../../env/world.js";
import { isControls, type LearnedController } from "./learned-controller.js";
import { withoutSize } from "./resize-controller.js";

/** A number that means the same only in its unit and between its bounds. */
interface Quantity {
  readonly name: string;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

interface Lever extends Quantity {
  /** Largest change per control step. */
  readonly maxMove: number;
  readonly start: number;
}

/**
 * Everything that gives the numbers between a controller and an economy their meaning. Values of parameters are none of it: a
 * controller may act under others than it was trained with.
 */
export interface ControllerInterface {
  readonly economy: string;
  /** Days of a control step; null where the world has no such parameter. */
  readonly stepDays: number | null;
  /** Decimal places of the token's base unit; null in a world without a token. */
  readonly decimals: number | null;
  readonly observations: readonly Quantity[];
  readonly actions: readonly Lever[] | { readonly count: number };
  /** Control steps by which observations and actions are late. */
  readonly delays: { readonly observation: number; readonly action: number };
  readonly limits: BreakerLimits;
}

/**
 * What an economy shows and takes, as it is set up.
 * @param group of equal elements whose number does not count; absent: everything counts
 */
export function describeWorldInterface(
  world: World,
  { params, limits }: Pick<LaneOptions, "params" | "limits">,
  group?: ElementGroup,
): ControllerInterface {
  const { actions } = world;
  const description = {
    economy: world.id,
    stepDays: params["stepDays"] ?? null,
    decimals: isEconomy(world) ? world.token.decimals : null,
    observations: Object.entries(world.observations).map(([name, { unit, low, high }]) => ({ name, unit, low, high })),
    actions:
      actions.kind === "discrete"
        ? { count: actions.count }
        : Object.entries(actions.fields).map(([name, { unit, low, high, maxMove, start }]) => ({
            name,
            unit,
            low,
            high,
            maxMove,
            start,
          })),
    delays: { observation: world.observationDelay, action: world.actionDelay },
    limits,
  };
  return group ? ofAnySize(description, group) : description;
}

/** Of a group's elements the first alone; `bittensor-v1@16` is `bittensor-v1`. */
function ofAnySize(description: ControllerInterface, group: ElementGroup): ControllerInterface {
  const { economy, observations, actions } = description;
  return {
    ...description,
    economy: withoutSubnets(economy),
    observations: withoutSize(observations, group, group.observations),
    actions: "count" in actions ? actions : withoutSize(actions, group, group.actions),
  };
}

type Described = Pick<
  LearnedController,
  "economy" | "stepDays" | "decimals" | "observations" | "actions" | "delays" | "limits"
>;

/** What a controller was trained to see and to move. */
export function describeInterface(controller: Described): ControllerInterface {
  const { economy, stepDays, decimals, observations, actions, delays, limits } = controller;
  return {
    economy,
    stepDays,
    decimals,
    observations: observations.map(({ name, unit, low, high }) => ({ name, unit, low, high })),
    actions: isControls(actions)
      ? actions.map(({ name, unit, low, high, maxMove, start }) => ({ name, unit, low, high, maxMove, start }))
      : { count: actions.count },
    delays,
    limits,
  };
}

/** What a world has to agree with: of a controller that decides on each element of a group, whatever their number. */
export function describeNeeds(controller: Described & Pick<LearnedController, "structure">): ControllerInterface {
  const group = controller.structure?.group;
  const description = describeInterface(controller);
  return group ? ofAnySize(description, group) : description;
}

/** SHA-256 of an interface: controllers and economies with equal ones fit together. */
export function hashInterface(description: ControllerInterface): string {
  return hashOf(description);
}
