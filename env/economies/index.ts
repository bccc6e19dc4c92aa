import type { Economy } from "../economy.js";
import { akash } from "./akash/index.js";
import { bittensor } from "./bittensor/index.js";
import { render } from "./render/index.js";
import { worldcoin } from "./worldcoin/index.js";

/** Every economy that comes with flyball, oldest version first. A new one is a folder here and an entry in this list. */
export const ECONOMIES: readonly Economy[] = [akash, bittensor, render, worldcoin];
