import type { ValidationSpec } from "./spec.js";
import { akashSpec } from "./specs/akash.js";
import { bittensorSpec } from "./specs/bittensor.js";
import { renderSpec } from "./specs/render.js";
import { worldcoinSpec } from "./specs/worldcoin.js";

/** Every economy that the page is about, in its order. */
export const SPECS: readonly ValidationSpec[] = [akashSpec, bittensorSpec, renderSpec, worldcoinSpec];
