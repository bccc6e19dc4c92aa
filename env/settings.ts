import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import type { Split } from "../core/random.js";
import { SPLIT, stream } from "../core/random.js";
import type { BreakerLimits } from "./breakers/limits.js";
import { parseLimits } from "./breakers/limits.js";
import type { ResetOptions } from "./contract.js";
import type { LaneOptions } from "./lane/uses.js";
import { RANDOM_SCENARIO, resolveParams, resolveWeights, scenarioOverrides } from "./params.js";
import { checkStartAccounts } from "./start-accounts.js";
import type { World } from "./world.js";

export interface EnvOptions {
  /** Of an economy. */
  readonly preset?: string;
  /** Changed parameters, for example of a params file. */
  readonly params?: Readonly<Record<string, number>>;
  /** Default of every reset: a named scenario, or `random` for parameters drawn as in training. Default `base`. */
  readonly scenario?: string;
  /** Weight preset of the objective; default is the world's first. */
  readonly objective?: string;
  readonly limits?: Partial<BreakerLimits>;
  /** Control steps; default is the world's. */
  readonly horizon?: number;
  /** Which markets: training, selection and test never see the same ones. Default `train`. */
  readonly split?: Split;
  /** Block of markets within the split, 0 .. 1023; default 0. */
  readonly block?: number;
  /** u32, used until a reset gives another; default 0. */
  readonly seed?: number;
}

/** Checked options with their defaults filled in. */
export interface EnvSettings {
  /** `params` are without any scenario. */
  readonly lane: LaneOptions;
  readonly scenario: string;
  readonly horizon: number;
  readonly seed: number;
  /** First streams of the random numbers, as the lane driver's control record names them. */
  readonly streams: { readonly market: number; readonly scenario: number; readonly reset: number; readonly policy: number };
}

export function parseEnvOptions(world: World, options: EnvOptions): EnvSettings {
  checkKeys("option", options, OPTION_KEYS);
  const { preset, params, scenario = "base", split = "train" } = options;
  const block = checkWhole("block", options.block ?? 0, 0, 1023);
  if (!Object.hasOwn(SPLIT, split)) {
    throw new UserError("E_SPLIT", `there is no split ${split}`, suggest(split, Object.keys(SPLIT)));
  }
  const resolved = resolveParams(world, { preset, params, scenario: RANDOM_SCENARIO });
  checkStartAccounts(world, { ...resolved, ...scenarioOverrides(world, scenario) });
  return {
    lane: {
      weights: resolveWeights(world, options.objective),
      limits: parseLimits(options.limits),
      params: resolved,
    },
    scenario,
    horizon: checkWhole("horizon", options.horizon ?? world.horizon, 1, 1_000_000),
    seed: checkWord("seed", options.seed ?? 0),
    streams: {
      market: stream("market", split, block),
      scenario: stream("scenario", split, block),
      reset: stream("reset", split, block),
      policy: stream("policy", split, block),
    },
  };
}

const OPTION_KEYS: Record<keyof EnvOptions, true> = {
  preset: true,
  params: true,
  scenario: true,
  objective: true,
  limits: true,
  horizon: true,
  split: true,
  block: true,
  seed: true,
};
export const RESET_KEYS: Record<keyof ResetOptions, true> = { scenario: true, params: true, day: true, episode: true };

/** @throws UserError for a key that does not exist, naming the nearest: a misspelt option must not be ignored */
export function checkKeys(what: string, given: object, allowed: Readonly<Record<string, true>>): void {
  for (const key of Object.keys(given)) {
    if (Object.hasOwn(allowed, key)) continue;
    throw new UserError("E_OPTION", `there is no ${what} ${key}`, suggest(key, Object.keys(allowed)));
  }
}

export function checkWord(what: string, value: number): number {
  return checkWhole(what, value, 0, 2 ** 32 - 1);
}

export function checkWhole(what: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new UserError("E_OPTION_RANGE", `${what} is ${value}, allowed are whole numbers ${low} .. ${high}`, `change ${what}`);
}
