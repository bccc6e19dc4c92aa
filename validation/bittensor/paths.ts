import { bittensor } from "../../env/economies/bittensor/index.js";
import type { Flows, State } from "../../env/economies/bittensor/records.js";
import type { Economy } from "../../env/economy.js";
import { type LivedPath, type LiveOptions, livePathsOf } from "../live-paths.js";
import { hold, type PathController } from "../plain-path.js";

export interface PathOptions extends LiveOptions<State, Flows> {
  /** With another number of subnets. */
  readonly economy?: Economy;
}
export type Path = LivedPath<State>;

/** Requests nothing: the protocol's own values stay in force. */
export const protocol: PathController = hold();

/** Episodes of bittensor by plain calls, 50 unless more are asked for. */
export const livePaths = (controller: PathController, { economy = bittensor, ...options }: PathOptions = {}): Path[] =>
  livePathsOf(economy, controller, { paths: 50, ...options });
