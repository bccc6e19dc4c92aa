import { stream, uniform4 } from "../core/random.js";
import type { CheckRule, Problem, Report } from "./check-rules.js";
import { CHECK_RULES, WARNINGS } from "./check-rules.js";
import { checkSpec } from "./check-spec.js";
import { checkReset, checkStep } from "./check-step.js";
import { checkWorld } from "./check-world.js";
import type { Env, StepResult } from "./contract.js";
import { worldOf } from "./environment.js";
import type { Box, Space } from "./spaces.js";
import { sample } from "./spaces.js";

interface CheckOptions {
  readonly seed?: number;
  /** Steps of the random play that is looked at closely; default 200. Beside it, one episode is played to its end. */
  readonly steps?: number;
}

/**
 * Plays an environment and reports every broken rule of its contract, with its likely cause; [] when there is none. Of an environment
 * of `makeEnv` it also compiles the world, plays it with parameters anywhere in their ranges and warns of divisors that can be 0
 * and of logarithms and roots of what can be negative.
 */
export function checkEnv(env: Env, options: CheckOptions = {}): Problem[] {
  const { seed = 1, steps = 200 } = options;
  const found = new Map<CheckRule, Problem>();
  const report: Report = (rule, message) => {
    const severity = WARNINGS.has(rule) ? "warning" : "error";
    if (!found.has(rule)) found.set(rule, { rule, message, likelyCause: CHECK_RULES[rule], severity });
  };
  if (!checkSpec(env.spec, report)) return [...found.values()];
  for (const check of [lookClosely, repeatEpisode, countEpisodes, changeHandedOut, refuseActions, playToEnd, tryScenarios]) {
    try {
      check(env, report, { seed, steps });
    } catch (error) {
      report("throws", error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }
  const world = worldOf(env);
  if (world) checkWorld(world, report, seed);
  return [...found.values()];
}

type Play = Required<CheckOptions>;

/** Random play over several episodes; every result is looked at. */
function lookClosely(env: Env, report: Report, { seed, steps }: Play): void {
  const handedOut: { readonly array: Float64Array; readonly copy: readonly number[]; readonly rule: CheckRule }[] = [];
  const seen = new Set<Float64Array>();
  const keep = (array: unknown, rule: CheckRule) => {
    if (!(array instanceof Float64Array)) return;
    if (array.length > 0 && seen.has(array)) report(rule, "two results hold the very same array");
    seen.add(array);
    handedOut.push({ array, copy: [...array], rule });
  };
  const actions = randomActions(env.spec.actionSpace, seed);
  let before = env.reset({ seed });
  checkReset(env.spec, before, report);
  keep(before.observation, "observation-aliased");
  for (let i = 0; i < steps; i++) {
    const action = actions();
    const given = typeof action === "number" ? action : action.slice();
    const result = env.step(action);
    if (typeof action !== "number" && String(action) !== String(given)) {
      report("action-changed", `step turned the action [${given}] into [${action}]`);
    }
    checkStep(env.spec, { before: before.info, action: given, result }, report);
    keep(result.observation, "observation-aliased");
    keep(result.costs, "costs-aliased");
    before = isOver(result) ? env.reset() : result;
    if (isOver(result)) checkReset(env.spec, before, report);
  }
  for (const { array, copy, rule } of handedOut) {
    if (String([...array]) !== String(copy)) report(rule, `an array handed out as [${copy}] later read [${[...array]}]`);
  }
}

/** The same seed and actions must give the same episode, and another seed another one. */
function repeatEpisode(env: Env, report: Report, { seed, steps }: Play): void {
  const first = record(env, seed, steps);
  const again = record(env, seed, steps);
  compare(first.slice(0, 1), again.slice(0, 1), "reset-seed", "reset", report);
  compare(first.slice(1), again.slice(1), "step-determinism", "step", report);
  const others = [1, 2, 3].map((more) => record(env, (seed + more) >>> 0, steps));
  if (others.every((other) => String(other) === String(first))) {
    report("seeds-differ", `seeds ${seed} .. ${seed + 3} give the same episode of ${first.length - 1} steps`);
  }
}

/** Without a seed, reset goes on to the next episode: a different one, and the same one for the same seed. */
function countEpisodes(env: Env, report: Report, { seed, steps }: Play): void {
  const episodes = () => [record(env, seed, steps), record(env, undefined, steps), record(env, undefined, steps)].map(String);
  const [first, second, third] = episodes();
  if (first === second && second === third) report("reset-next", "three episodes after one seed are the same");
  const [, again] = episodes();
  if (again !== second) report("reset-seed", "the second episode after a seed differs when it is played again");
}

/** A caller may do what it likes with its own action array and with what it was handed. */
function changeHandedOut(env: Env, report: Report, { seed, steps }: Play): void {
  const first = String(record(env, seed, steps));
  const overwriteAction = (action: Float64Array | number) => {
    if (typeof action !== "number") action.set((env.spec.actionSpace as Box).low);
  };
  if (String(record(env, seed, steps, overwriteAction)) !== first) {
    report("action-kept", "the episode changes when the caller writes to an action array after the step");
  }
  const overwriteResult = (_action: Float64Array | number, result: StepResult) => {
    if (result.observation instanceof Float64Array) result.observation.fill(0.123);
  };
  if (String(record(env, seed, steps, overwriteResult)) !== first) {
    report("observation-trusted", "the episode changes when the caller writes to an observation it was handed");
  }
}

/** Actions outside the space must be refused, and the step must not have happened. */
function refuseActions(env: Env, report: Report, { seed }: Play): void {
  for (const action of illegalActions(env.spec.actionSpace)) {
    env.reset({ seed });
    const what = typeof action === "number" ? String(action) : `[${[...action]}]`;
    if (!throws(() => env.step(action))) report("action-refused", `step accepted the action ${what}`);
  }
}

function playToEnd(env: Env, report: Report, { seed }: Play): void {
  const { horizon } = env.spec;
  const actions = randomActions(env.spec.actionSpace, seed);
  env.reset({ seed });
  let lived = 0;
  let result: StepResult;
  do {
    result = env.step(actions());
    lived++;
    if (result.truncated && lived < horizon) report("horizon", `truncated after ${lived} steps of ${horizon}`);
  } while (!isOver(result) && lived < horizon);
  if (!isOver(result)) report("horizon", `the episode goes on after ${lived} steps, the horizon is ${horizon}`);
  else if (!throws(() => env.step(actions()))) report("step-after-end", "step was accepted after the end of the episode");
}

function tryScenarios(env: Env, report: Report, { seed }: Play): void {
  const actions = randomActions(env.spec.actionSpace, seed);
  for (const scenario of env.spec.scenarios) {
    try {
      env.reset({ seed, options: { scenario } });
      env.step(actions());
    } catch (error) {
      report("scenario", `reset with scenario ${scenario} fails: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (!throws(() => env.reset({ seed, options: { scenario: "no such scenario" } }))) {
    report("scenario", "reset accepted a scenario that does not exist");
  }
}

/** One episode as text, a line per reset and step, so that two can be compared whatever the environment returns. */
function record(
  env: Env,
  seed: number | undefined,
  steps: number,
  meddle: (action: Float64Array | number, result: StepResult) => void = () => {},
): string[] {
  const actions = randomActions(env.spec.actionSpace, 99);
  // The episode's number is left out: it may differ between episodes that are otherwise the same.
  const lines = [print(env.reset(seed === undefined ? {} : { seed }))];
  for (let i = 0; i < steps; i++) {
    const action = actions();
    const result = env.step(action);
    lines.push(print(result));
    meddle(action, result);
    if (isOver(result)) break;
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

function compare(first: readonly string[], again: readonly string[], rule: CheckRule, what: string, report: Report): void {
  for (let i = 0; i < Math.max(first.length, again.length); i++) {
    if (first[i] === again[i]) continue;
    report(rule, `${what} ${i} gave ${shorten(first[i])} the first time and ${shorten(again[i])} the second`);
    return;
  }
}

const shorten = (text = "nothing") => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

function randomActions(space: Space, seed: number): () => Float64Array | number {
  let draws = 0;
  const random = () => uniform4(seed, 0, draws++, stream("host", "train")).a;
  return () => sample(space, random);
}

function illegalActions(space: Space): (Float64Array | number)[] {
  if (space.kind === "discrete") return [-1, space.count, 0.5, Number.NaN, Infinity];
  const middle = () => Float64Array.from(space.low, (low, i) => (low + space.high[i]!) / 2);
  const bad = space.low.flatMap((low, i) =>
    [Number.NaN, Infinity, low - 1, space.high[i]! + 1].map((x) => middle().with(i, x)),
  );
  return [...bad, middle().slice(1), Float64Array.of(...middle(), 0)];
}

function isOver({ terminated, truncated }: StepResult): boolean {
  return Boolean(terminated) || Boolean(truncated);
}

function throws(run: () => unknown): boolean {
  try {
    run();
  } catch {
    return true;
  }
  return false;
}
