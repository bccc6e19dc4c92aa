import { describe, expect, test } from "vitest";
import { buildLanePrograms } from "../../../agents/rollout/programs.js";
import { uniform4 } from "../../../core/random.js";
import { emptyState, hold, type PathController, startAction } from "../../../validation/plain-path.js";
import { livePaths, scenarioParams } from "../../../validation/render/paths.js";
import { DEFAULT_LIMITS } from "../../breakers/limits.js";
import { checkEnv } from "../../check-env.js";
import { makeEnv } from "../../environment.js";
import type { Values, World } from "../../world.js";
import { CLASSES } from "./classes.js";
import { render } from "./index.js";
import { ACTIONS, type Applied, type Flows, type State } from "./records.js";

const compileOptions = (overrides: Values = {}) => ({
  weights: render.objectives["balanced"]!,
  limits: DEFAULT_LIMITS,
  params: scenarioParams("base", overrides),
});

/** Actions anywhere in the bands, changed every three steps. */
function randomController(seed: number): PathController {
  return (_o, a, step) => {
    const draws = [0, 1].flatMap((block) => Object.values(uniform4(seed, block, Math.floor(step / 3), 99)));
    for (const [i, [name, { low, high }]] of Object.entries(ACTIONS).entries()) a[name] = low + (high - low) * draws[i]!;
  };
}

const accounts = (s: State) => render.balances.map((name) => s[name as keyof State] as number);
const identityError = (s: State) => Math.abs(accounts(s).reduce((sum, x) => sum + x, 0) - s.supply);

describe("the parts fit together", () => {
  test.each([0, 1])("it compiles with all dimensions checked, emission variant %i", (emissionVariant) => {
    expect(buildLanePrograms(render, compileOptions({ emissionVariant })).step.nodes.length).toBeLessThan(2000);
  });

  test("a step with a wrong dimension does not compile", () => {
    const params = { ...render.params, nodeHolding: { ...render.params["nodeHolding"]!, unit: "year" } };
    expect(() => buildLanePrograms({ ...render, params } as World, compileOptions())).toThrow(/day|year/);
  });

  test("the environment keeps its contract", () => {
    expect(checkEnv(makeEnv(render, { horizon: 40 }))).toEqual([]);
  });
});

describe("tokens are conserved", () => {
  // Four accounts of up to 6e8 tokens, rounded to 53 bits (1.2e-7 tokens) in a dozen sums a step over 3,650 steps: below 6e-3.
  test.each([
    [0, 1],
    [1, 2],
  ])("for 3,650 days of random actions, emission variant %i, seed %i", (emissionVariant, seed) => {
    let journal = render.params["supplyStart"]!.value;
    let [worst, lowest, most, days] = [0, 0, 0, 0];
    livePaths(randomController(seed), {
      days: 3650,
      paths: 1,
      seed,
      overrides: { emissionVariant },
      pastRuin: true,
      onStep: (s, f) => {
        journal += f.minted - f.burned;
        worst = Math.max(worst, identityError(s), Math.abs(journal - s.supply));
        lowest = Math.min(lowest, ...accounts(s), s.burnedLeft);
        most = Math.max(most, s.supply);
        days += 1;
      },
    });
    expect(days).toBe(3650);
    expect(worst).toBeLessThan(6e-3);
    // What is left of burned tokens is a difference of sums: rounding may leave it a hair below 0.
    expect(lowest).toBeGreaterThan(-1e-6);
    expect(most).toBeLessThanOrEqual(518.6e6 + 92_341_794);
  });

  test("at the highest emission the budget ends, and then at most half of it comes back out of burned tokens", () => {
    const parts: { minted: number; recycled: number; burnedLeft: number }[] = [];
    livePaths(hold({ issuance: 0.25, burnShare: 0.95 }), {
      days: 900,
      paths: 1,
      seed: 4,
      onStep: (s, f) => parts.push({ minted: f.minted, recycled: f.recycled, burnedLeft: s.burnedLeft }),
    });
    const issued = parts.reduce((sum, { minted, recycled }) => sum + minted - recycled, 0);
    expect(issued).toBeCloseTo(render.params["budgetLeft"]!.value, 2);
    const last = parts.at(-1)!;
    const wish = (0.25 * 518.6e6) / 365;
    expect(last.minted).toBe(last.recycled);
    expect(last.minted).toBeLessThanOrEqual(0.5 * wish + 1e-6);
    expect(last.minted).toBeGreaterThan(0.1 * wish);
  });

  test("a flow that leaks is found", () => {
    const uses = render.uses as Record<string, (...args: never[]) => unknown>;
    const payJobs = uses["payJobs"] as unknown as (s: State, ...rest: unknown[]) => { bought: number };
    const leaky = (s: State, ...rest: unknown[]) => {
      const paid = payJobs(s, ...rest);
      s.treasury -= 1e-4 * paid.bought;
      return paid;
    };
    const { s } = limitedStep({}, { ...render.uses, payJobs: leaky });
    expect(identityError(s)).toBeGreaterThan(1);
    expect(identityError(limitedStep().s)).toBeLessThan(1e-6);
  });
});

/** One step from the start with these actions and limits. */
function limitedStep(action: Partial<Applied> = {}, uses = render.uses, overrides: Values = {}) {
  const p = scenarioParams("base", overrides);
  const state = emptyState(render);
  const s = state as unknown as State;
  const [z, f]: [Values, Values] = [{}, {}];
  const key = { seed: 1, episode: 0, day: 0, stream: 0 };
  render.functions.reset(state, p, key, uses);
  render.functions.draw(z, key, uses);
  render.functions.step(state, p, { ...startAction(render), ...action }, z, f, uses);
  return { s, f: f as unknown as Flows };
}

