import { UserError } from "../core/errors.js";
import { type Economy, isEconomy } from "./economy.js";
import type { StateValues, Values, World } from "./world.js";

/** Random draws that are checked ahead of a run that makes many: of a failure in one draw of a thousand, 98 % of all runs hear before the start. */
export const CHECKED_DRAWS = 4096;

/**
 * Parameters may all lie in their ranges and still ask for more tokens than there are: a vault larger than the supply.
 * @throws UserError `E_PARAM_ACCOUNT` naming the account that would start below 0
 */
export function checkStartAccounts(world: World, params: Readonly<Values>): void {
  if (!isEconomy(world)) return;
  const overdrawn = firstOverdrawn(world, { ...params }, { seed: 0, episode: 0, stream: 0 }, emptyState(world));
  if (overdrawn !== undefined) throw tooFewTokens(`these parameters of ${world.id}`, overdrawn, world, params);
}

/** Which episodes draw their parameters. */
interface Draws {
  readonly seed: number;
  /** First random streams, as the lane driver's control record names them. */
  readonly streams: { readonly scenario: number; readonly reset: number };
  /** Index of the first episode; default 0. */
  readonly first?: number;
  /** Default {@link CHECKED_DRAWS}. */
  readonly count?: number;
}

/**
 * As {@link checkStartAccounts}, for every draw of the random scenario among these episodes: the centre of a range may do where a draw
 * does not.
 * @param params before any draw
 * @throws UserError `E_PARAM_ACCOUNT` naming the seed, the episode, the account and the drawn parameters that decide
 */
export function checkDrawnAccounts(world: World, params: Readonly<Values>, draws: Draws): void {
  const { seed, streams, first = 0, count = CHECKED_DRAWS } = draws;
  if (!isEconomy(world)) return;
  const drawn: Values = { ...params };
  const state = emptyState(world);
  for (let i = 0; i < count; i++) {
    const episode = (first + i) >>> 0;
    const key = { seed, episode, stream: streams.reset };
    try {
      world.functions.drawParams(drawn, { seed, episode, day: 0, stream: streams.scenario }, world.uses);
    } catch {
      // A function that does not even run is reported, with its place, where it is compiled.
      return;
    }
    const overdrawn = firstOverdrawn(world, drawn, key, state);
    if (overdrawn === undefined) continue;
    const decisive = world.varying.filter(
      (name) => firstOverdrawn(world, { ...drawn, [name]: params[name]! }, key, state) === undefined,
    );
    const where = [`seed ${seed}`, `episode ${episode}`, ...decisive.map((name) => `${name} drawn ${short(drawn[name]!)}`)];
    throw tooFewTokens(
      `random draws from these parameters of ${world.id}`,
      `${overdrawn} (${where.join(", ")})`,
      world,
      params,
    );
  }
}

interface StartKey {
  readonly seed: number;
  readonly episode: number;
  readonly stream: number;
}

type State = Record<string, number | number[]>;

function emptyState({ state }: Economy): State {
  const zero = (length: number | undefined) => (length === undefined ? 0 : new Array<number>(length).fill(0));
  return Object.fromEntries(Object.entries(state).map(([name, { length }]) => [name, zero(length)]));
}

/** The first account that starts below 0 and its amount. @param state is overwritten */
function firstOverdrawn(world: Economy, params: Values, { seed, episode, stream }: StartKey, state: State): string | undefined {
  try {
    world.functions.reset(state as StateValues, params, { seed, episode, day: 0, stream }, world.uses);
  } catch {
    // A function that does not even run is reported, with its place, where it is compiled.
    return;
  }
  const account = world.balances.find((name) => (state[name] as number) < 0);
  if (account === undefined) return;
  return `${account} at ${short(state[account] as number)} ${world.token.symbol}`;
}

function tooFewTokens(what: string, overdrawn: string, world: World, params: Readonly<Values>): UserError {
  const changed = Object.entries(params).filter(([name, value]) => value !== world.params[name]!.value);
  const given = changed.map(([name, value]) => `${name} ${value}`).join(", ");
  return new UserError(
    "E_PARAM_ACCOUNT",
    `${what} start the account ${overdrawn}: ${given || "the default values"}`,
    "more tokens are set aside than there are: raise the supply, or set aside less",
  );
}

const short = (value: number): number => Number(value.toPrecision(6));
