import type { ValidationSpec } from "./spec.js";
import { akashSpec } from "./specs/akash.js";
import { bittensorSpec } from "./specs/bittensor.js";
import { renderSpec } from "./specs/render.js";
import { worldcoinSpec } from "./specs/worldcoin.js";

/** What is looked at in each economy, in the order of the page: one for every economy of the list. */
export const SPECS: readonly ValidationSpec[] = [akashSpec, bittensorSpec, renderSpec, worldcoinSpec];
