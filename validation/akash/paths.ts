import { akash } from "../../env/economies/akash/index.js";
import type { Flows, Shocks, State } from "../../env/economies/akash/records.js";
import { type LivedPath, type LiveOptions, livePathsOf, paramsOf } from "../live-paths.js";
import type { PathController } from "../plain-path.js";

export type PathOptions = LiveOptions<State, Flows, Shocks>;
export type Path = LivedPath<State>;

/** Values of all parameters in a scenario. */
export const scenarioParams = (scenario?: string, overrides?: Readonly<Record<string, number>>) =>
  paramsOf(akash, scenario, overrides);

/** Episodes of akash by plain calls. */
export const livePaths = (controller: PathController, options: PathOptions = {}): Path[] =>
  livePathsOf(akash, controller, options);

/** A constant request. */
export function constantPath(issuance: number, burnShare: number, fee: number): PathController {
  return (_o, a) => {
    a["issuance"] = issuance;
    a["burnShare"] = burnShare;
    a["fee"] = fee;
  };
}

/** The Cosmos rule in the band of 4 to 8 % that Akash runs, half of the fees burned, 12 % fee. */
export const cosmosPath: PathController = (o, a, _step, memory) => {
  const rate = (memory["rate"] ?? 0.08) + ((1 - o["bondedRatio"]! / 0.67) * 0.13) / 365;
  memory["rate"] = Math.min(Math.max(rate, 0.04), 0.08);
  a["issuance"] = memory["rate"];
  a["burnShare"] = 0.5;
  a["fee"] = 0.12;
};
