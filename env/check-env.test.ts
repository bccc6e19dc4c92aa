import { describe, expect, test } from "vitest";
import type { Uses } from "../compiler/schema.js";
import { UserError } from "../core/errors.js";
import { cartpole } from "../probes/worlds/cartpole.js";
import { doubleIntegrator } from "../probes/worlds/double-integrator.js";
import { lqr } from "../probes/worlds/lqr.js";
import { pendulum } from "../probes/worlds/pendulum.js";
import { toyEconomy } from "../test/support/toy-economy.js";
import { checkEnv } from "./check-env.js";
import type { CheckRule } from "./check-rules.js";
import { CHECK_RULES } from "./check-rules.js";
import type { Env, EnvSpec, ResetResult, StepResult } from "./contract.js";
import { defineEconomy } from "./define-world.js";
import { akash } from "./economies/akash/index.js";
import type { Economy } from "./economy.js";
import { makeEnv } from "./environment.js";
import { clip } from "./spaces.js";
import type { StateValues, Values, WorldFunctions } from "./world.js";

const good = () => makeEnv(toyEconomy);
/** As broken JavaScript would: types are no protection there. */
const loose = <T>(value: unknown) => value as T;

interface Change {
  readonly spec?: (spec: EnvSpec) => unknown;
  readonly reset?: (result: ResetResult, request: Parameters<Env["reset"]>[0]) => unknown;
  readonly step?: (result: StepResult, action: ArrayLike<number> | number) => unknown;
  readonly action?: (action: ArrayLike<number> | number, spec: EnvSpec) => ArrayLike<number> | number;
}

/** The toy economy, broken in one place. */
function broken(change: Change, env: Env = good()): Env {
  return {
    spec: loose(change.spec ? change.spec(env.spec) : env.spec),
    reset(request) {
      const result = env.reset(request);
      return loose(change.reset ? change.reset(result, request) : result);
    },
    step(action) {
      const result = env.step(change.action ? change.action(action, env.spec) : action);
      return loose(change.step ? change.step(result, action) : result);
    },
  };
}

const onStep = (step: NonNullable<Change["step"]>) => () => broken({ step });
const onInfo = (info: (result: StepResult) => object) =>
  onStep((result) => ({ ...result, info: { ...result.info, ...info(result) } }));

function withElement(array: Float64Array, i: number, x: number): Float64Array {
  return array.map((y, j) => (i === j ? x : y));
}

/** A reset that forgets the seed it was given. */
function deaf(reset: (env: Env, calls: number) => ResetResult): Env {
  const env = good();
  let calls = 0;
  return { ...env, reset: (request) => (request?.options ? env.reset(request) : reset(env, calls++)) };
}

/** The toy economy, with something done to its state after every step. */
function withStep(change: (s: StateValues, p: Values) => void): Economy {
  const step = (
    s: StateValues,
    p: Values,
    a: Values,
    z: Values,
    f: Values,
    u: Uses & { readonly honest: WorldFunctions["step"]; readonly change: typeof change },
  ) => {
    u.honest(s, p, a, z, f, u);
    u.change(s, p);
    f["price"] = s["price"]!;
  };
  const uses = { ...toyEconomy.uses, honest: toyEconomy.functions.step, change };
  return defineEconomy({ ...toyEconomy, uses, functions: { ...toyEconomy.functions, step } });
}

