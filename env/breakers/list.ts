import { actionBand } from "./action-band.js";
import { dailySupplyCap } from "./daily-supply-cap.js";
import { drawdownHalt } from "./drawdown-halt.js";
import { volatilityHalt } from "./volatility-halt.js";
import { windowSupplyCap } from "./window-supply-cap.js";

/**
 * All circuit breakers, in the order of their memory. The lane driver, limits and their checks, saved states, controller files and the
 * page of assumptions follow from this list.
 */
export const BREAKERS = [drawdownHalt, volatilityHalt, dailySupplyCap, windowSupplyCap, actionBand] as const;
