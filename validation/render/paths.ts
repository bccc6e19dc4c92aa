import { render } from "../../env/economies/render/index.js";
import type { Flows, Shocks, State } from "../../env/economies/render/records.js";
import { type LivedPath, type LiveOptions, livePathsOf, paramsOf } from "../live-paths.js";
import type { PathController } from "../plain-path.js";

export type PathOptions = LiveOptions<State, Flows, Shocks>;
export type Path = LivedPath<State>;

/** Values of all parameters in a scenario. */
export const scenarioParams = (scenario?: string, overrides?: Readonly<Record<string, number>>) =>
  paramsOf(render, scenario, overrides);

/** Episodes of render by plain calls. */
export const livePaths = (controller: PathController, options: PathOptions = {}): Path[] =>
  livePathsOf(render, controller, options);