const BROKEN: Readonly<Record<CheckRule, () => Env>> = {
  "group-equal": () => makeEnv({ ...toyEconomy, group: { name: "tanks", size: 2, observations: ["level"], actions: [] } }),
  spec: () => broken({ spec: (spec) => ({ ...spec, observationUnits: ["1"] }) }),
  throws: onStep((result) => {
    if (result.info.day === 3) throw new Error("undefined is not a function");
    return result;
  }),
  "reset-result": () => broken({ reset: ({ observation }) => observation }),
  "reset-seed": () => deaf((env) => env.reset()),
  "reset-next": () => deaf((env) => env.reset({ seed: 1, options: { episode: 0 } })),
  "seeds-differ": () =>
    broken(
      {},
      {
        ...good(),
        ...((env) => ({ reset: (r) => env.reset(r?.seed === undefined ? r : { ...r, seed: 7 }), step: env.step }))(good()),
      },
    ),
  "step-determinism": () => {
    let calls = 0;
    return broken({ step: (result) => ({ ...result, reward: result.reward + calls++ }) });
  },
  "step-result": onStep(({ observation, reward, terminated, info }) => [observation, reward, terminated, info]),
  "observation-type": onStep((result) => ({ ...result, observation: [...result.observation] })),
  "observation-finite": onStep((result) => ({ ...result, observation: withElement(result.observation, 1, Number.NaN) })),
  "observation-space": onStep((result) => ({ ...result, observation: withElement(result.observation, 1, 1.5) })),
  "observation-aliased": () => {
    const shared = new Float64Array(2);
    return broken({
      step: (result) => {
        shared.set(result.observation);
        return { ...result, observation: shared };
      },
    });
  },
  "observation-trusted": () => {
    let last: Float64Array = new Float64Array(2);
    return broken({
      step: (result) => {
        const reward = result.reward + last[0]!;
        last = result.observation;
        return { ...result, reward };
      },
      reset: (result) => {
        last = result.observation;
        return result;
      },
    });
  },
  "reward-finite": onStep((result) => ({ ...result, reward: Infinity })),
  "costs-type": onStep((result) => ({ ...result, costs: new Float64Array(0) })),
  "costs-finite": onStep((result) => ({ ...result, costs: Float64Array.of(Number.NaN) })),
  "costs-aliased": () => {
    const shared = new Float64Array(1);
    return broken({
      step: (result) => {
        shared.set(result.costs);
        return { ...result, costs: shared };
      },
    });
  },
  "end-flags": onStep(({ terminated, truncated, ...result }) => ({
    ...result,
    terminated: +terminated,
    truncated: +truncated,
  })),
  "end-both": onStep((result) => ({ ...result, terminated: result.terminated || result.truncated })),
  "step-after-end": () => {
    const env = good();
    let last: StepResult | undefined;
    return {
      ...env,
      step(action) {
        if (!last?.terminated && !last?.truncated) last = env.step(action);
        return last;
      },
      reset(request) {
        last = undefined;
        return env.reset(request);
      },
    };
  },
  horizon: () => broken({ spec: (spec) => ({ ...spec, horizon: 59 }) }),
  "action-refused": () => broken({ action: (action, spec) => clip(loose(spec.actionSpace), padded(action)) }),
  "action-changed": () => broken({ action: (action) => loose<Float64Array>(action).fill(0.001) }),
  "action-kept": () => {
    let last: ArrayLike<number> = [0, 0];
    return broken({
      reset: (result) => {
        last = [0, 0];
        return result;
      },
      step: (result, action) => {
        const reward = result.reward + last[1]!;
        last = loose(action);
        return { ...result, reward };
      },
    });
  },
  "info-missing": onInfo(() => ({ flows: undefined })),
  "info-finite": onInfo(({ info }) => ({ flows: { ...info.flows, price: Number.NaN } })),
  "info-day": onInfo(() => ({ day: 1 })),
  "info-requested": onInfo(({ info }) => ({ requested: info.applied })),
  "applied-band": onInfo(({ info }) => ({ applied: { ...info.applied, burnShare: 1.01 } })),
  "supply-identity": onInfo(({ info }) => ({ flows: { ...info.flows, minted: info.flows["minted"]! * (1 + 1e-9) } })),
  "flow-negative": onInfo(({ info }) => ({ flows: { ...info.flows, burned: -1 } })),
  scenario: () => broken({ spec: (spec) => ({ ...spec, scenarios: [...spec.scenarios, "boom"] }) }),
  compiles: () => makeEnv({ ...toyEconomy, uses: { ...toyEconomy.uses, clamp: (x: number) => Number(x) } }),
  "params-safe": () => makeEnv(withStep((s, p) => (s["exogenous"] = s["exogenous"]! + 0 * Math.log(p["volatility"]!)))),
  "state-sound": () => {
    const economy = withStep((s) => (s["mood"] = Math.log(-1 - s["exogenous"]! * s["exogenous"]!)));
    return makeEnv({ ...economy, state: { ...economy.state, mood: { unit: "1", doc: "read by nobody" } } });
  },
  "divisor-zero": () => makeEnv(withStep((s, p) => (s["price"] = s["price"]! * Math.exp(0 / (1 + p["impact"]! - 6))))),
  "log-or-root": () => makeEnv(withStep(clampedLog)),
};

/** Not a number while the impact is below 6, which the comparison hides. */
function clampedLog(s: StateValues, p: Values): void {
  s["exogenous"] = s["exogenous"]! + (Math.log(p["impact"]! - 6) > 99 ? 1 : 0);
}

