import type { Economy } from "../env/economy.js";
import type { Io } from "./io.js";

/** Values of the file that `--params` names; none without one. */
export function paramsOption(io: Io, path: string | undefined, economy: Economy): Readonly<Record<string, number>> {
  if (path === undefined) return {};
  throw new Error(`not there yet: ${path} ${economy.id} ${io.cwd}`);
}
