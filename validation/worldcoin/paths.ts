import { worldcoin } from "../../env/economies/worldcoin/index.js";
import type { Flows, Shocks, State } from "../../env/economies/worldcoin/records.js";
import { type LivedPath, type LiveOptions, livePathsOf, paramsOf } from "../live-paths.js";
import { hold, type PathController } from "../plain-path.js";

export type PathOptions = LiveOptions<State, Flows, Shocks>;
export type Path = LivedPath<State>;

/** Values of all parameters in a scenario. */
export const scenarioParams = (scenario?: string, overrides?: Readonly<Record<string, number>>) =>
  paramsOf(worldcoin, scenario, overrides);

/** Episodes of worldcoin by plain calls. */
export const livePaths = (controller: PathController, options: PathOptions = {}): Path[] =>
  livePathsOf(worldcoin, controller, options);

export const constantPath = (grant: number, release: number, burnShare: number): PathController =>
  hold({ grant, release, burnShare });

/** What runs today: the grant as the table has it, release and burn share where they start. */
export const tablePath: PathController = hold();