function padded(action: ArrayLike<number> | number): number[] {
  return [0, 1].map((i) => (typeof action === "number" ? action : (action[i] ?? 0)));
}

describe("checkEnv", () => {
  test.each(Object.entries(BROKEN))("finds the environment that breaks %s", (rule, make) => {
    const problems = checkEnv(make(), { seed: 1, steps: 60 });
    expect(problems.map((problem) => problem.rule)).toContain(rule);
    const { message, likelyCause } = problems.find((problem) => problem.rule === rule)!;
    expect(message.length).toBeGreaterThan(10);
    expect(likelyCause).toBe(CHECK_RULES[rule as CheckRule]);
  });

  test.each([toyEconomy, akash, lqr, doubleIntegrator, pendulum, cartpole])(
    "finds nothing wrong with a sound environment",
    (world) => {
      for (const scenario of ["base", "random"])
        expect(checkEnv(makeEnv(world, { scenario }), { seed: 3, steps: 300 })).toEqual([]);
    },
  );

  test("names the observation, its value and its bounds", () => {
    const env = BROKEN["observation-space"]();
    expect(checkEnv(env).find(({ rule }) => rule === "observation-space")!.message).toBe(
      "observation stakedShare is 1.5, outside [0, 1]",
    );
  });

  test("names the parameters, as few as show it, that something stops being a number with", () => {
    const problem = checkEnv(BROKEN["params-safe"]()).find(({ rule }) => rule === "params-safe")!;
    expect(problem.message).toBe("with volatility 0 state exogenous is NaN on day 1");
    expect(problem.severity).toBe("error");
  });

  test("names the account that allowed parameters overdraw", () => {
    const move = (s: StateValues, p: Values) => {
      const lent = p["fees"]! > 0.05 ? 0.2 * p["startSupply"]! : 0;
      s["staked"] = s["staked"]! - lent;
      s["circulating"] = s["circulating"]! + lent;
    };
    const problem = checkEnv(makeEnv(withStep(move))).find(({ rule }) => rule === "params-safe")!;
    expect(problem.message).toMatch(/^with fees 0\.\S+ account staked is -[\d.]+ on day \d+$/);
  });

  test("names a field of the state that is no number, though a clamp hides it from what is reported", () => {
    const problems = checkEnv(BROKEN["state-sound"]()).filter(({ severity }) => severity === "error");
    expect(problems.map(({ rule }) => rule)).toEqual(["state-sound"]);
    expect(problems.map(({ message }) => message)).toEqual(["with all parameters at their values state mood is NaN on day 1"]);
  });

  test("warns of a divisor that can be 0, with the expression and its place", () => {
    const problem = checkEnv(BROKEN["divisor-zero"]()).find(({ rule }) => rule === "divisor-zero")!;
    expect(problem.message).toMatch(/^0 \/ \(1 \+ p\["impact"\] - 6\) \(uses\.change 1:\d+\) divides by -5 \.\. 15$/);
    expect(problem.severity).toBe("warning");
  });

  test("warns of a logarithm of what can be negative, though the step goes on with it", () => {
    const [problem, ...more] = checkEnv(BROKEN["log-or-root"]());
    expect(problem!.message).toMatch(
      /^Math\.log\(p\["impact"\] - 6\) \(uses\.change 2:\d+\) takes the logarithm of -6 \.\. 14$/,
    );
    expect(problem!.severity).toBe("warning");
    expect(more).toEqual([]);
  });

  test("reports a function outside of the step language, which plays but does not compile", () => {
    const problem = checkEnv(BROKEN.compiles()).find(({ rule }) => rule === "compiles")!;
    expect(problem.message).toContain('"Number" is defined outside of the function');
  });

  test("reports a leaked flow of tokens in a world's own step", () => {
    const leak = withStep((s) => (s["staked"] = s["staked"]! + 1e-6));
    expect(checkEnv(makeEnv(leak)).map(({ rule }) => rule)).toEqual(["supply-identity"]);
  });

  test("reports an error that a sound request raises, with its message", () => {
    const env = { ...good(), reset: () => loose<ResetResult>(fail()) };
    expect(checkEnv(env)[0]).toMatchObject({ rule: "throws", message: "UserError: out of order" });
  });
});

function fail(): never {
  throw new UserError("E_TEST", "out of order", "fix it");
}
