import type { Economy } from "../env/economy.js";
import type { Figure, PathSeries, Way } from "./lanes.js";

/** One number of one path. */
export type Measure = (path: PathSeries) => number;

/** A range that is held to be plausible, and why. */
interface Target {
  readonly low: number;
  readonly high: number;
  readonly why: string;
}

/** A figure of the economy beside the real one. */
export interface Observable {
  readonly name: string;
  readonly measure: Measure;
  readonly percent?: boolean;
  readonly target?: Target;
  /** What is known of the real economy, with date and source; `none` says why there is nothing. */
  readonly real: string;
}

/** What must follow from a change: the measure rises (1) or falls (-1) on most paths. */
interface Effect {
  readonly text: string;
  readonly measure: Measure;
  readonly sign: 1 | -1;
  /** A wish, whose failure is shown but is no failure of the page. */
  readonly wish?: boolean;
}

/** How a side of an experiment departs from the real rule in `base`. */
export type Side = Omit<Partial<Way>, "rule" | "late"> & {
  /** Id of another rule. */
  readonly rule?: string;
};

/** Two ways of living the same shocks, and what must differ between them. */
export interface Experiment {
  readonly name: string;
  readonly kind: "statics" | "closed loop";
  readonly days?: number;
  readonly from: Side;
  readonly to: Side;
  readonly effects: readonly Effect[];
}

/** Half-day steps against one-day steps. */
export interface HalfDays {
  /** Beside the market's own: shocks of mean 0 and variance 1 that add up over the day. */
  readonly normals?: readonly string[];
  /** Beside the market's own: uniform numbers that decide whether something happens in a day. */
  readonly chances?: readonly string[];
  /** Figures read at the end of each day; rates and levels, not amounts per step. `scale` is what a difference is divided by where the mean is near 0. */
  readonly figures: Readonly<Record<string, { readonly figure: Figure; readonly scale?: number }>>;
  /** Largest difference of the means, relative. */
  readonly tolerance: number;
}

/** What validation looks at in one economy. */
export interface ValidationSpec {
  readonly economy: Economy;
  /** What the economy's rule in force does, under which paths are lived. */
  readonly ruleDoc: string;
  /** Id of a rule that looks, where the one in force does not: a late decision matters only where decisions change. */
  readonly feedback?: string;
  /** Series kept beside the standard ones, for the measures. */
  readonly figures: Readonly<Record<string, Figure>>;
  /** Beside those that every economy has (see `facts.ts`). */
  readonly observables: readonly Observable[];
  /** A figure that is plotted as a band over time, beside the price. */
  readonly plotted: { readonly figure: string; readonly label: string };
  readonly experiments: readonly Experiment[];
  readonly halfDays?: HalfDays;
  /** Units of everything that is counted in tokens; the token's symbol unless there is another token beside it. */
  readonly tokenUnits?: readonly string[];
  /** Units that grow with the size of the network, beside the tokens and USD. */
  readonly sizeUnits: readonly string[];
  /** What a reader of the figures should know. */
  readonly notes: readonly string[];
}

/** Mean over the days of a series. */
export const meanOf =
  (name: string): Measure =>
  (path) => {
    const values = path[name]!;
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i]!;
    return sum / values.length;
  };

/** Mean over the days first .. last-1. */
export const meanBetween =
  (name: string, first: number, last: number): Measure =>
  (path) =>
    meanOf(name)({ [name]: path[name]!.subarray(first, last) });

export const endOf =
  (name: string): Measure =>
  (path) =>
    path[name]!.at(-1)!;

/** Sum of one series over the sum of another; 0 where both are 0. */
export const totalOver =
  (above: string, below: string): Measure =>
  (path) => {
    const [a, b] = [meanOf(above)(path), meanOf(below)(path)];
    return a === 0 && b === 0 ? 0 : a / b;
  };

/** Every control where it starts, which is where it is in force: to hold all but one. */
export function startActions({ actions }: Economy): Readonly<Record<string, number>> {
  const fields = actions.kind === "continuous" ? actions.fields : {};
  return Object.fromEntries(Object.entries(fields).map(([name, { start }]) => [name, start]));
}
