import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { isEconomy } from "./economy.js";
import type { Objective, Values, World } from "./world.js";

/** Name of the training distribution: the parameters of every episode are drawn by the world. Not a held-out scenario. */
export const RANDOM_SCENARIO = "random";

interface ParamChoice {
  /** Of an economy; without it the default values. */
  readonly preset?: string | undefined;
  /** A named scenario or {@link RANDOM_SCENARIO}; default `base`. */
  readonly scenario?: string | undefined;
  /** Changed values by name, for example of a params file. Scenarios are applied on top. */
  readonly params?: Readonly<Record<string, number>> | undefined;
}

/**
 * All parameters of a world: default values, then preset, then given values, then scenario.
 * @throws UserError for an unknown name, a value that is not a number or not within the parameter's range, shares that do not add up
 */
export function resolveParams(world: World, choice: ParamChoice = {}): Values {
  const values = Object.fromEntries(Object.entries(world.params).map(([name, { value }]) => [name, value]));
  const resolved = {
    ...values,
    ...presetOverrides(world, choice.preset),
    ...checkParams(world, choice.params ?? {}),
    ...scenarioOverrides(world, choice.scenario ?? "base"),
  };
  checkSums(world, resolved);
  return resolved;
}

/** Rounding of a few decimal fractions is forgiven. */
const SUM_TOLERANCE = 1e-9;

function checkSums({ id, sums = [] }: World, values: Readonly<Values>): void {
  for (const { params, total } of sums) {
    const sum = params.reduce((soFar, name) => soFar + values[name]!, 0);
    if (Math.abs(sum - total) <= SUM_TOLERANCE * Math.max(1, Math.abs(total))) continue;
    const given = params.map((name) => `${name} ${values[name]}`).join(" + ");
    const message = `parameters of ${id} add up to ${Number(sum.toPrecision(9))}, they must add up to ${total}: ${given}`;
    throw new UserError("E_PARAM_SUM", message, "change the others along with the one that you set");
  }
}

/** Values of varying parameters that a scenario sets; none for {@link RANDOM_SCENARIO}. */
export function scenarioOverrides(world: World, scenario: string): Readonly<Record<string, number>> {
  if (scenario === RANDOM_SCENARIO) return {};
  const found = Object.hasOwn(world.scenarios, scenario) ? world.scenarios[scenario] : undefined;
  if (found) return found.overrides;
  const names = [...Object.keys(world.scenarios), RANDOM_SCENARIO];
  throw new UserError("E_SCENARIO", `${world.id} has no scenario ${scenario}`, suggest(scenario, names));
}

/** Weights of the objective's terms; without a name the first, default preset. */
export function resolveWeights(world: World, objective?: string): Objective {
  const names = Object.keys(world.objectives);
  const name = objective ?? names[0]!;
  if (Object.hasOwn(world.objectives, name)) return world.objectives[name]!;
  throw new UserError("E_OBJECTIVE", `${world.id} has no objective ${name}`, suggest(name, names));
}

/** @throws UserError naming the parameter, unless all names are parameters among `allowed` and all values in range */
export function checkParams(
  world: World,
  params: Readonly<Record<string, number>>,
  allowed: readonly string[] = Object.keys(world.params),
): Readonly<Record<string, number>> {
  for (const [name, value] of Object.entries(params)) {
    const spec = allowed.includes(name) ? world.params[name] : undefined;
    if (!spec) {
      const what = Object.hasOwn(world.params, name) ? "is the same for all episodes" : "does not exist";
      throw new UserError("E_PARAM_NAME", `parameter ${name} of ${world.id} ${what}`, suggest(name, allowed));
    }
    if (!(typeof value === "number" && value >= spec.low && value <= spec.high)) {
      throw new UserError(
        "E_PARAM_RANGE",
        `parameter ${name} is ${value}, allowed is ${spec.low} .. ${spec.high} (${spec.unit})`,
        "give a number within the range",
      );
    }
  }
  return params;
}

function presetOverrides(world: World, preset: string | undefined): Readonly<Record<string, number>> {
  if (preset === undefined) return {};
  const presets = isEconomy(world) ? world.presets : {};
  if (Object.hasOwn(presets, preset)) return presets[preset]!.overrides;
  const names = Object.keys(presets);
  const hint = names.length > 0 ? suggest(preset, names) : "leave the preset out";
  throw new UserError("E_PRESET", `${world.id} has no preset ${preset}`, hint);
}
