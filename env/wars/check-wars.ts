import { stream, uniform4 } from "../../core/random.js";
import { checkSpec } from "../check-spec.js";
import { type Space, sample } from "../spaces.js";
import { likelyCause, type WarsProblem, type WarsReport } from "./check-wars-rules.js";
import { type Actions, checkWarsReset, checkWarsStep } from "./check-wars-step.js";
import type { PerAgent, WarsEnv, WarsInfo, WarsStep } from "./contract.js";
import { MAX_AGENTS, MIN_AGENTS } from "./plan.js";

interface CheckWarsOptions {
  readonly seed?: number;
  /** Steps of the random play that is looked at closely; default 100. Beside it, one episode is played to its end. */
  readonly steps?: number;
}

/** Plays an environment of several agents and reports every broken rule, with its likely cause; [] when there is none. */
export function checkWars(env: WarsEnv, { seed = 1, steps = 100 }: CheckWarsOptions = {}): WarsProblem[] {
  const found = new Map<string, WarsProblem>();
  const report: WarsReport = (rule, message, agent) => {
    const whose = agent === undefined ? {} : { agent };
    if (!found.has(rule)) found.set(rule, { rule, ...whose, message, likelyCause: likelyCause(rule) });
  };
  if (!checkWarsSpec(env, report)) return [...found.values()];
  for (const check of [lookClosely, repeatEpisode, countEpisodes, reorderActions, changeHandedOut, refuseActions, playToEnd]) {
    try {
      check(env, report, { seed, steps });
    } catch (error) {
      report("throws", error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }
  return [...found.values()];
}

interface Play {
  readonly seed: number;
  readonly steps: number;
}

function checkWarsSpec(env: WarsEnv, report: WarsReport): boolean {
  const { possibleAgents: ids, spec } = env;
  let sound = true;
  const expect = (holds: boolean, message: string) => {
    if (!holds) report("wars-spec", message);
    sound &&= holds;
  };
  expect(ids.length >= MIN_AGENTS && ids.length <= MAX_AGENTS, `there are ${ids.length} possible agents`);
  expect(new Set(ids).size === ids.length, `possible agents repeat: ${ids}`);
  const described = Object.keys(spec.agents);
  expect(
    String(described.toSorted()) === String(ids.toSorted()),
    `the spec is of [${described}], possible agents are [${ids}]`,
  );
  if (!sound) return false;
  for (const id of ids) {
    const agent = spec.agents[id]!;
    sound = checkSpec(agent, (rule, message) => report(rule, message, id)) && sound;
    expect(agent.horizon === spec.horizon, `the horizon of ${id} is ${agent.horizon}, the world's ${spec.horizon}`);
    const spaces = [env.observationSpace(id), env.actionSpace(id)];
    if (JSON.stringify(spaces) !== JSON.stringify([agent.observationSpace, agent.actionSpace])) {
      report("spaces", "the spaces are not those of the spec", id);
    }
  }
  if (!throws(() => env.actionSpace("no such agent")))
    report("spaces", "there is an action space of an agent that does not exist");
  return sound;
}

/** Random play over several episodes; every result is looked at. */
function lookClosely(env: WarsEnv, report: WarsReport, { seed, steps }: Play): void {
  const seen = new Map<Float64Array, string>();
  const keep = (arrays: PerAgent<Float64Array>) => {
    for (const [id, array] of Object.entries(arrays)) {
      if (!(array instanceof Float64Array)) continue;
      if (seen.has(array)) report("results-aliased", `two results hold the very same array, one of them of ${id}`);
      seen.set(array, String([...array]));
    }
  };
  const actions = randomActions(env, seed);
  const start = (request: { readonly seed?: number }): PerAgent<WarsInfo> | undefined => {
    const reset = env.reset(request);
    if (!checkWarsReset(env, reset, report)) return undefined;
    keep(reset.observations);
    return reset.infos;
  };
  let before = start({ seed });
  for (let i = 0; before && i < steps; i++) {
    const acting = [...env.agents];
    const given = actions();
    const printed = print(given);
    const result = env.step(given);
    if (print(given) !== printed) report("action-changed", `step turned the actions ${printed} into ${print(given)}`);
    if (!checkWarsStep(env, { acting, before, actions: given, result }, report)) return;
    keep(result.observations);
    keep(result.costs);
    before = env.agents.length === 0 ? start({}) : result.infos;
  }
  for (const [array, copy] of seen) {
    if (String([...array]) !== copy) report("results-aliased", `an array handed out as [${copy}] later read [${[...array]}]`);
  }
}

/** The same seed and actions must give the same episode, and another seed another one. */
function repeatEpisode(env: WarsEnv, report: WarsReport, { seed, steps }: Play): void {
  const first = record(env, seed, steps);
  const again = record(env, seed, steps);
  if (first[0] !== again[0]) report("reset-seed", "reset with the same seed gave two different starts");
  if (String(first.slice(1)) !== String(again.slice(1)))
    report("step-determinism", "the same actions gave two different episodes");
  const others = [1, 2, 3].map((more) => record(env, (seed + more) >>> 0, steps));
  if (others.every((other) => String(other) === String(first)))
    report("seeds-differ", `seeds ${seed} .. ${seed + 3} give the same episode`);
}

/** Without a seed, reset goes on to the next episode: a different one, and the same one for the same seed. */
function countEpisodes(env: WarsEnv, report: WarsReport, { seed, steps }: Play): void {
  const episodes = () => [record(env, seed, steps), record(env, undefined, steps), record(env, undefined, steps)].map(String);
  const [first, second, third] = episodes();
  if (first === second && second === third) report("reset-next", "three episodes after one seed are the same");
  if (episodes()[1] !== second) report("reset-seed", "the second episode after a seed differs when it is played again");
}

function reorderActions(env: WarsEnv, report: WarsReport, { seed, steps }: Play): void {
  const backwards = (actions: Actions) => Object.fromEntries(Object.entries(actions).reverse());
  if (String(record(env, seed, steps)) !== String(record(env, seed, steps, backwards))) {
    report("actions-order", "the episode changes when the actions are passed in another order of agents");
  }
}

/** A caller may do what it likes with its own actions and with what it was handed. */
function changeHandedOut(env: WarsEnv, report: WarsReport, { seed, steps }: Play): void {
  const first = String(record(env, seed, steps));
  const asIs = (actions: Actions) => actions;
  const overwriteActions = (actions: Actions) => {
    for (const [id, action] of Object.entries(actions)) {
      const space = env.actionSpace(id);
      if (typeof action !== "number" && space.kind === "box") action.set(space.low);
    }
  };
  if (String(record(env, seed, steps, asIs, overwriteActions)) !== first) {
    report("action-kept", "the episode changes when the caller writes to the actions after the step");
  }
  const overwriteResults = (_actions: Actions, { observations }: WarsStep) => {
    for (const array of Object.values(observations)) array.fill(0.123);
  };
  if (String(record(env, seed, steps, asIs, overwriteResults)) !== first) {
    report("observation-trusted", "the episode changes when the caller writes to an observation it was handed");
  }
}

/** Actions that are outside the space, or not of exactly the live agents, must be refused. */
function refuseActions(env: WarsEnv, report: WarsReport, { seed }: Play): void {
  const legal = () => randomActions(env, seed)();
  const tryActions = (actions: PerAgent<Float64Array | number>) => {
    env.reset({ seed });
    return throws(() => env.step(actions));
  };
  env.reset({ seed });
  const whole = legal();
  const [first] = env.possibleAgents;
  const { [first!]: _left, ...without } = whole;
  if (!tryActions(without)) report("actions-agents", `step accepted actions without those of ${first}`);
  if (!tryActions({ ...whole, "no such agent": 0 }))
    report("actions-agents", "step accepted an action of an agent that does not exist");
  for (const id of env.possibleAgents) {
    for (const bad of illegalActions(env.actionSpace(id))) {
      const what = typeof bad === "number" ? String(bad) : `[${[...bad]}]`;
      if (!tryActions({ ...whole, [id]: bad })) report("action-refused", `step accepted the action ${what}`, id);
    }
  }
}

function playToEnd(env: WarsEnv, report: WarsReport, { seed }: Play): void {
  const { horizon } = env.spec;
  const actions = randomActions(env, seed);
  env.reset({ seed });
  for (let steps = 1; steps <= horizon; steps++) {
    const acting = env.agents;
    const given = actions();
    const { terminations, truncations } = env.step(given);
    const cut = acting.filter((id) => truncations[id]);
    if (steps < horizon && cut.length > 0)
      report("horizon", `${cut} was truncated after ${steps} steps of ${horizon}`, cut[0]!);
    const open = acting.filter((id) => !truncations[id] && !terminations[id]);
    if (steps === horizon && open.length > 0) report("horizon-together", `${open} goes on after the world's ${horizon} steps`);
    const dead = acting.find((id) => terminations[id]);
    if (dead !== undefined && env.agents.length > 0 && !throws(() => env.step({ ...actions(), [dead]: given[dead]! }))) {
      report("actions-agents", `step accepted an action of ${dead}, which has ended`);
      return;
    }
    if (env.agents.length === 0) break;
  }
  if (env.agents.length > 0) report("horizon", `${env.agents} are live after ${horizon} steps, the horizon`);
  else if (!throws(() => env.step({}))) report("step-after-end", "step was accepted after all agents had ended");
}

/** One episode as text, a line per reset and step, so that two can be compared whatever the environment returns. */
function record(
  env: WarsEnv,
  seed: number | undefined,
  steps: number,
  arrange: (actions: Actions) => Actions = (actions) => actions,
  meddle: (actions: Actions, result: WarsStep) => void = () => {},
): string[] {
  // The episode's number is left out: it may differ between episodes that are otherwise the same.
  const lines = [print(env.reset(seed === undefined ? {} : { seed }))];
  const actions = randomActions(env, 99);
  for (let i = 0; i < steps && env.agents.length > 0; i++) {
    const given = arrange(actions());
    const result = env.step(given);
    lines.push(print(result));
    meddle(given, result);
  }
  return lines;
}

function print(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (key === "episode") return undefined;
    if (typeof part === "number") return String(part);
    return ArrayBuffer.isView(part) ? Array.from(part as Float64Array, String) : part;
  });
}

/** Arbitrary legal actions of the agents that are live when they are asked for. */
function randomActions(env: WarsEnv, seed: number): () => Actions {
  let draws = 0;
  const random = () => uniform4(seed, 0, draws++, stream("host", "train")).a;
  return () => Object.fromEntries(env.agents.map((id) => [id, sample(env.actionSpace(id), random)]));
}

function illegalActions(space: Space): (Float64Array | number)[] {
  if (space.kind === "discrete") return [-1, space.count, 0.5, Number.NaN];
  const middle = Float64Array.from(space.low, (low, i) => (low + space.high[i]!) / 2);
  const bad = space.low.flatMap((low, i) => [Number.NaN, low - 1, space.high[i]! + 1].map((x) => middle.with(i, x)));
  return [...bad, middle.slice(1), Float64Array.of(...middle, 0)];
}

function throws(run: () => unknown): boolean {
  try {
    run();
  } catch {
    return true;
  }
  return false;
}
