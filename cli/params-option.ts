import type { Economy } from "../env/economy.js";
import { parseParamsFile, readParams } from "../env/params-file.js";
import { readInputText } from "./input-file.js";
import type { Io } from "./io.js";

/** Values of the file that `--params` names; none without one. @throws UserError when it is no params file of this economy */
export function paramsOption(io: Io, path: string | undefined, economy: Economy): Readonly<Record<string, number>> {
  return path === undefined ? {} : readParams(parseParamsFile(readInputText(io, path)), economy);
}
