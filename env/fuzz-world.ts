import { UserError } from "../core/errors.js";
import { stream, uniform4 } from "../core/random.js";
import type { Env, StepResult } from "./contract.js";
import { isEconomy } from "./economy.js";
import { makeEnv } from "./environment.js";
import { parseEnvOptions } from "./settings.js";
import { sample } from "./spaces.js";
import type { StateValues, World } from "./world.js";

/** Allowed parameters under which something stops being a number. */
interface Breakage {
  /** As few parameters away from their values as show it. */
  readonly params: Readonly<Record<string, number>>;
  /** What is not finite, for example `flow price is NaN`. */
  readonly what: string;
  readonly day: number;
}

interface FuzzOptions {
  readonly seed: number;
  /** Sets of parameters to try, and control steps to play with each. */
  readonly trials: number;
  readonly steps: number;
}

type Params = Readonly<Record<string, number>>;

/**
 * Plays a world with parameters anywhere in their ranges, their ends above all, and looks for numbers that are not finite. Half of
 * the trials move one parameter in eight, so that single ranges are seen beside everything at once.
 * @returns the first breakage found, or undefined
 */
export function fuzzWorld(world: World, { seed, trials, steps }: FuzzOptions): Breakage | undefined {
  for (let trial = 0, played = 0; played < trials && trial < MOST_DRAWS * trials; trial++) {
    const params = drawParams(world, seed, trial, trial % 2 === 0 ? 1 / 8 : 1);
    if (isRefused(world, params)) continue;
    played++;
    if (playWith(world, params, seed, steps)) return shrink(world, params, seed, steps);
  }
  return undefined;
}

/** So many sets are drawn for each that is played; the others set more tokens aside than there are. */
const MOST_DRAWS = 8;

function isRefused(world: World, params: Params): boolean {
  try {
    parseEnvOptions(world, { params });
    return false;
  } catch (error) {
    if (error instanceof UserError && error.code === "E_PARAM_ACCOUNT") return true;
    throw error;
  }
}

/**
 * A share `moved` of the parameters away from their values: at the low end, the high end or anywhere between. Shares that must add up
 * stay as they are.
 */
function drawParams({ params, sums = [] }: World, seed: number, trial: number, moved: number): Params {
  const tied = new Set(sums.flatMap((sum) => sum.params));
  const entries = Object.entries(params).flatMap(([name, { low, high }], i): [string, number][] => {
    const draw = uniform4(seed, trial, i, stream("host", "selection"));
    if (tied.has(name) || draw.a > moved) return [];
    return [[name, draw.b < 1 / 3 ? low : draw.b < 2 / 3 ? high : low + (high - low) * draw.c]];
  });
  return Object.fromEntries(entries);
}

/** Puts parameters back to their values, one after the other, as long as it still breaks. */
function shrink(world: World, params: Params, seed: number, steps: number): Breakage {
  let least = params;
  for (const name of Object.keys(params)) {
    const { [name]: _, ...without } = least;
    if (!isRefused(world, without) && playWith(world, without, seed, steps)) least = without;
  }
  return { params: least, ...playWith(world, least, seed, steps)! };
}

function playWith(plain: World, params: Params, seed: number, steps: number): Omit<Breakage, "params"> | undefined {
  const { world, wrongState } = watchState(plain);
  const env = makeEnv(world, { params });
  let draws = 0;
  const random = () => uniform4(seed, 0, draws++, stream("host", "test")).a;
  const { observation } = env.reset({ seed });
  const atStart = firstOdd("observation", env.spec.observationNames, observation);
  if (atStart) return { what: atStart, day: 0 };
  for (let day = 1; day <= steps; day++) {
    const result = env.step(sample(env.spec.actionSpace, random));
    const what = oddNumber(env, result) ?? wrongState();
    if (what) return { what, day };
    if (result.terminated || result.truncated) return undefined;
  }
  return undefined;
}

/** Rounding of amounts of some 1e9 tokens. */
const OVERDRAFT = -1e-6;

/**
 * The world, and what was wrong with its state when it was last observed: a number that is not finite (which a clamp further on may
 * hide from all that is reported), or an account below 0.
 */
function watchState(world: World): { readonly world: World; readonly wrongState: () => string | undefined } {
  const balances = isEconomy(world) ? world.balances : [];
  let state: StateValues = {};
  const observe: World["functions"]["observe"] = (o, s, p, z, u) => {
    state = s;
    world.functions.observe(o, s, p, z, u);
  };
  const wrongState = () => {
    const odd = Object.keys(state).find((field) => ![state[field]!].flat().every(Number.isFinite));
    if (odd) return `state ${odd} is ${state[odd]}`;
    const name = balances.find((account) => state[account]! < OVERDRAFT);
    return name && `account ${name} is ${state[name]}`;
  };
  return { world: { ...world, functions: { ...world.functions, observe } }, wrongState };
}

function oddNumber({ spec }: Env, { observation, reward, costs, info }: StepResult): string | undefined {
  return (
    firstOdd("flow", Object.keys(info.flows), Object.values(info.flows)) ??
    firstOdd("term", Object.keys(info.terms), Object.values(info.terms)) ??
    firstOdd("observation", spec.observationNames, observation) ??
    firstOdd(
      "cost",
      spec.constraints.map(({ name }) => name),
      costs,
    ) ??
    (Number.isFinite(reward) ? undefined : `reward is ${reward}`)
  );
}

function firstOdd(kind: string, names: readonly string[], values: ArrayLike<number>): string | undefined {
  const at = names.findIndex((_, i) => !Number.isFinite(values[i]));
  return at < 0 ? undefined : `${kind} ${names[at]} is ${values[at]}`;
}
