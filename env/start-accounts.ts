import { UserError } from "../core/errors.js";
import { isEconomy } from "./economy.js";
import type { StateValues, Values, World } from "./world.js";

/**
 * Parameters may all lie in their ranges and still ask for more tokens than there are: a vault larger than the supply.
 * @throws UserError `E_PARAM_ACCOUNT` naming the account that would start below 0
 */
export function checkStartAccounts(world: World, params: Readonly<Values>): void {
  if (!isEconomy(world)) return;
  const state = Object.fromEntries(
    Object.entries(world.state).map(([name, { length }]) => [
      name,
      length === undefined ? 0 : new Array<number>(length).fill(0),
    ]),
  );
  try {
    world.functions.reset(state as StateValues, { ...params }, { seed: 0, episode: 0, day: 0, stream: 0 }, world.uses);
  } catch {
    // A function that does not even run is reported, with its place, where it is compiled.
    return;
  }
  const account = world.balances.find((name) => (state[name] as number) < 0);
  if (account === undefined) return;
  const amount = `${Number((state[account] as number).toPrecision(6))} ${world.token.symbol}`;
  const changed = Object.entries(params).filter(([name, value]) => value !== world.params[name]!.value);
  const given = changed.map(([name, value]) => `${name} ${value}`).join(", ");
  throw new UserError(
    "E_PARAM_ACCOUNT",
    `these parameters of ${world.id} start the account ${account} at ${amount}: ${given || "the default values"}`,
    "more tokens are set aside than there are: raise the supply, or set aside less",
  );
}