describe("a day's flows are the protocol's", () => {
  test("95 % of what users pay is burned, the foundation keeps 5 %, nodes get what is left of a lower burn share", () => {
    const all = limitedStep();
    const half = limitedStep({ burnShare: 0.5 });
    const bought = all.f.spend / 2.38;
    expect(all.f.burned).toBeCloseTo(0.95 * bought, 4);
    expect(half.f.burned).toBeCloseTo(0.5 * bought, 4);
    const minted = (0.09 * 518.6e6) / 365;
    expect(all.f.minted).toBeCloseTo(minted, 6);
    // The pool of the epoch: 70 % of the emission, and 45 % of the payments at the lower burn share.
    expect(all.s.pool).toBeCloseTo(0.7 * minted, 4);
    expect(half.s.pool).toBeCloseTo(0.7 * minted + 0.45 * bought, 4);
    const treasury = 6.89e6 + 0.3 * minted + 0.05 * bought;
    expect(all.s.treasury).toBeCloseTo(treasury * (1 - 1 / 300), 4);
  });

  test("minting does not depend on burning, unless the popular variant is chosen", () => {
    const minted = (emissionVariant: number, usage: number, days = 21) => {
      let last = 0;
      const overrides = { emissionVariant, demandReference: usage };
      livePaths(hold(), { days, paths: 1, overrides, onStep: (_s, f) => (last = f.minted) });
      return last;
    };
    expect(minted(0, 344_000)).toBe(minted(0, 34_400));
    expect(minted(1, 34_400)).toBeLessThan(0.2 * minted(0, 34_400));
    expect(minted(1, 344_000)).toBeLessThanOrEqual(minted(0, 344_000));
  });

  test("nodes are paid once a week, and a new emission waits for the next epoch", () => {
    const paid: number[] = [];
    const rates: number[] = [];
    livePaths(hold({ issuance: 0.25 }), {
      days: 28,
      paths: 1,
      onStep: (s) => {
        paid.push(s.pool === 0 ? 1 : 0);
        rates.push(s.epochRate);
      },
    });
    expect(paid.flatMap((x, day) => (x ? [day + 1] : []))).toEqual([7, 14, 21, 28]);
    expect(new Set(rates.slice(0, 6))).toEqual(new Set([0.09]));
    // Seven days of moves by 0.015.
    expect(rates[6]).toBeCloseTo(0.195, 12);
    expect(new Set(rates.slice(6, 13)).size).toBe(1);
    expect(rates[13]).toBe(0.25);
  });

  test("limits on minting and burning hold", () => {
    const { f, s } = limitedStep({ mintLimit: 1000, burnLimit: 2000 });
    expect([f.minted, f.burned]).toEqual([1000, 2000]);
    expect(identityError(s)).toBeLessThan(1e-6);
    const none = limitedStep({ mintLimit: 0, burnLimit: 0 });
    expect([none.f.minted, none.f.burned]).toEqual([0, 0]);
    // Nodes feel it: their pay for the day falls.
    expect(none.s.margin[0]).toBeLessThan(limitedStep().s.margin[0]! - 0.01);
  });

  test("work goes to all classes within their capacity, and all that is wanted is scheduled while there is room", () => {
    const day = (demandReference: number) =>
      limitedStep({ weightPrice: 4, weightLatency: 0 }, render.uses, { demandReference });
    for (const demandReference of [5_000, 344_000]) {
      const { s, f } = day(demandReference);
      for (const load of s.load) expect(load > 0 && load <= 0.95 + 1e-12).toBe(true);
      expect(f.unserved).toBeCloseTo(0, 9);
    }
    const full = day(900_000);
    for (const load of full.s.load) expect(load).toBeCloseTo(0.95, 9);
    expect(full.f.unserved).toBeGreaterThan(0.1);
  });
});

describe("presets", () => {
  test("in October 2025 fee, burn and emission to nodes are noise: a year's burns are below 0.3 % of supply", () => {
    const { overrides } = render.presets["dated-2025-10"]!;
    const paths = livePaths(hold({ issuance: 0.0114 }), { paths: 10, seed: 2, overrides });
    const burned = paths.reduce((sum, { flows }) => sum + (flows["burned"]! * 365) / 518.6e6 / 10, 0);
    expect(burned).toBeLessThan(0.003);
    // RNP-020: 12,125 tokens a week, at a price that moves.
    expect(limitedStep({}, render.uses, overrides).f.burned * 7).toBeGreaterThan(0.8 * 12_125);
    expect(limitedStep({}, render.uses, overrides).f.burned * 7).toBeLessThan(1.2 * 12_125);
  });

  test("the quoted market is worth 3.8 B$ and trades 95 M$ a day", () => {
    const p = { ...scenarioParams(), ...render.presets["as-quoted"]!.overrides };
    expect(p["priceStart"]! * p["supplyStart"]!).toBeCloseTo(3.8e9, -7);
    expect(p["priceStart"]! * p["supplyStart"]! * p["turnover"]!).toBeCloseTo(95e6, -6);
  });

  test("every class lives in every preset", () => {
    for (const { overrides } of Object.values(render.presets)) {
      const [path] = livePaths(hold(), { paths: 1, seed: 3, overrides });
      for (const i of Object.values(CLASSES)) expect(path!.end.capacity[i]! / path!.end.capacity[0]!).toBeGreaterThan(0.02);
    }
  });
});
