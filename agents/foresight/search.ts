import { counterRandom } from "../../core/bootstrap.js";
import { pcg4d } from "../../core/random.js";
import { mean } from "../../core/statistics.js";
import { type Climb, type ClimbSettings, climbOn, startClimb } from "./climb.js";
import type { Market, TableGradient } from "./table-gradient.js";

/** What was found for one market. */
export interface Found {
  /** Mean objective per control step, as the search saw it. */
  readonly value: number;
  readonly knots: Float32Array;
  /** Of each start: value there, best value from there, and whether the search had converged. */
  readonly climbs: readonly { readonly started: number; readonly value: number; readonly isConverged: boolean }[];
}

/** How far the search has come. */
export interface SearchProgress {
  /** Searches that have ended, of all. */
  readonly done: number;
  readonly of: number;
  /** Gradients of one episode so far, and in all if the rest takes as many as what has ended. */
  readonly gradients: number;
  readonly expected: number;
}

interface SearchOptions {
  readonly gradient: TableGradient;
  /** Rules of `gradient` whose requests are starts. */
  readonly rules: number;
  /** Starts at random around those of the rules, in turns. */
  readonly randomStarts: number;
  readonly markets: readonly Market[];
  readonly seed: number;
  readonly climb: ClimbSettings;
}

/** Deviation of a random start from a rule's requests: of a lever over the whole episode, and of each knot. */
const SPREAD = { lever: 0.4, knot: 0.2 };

interface Task {
  readonly market: number;
  readonly start: number;
  readonly climb: Climb;
}

/**
 * Requests for each market whose shocks are all known, by Adam from several starts. Yields after each gradient; what was found so far
 * may be asked for at any time. Markets do not touch each other: the result is the same whatever runs at the same time.
 */
export function searchRequests(options: SearchOptions) {
  const { gradient, markets, climb: settings } = options;
  const starts = options.rules + options.randomStarts;
  const of = markets.length * starts;
  const startOf = starter(options);
  const tasks: Task[] = [];
  const ended: Task[] = [];
  let gradients = 0;
  let entered = 0;
  const refill = () => {
    for (; entered < of && tasks.length < gradient.numLanes; entered++) {
      const [market, start] = [Math.floor(entered / starts), entered % starts];
      tasks.push({ market, start, climb: startClimb(startOf(market, start)) });
    }
  };
  function* steps(): Generator<SearchProgress> {
    for (refill(); tasks.length > 0; refill()) {
      const now = tasks.splice(0);
      const { values, slopes } = gradient.evaluate(
        now.map(({ market }) => markets[market]!),
        now.map(({ climb }) => climb.point),
      );
      gradients += now.length;
      for (const [i, task] of now.entries()) {
        const climb = climbOn(task.climb, values[i]!, slopes[i]!, settings);
        (climb.isDone ? ended : tasks).push({ ...task, climb });
      }
      yield { done: ended.length, of, gradients, expected: Math.max(gradients, of * usualLength(ended, settings)) };
    }
  }
  return {
    steps,
    /** By market; undefined for one that the search has not come to. */
    found: (): readonly (Found | undefined)[] => collect(markets.length, [...ended, ...tasks]),
  };
}

/** The starts of markets that are asked for in their order: rules are run on as many markets as fit at a time. */
function starter({ gradient, rules, markets, seed }: SearchOptions): (market: number, start: number) => Float32Array {
  let [from, to] = [0, 0];
  let bases: readonly (readonly Float32Array[])[] = [];
  return (market, start) => {
    if (market >= to) {
      [from, to] = [market, Math.min(market + gradient.numLanes, markets.length)];
      bases = Array.from({ length: rules }, (_, rule) => gradient.play(rule, markets.slice(from, to)));
    }
    const base = bases[start % rules]![market - from]!;
    return start < rules ? base : scatter(base, gradient.levers, counterRandom(pcg4d(seed, market, start, 0).a));
  };
}

/** A start at random around another. @param random uniform on (0, 1) */
function scatter(base: Float32Array, levers: number, random: () => number): Float32Array {
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const shifts = Array.from({ length: levers }, () => SPREAD.lever * normal());
  return base.map((x, i) => Math.min(1, Math.max(-1, x + shifts[i % levers]! + SPREAD.knot * normal())));
}

function usualLength(ended: readonly Task[], { iterations }: ClimbSettings): number {
  return ended.length === 0 ? iterations : mean(ended.map(({ climb }) => climb.iterations));
}

function collect(markets: number, tasks: readonly Task[]): readonly (Found | undefined)[] {
  const byMarket = Array.from({ length: markets }, (): Task[] => []);
  for (const task of tasks) byMarket[task.market]!.push(task);
  return byMarket.map((own) => {
    const seen = own.filter(({ climb }) => climb.iterations > 0).sort((a, b) => a.start - b.start);
    if (seen.length === 0) return undefined;
    const best = seen.reduce((a, b) => (b.climb.value > a.climb.value ? b : a)).climb;
    const climbs = seen.map(({ climb: { started, value, isConverged } }) => ({ started, value, isConverged }));
    return { value: best.value, knots: best.best, climbs };
  });
}
