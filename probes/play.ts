import type { Split } from "../core/random.js";
import { stream } from "../core/random.js";
import type { Values, World } from "../env/world.js";

interface PlayOptions {
  readonly episodes: number;
  readonly seed: number;
  readonly split: Split;
  /** Discount of the return; 1 for the plain sum. */
  readonly gamma: number;
  /** Control steps; default is the world's horizon. */
  readonly horizon?: number;
}

/** Reads the observation and writes the action; `episode` and `day` may key its random numbers. */
export type Play = (o: Readonly<Values>, a: Values, episode: number, day: number) => void;

/**
 * Discounted return of each episode, by the world's plain functions and nothing else: no driver, breakers or compiler. Meant
 * as the independent check of those, and for closed forms of worlds without delays.
 */
export function playEpisodes(world: World, play: Play, options: PlayOptions): Float64Array {
  const p: Values = Object.fromEntries(Object.entries(world.params).map(([name, { value }]) => [name, value]));
  return Float64Array.from({ length: options.episodes }, (_, episode) => playEpisode(world, play, p, episode, options));
}

function playEpisode(world: World, play: Play, p: Values, episode: number, options: PlayOptions): number {
  const { functions, uses, objectives } = world;
  const weights = Object.entries(Object.values(objectives)[0]!);
  const { seed, split, gamma, horizon = world.horizon } = options;
  const market = stream("market", split);
  const [s, o, a, z, f, r]: Values[] = [{}, {}, {}, {}, {}, {}];
  functions.reset(s!, p, { seed, episode, day: 0, stream: stream("reset", split) }, uses);
  let discounted = 0;
  let discount = 1;
  for (let day = 0; day < horizon; day++) {
    functions.observe(o!, s!, p, z!, uses);
    play(o!, a!, episode, day);
    functions.draw(z!, { seed, episode, day, stream: market }, uses);
    functions.step(s!, p, a!, z!, f!, uses);
    functions.objective(r!, s!, p, a!, f!, uses);
    for (const [term, weight] of weights) discounted += discount * weight * r![term]!;
    if (functions.terminated(s!, p, f!, uses) === 1) break;
    discount *= gamma;
  }
  return discounted;
}
