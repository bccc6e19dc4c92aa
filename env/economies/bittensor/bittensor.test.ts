import { describe, expect, test } from "vitest";
import { buildLanePrograms } from "../../../agents/rollout/programs.js";
import { uniform4 } from "../../../core/random.js";
import { livePaths, protocol } from "../../../validation/bittensor/paths.js";
import { hold, type PathController } from "../../../validation/plain-path.js";
import { DEFAULT_LIMITS } from "../../breakers/limits.js";
import { resolveParams } from "../../params.js";
import type { Values, World } from "../../world.js";
import { bittensor, bittensorGlobal, makeBittensor } from "./index.js";
import type { State } from "./records.js";

const controls = bittensor.actions.kind === "continuous" ? bittensor.actions.fields : {};

/** Actions anywhere in the band, changed every three steps. */
function randomController(seed: number): PathController {
  return (_o, a, step) => {
    for (const [i, [name, { low, high }]] of Object.entries(controls).entries()) {
      a[name] = low + (high - low) * uniform4(seed, 0, Math.floor(step / 3), i).a;
    }
  };
}

const sum = (x: readonly number[]) => x.reduce((total, value) => total + value, 0);

describe("any number of subnets", () => {
  test.each([2, 8, 127])("%i subnets compile with all dimensions checked", (subnets) => {
    const economy = makeBittensor(subnets);
    const options = { weights: economy.objectives["balanced"]!, limits: DEFAULT_LIMITS, params: resolveParams(economy) };
    // Loops stay loops: the graph grows with the subnets' own controls, shocks and observations only.
    expect(buildLanePrograms(economy, options).step.nodes.length).toBeLessThan(4500 + 90 * subnets);
    expect(economy.id).toBe(subnets === 8 ? "bittensor-v1" : `bittensor-v1@${subnets}`);
    expect(economy.state["tao"]!.length).toBe(subnets);
  });

  test.each([1, 129, 0, 7.5, Number.NaN])("%d subnets are refused with a clear error", (subnets) => {
    expect(() => makeBittensor(subnets)).toThrow(/bittensor cannot have .* subnets, it takes 2 to 128/);
    expect(() => makeBittensor(subnets)).toThrow(expect.objectContaining({ code: "E_SUBNETS" }));
  });

  test("how many there are changes neither emission nor what the market is worth", () => {
    const firstDay = (subnets: number) => {
      const economy = makeBittensor(subnets);
      const [path] = livePaths(protocol, { economy, paths: 1, days: 1, overrides: { spreadStart: 0 } });
      return path!;
    };
    const [few, many] = [firstDay(4), firstDay(32)];
    for (const name of ["minted", "chainBuys", "registrations", "service"]) {
      // Rounding of sums over the subnets; the shocks to their quality differ, a day moves it by 1 % at most.
      const tolerance = name === "service" ? 0.02 : 0.01;
      expect(Math.abs(many.flows[name]! / few.flows[name]! - 1), name).toBeLessThan(tolerance);
    }
  });

  test("a step with a wrong dimension does not compile", () => {
    const wrong = {
      ...bittensor,
      params: { ...bittensor.params, slotWorth: { ...bittensor.params["slotWorth"]!, unit: "year" } },
    };
    const options = { weights: bittensor.objectives["balanced"]!, limits: DEFAULT_LIMITS, params: resolveParams(bittensor) };
    expect(() => buildLanePrograms(wrong as World, options)).toThrow(/day|year/);
  });
});

describe("tokens are conserved", () => {
  // Accounts of up to 1e7 tokens, rounded to 53 bits (2e-9) in a hundred sums a step over 3,650 steps: below 1e-3.
  test.each([1, 2])("for 3,650 days of random actions, seed %i", (seed) => {
    let journal = bittensor.params["supplyStart"]!.value;
    let [worst, lowest, days, most] = [0, 0, 0, 0];
    const onStep = (s: State, f: Values) => {
      const accounts = [s.liquid, s.root, s.pooled];
      journal += f["minted"]! - f["burned"]!;
      worst = Math.max(
        worst,
        Math.abs(sum(accounts) - s.supply),
        Math.abs(journal - s.supply),
        Math.abs(sum(s.tao) - s.pooled),
      );
      lowest = Math.min(lowest, ...accounts, ...s.tao, ...s.alpha, ...s.outside);
      most = Math.max(most, s.issued);
      days += 1;
    };
    livePaths(randomController(seed), { days: 3650, paths: 1, seed, onStep });
    expect(days).toBeGreaterThan(1000);
    expect(worst).toBeLessThan(1e-3);
    expect(lowest).toBe(0);
    expect(most).toBeLessThan(21e6);
  });

  test("alpha is conserved: what is issued is in the pool or outside of it", () => {
    const before = { alpha: [] as number[], outside: [] as number[] };
    const onStep = (s: State, _f: unknown, step: number) => {
      if (step === 0) Object.assign(before, { alpha: [...s.alpha], outside: [...s.outside] });
      if (step !== 1) return;
      for (let i = 0; i < 8; i++) {
        const grown = s.alpha[i]! + s.outside[i]! - before.alpha[i]! - before.outside[i]!;
        // New alpha for participants and at most root's proportion beside it into the pool, less what the chain's buys retired.
        expect(grown).toBeLessThan(7200 * 1.2);
        expect(grown).toBeGreaterThan(0);
      }
    };
    livePaths(protocol, { days: 2, paths: 1, onStep });
    expect.assertions(16);
  });

  test("a flow that leaks is found", () => {
    const trade = bittensor.uses["tradeAlpha"] as (...args: unknown[]) => { proceeds: number };
    const leaky = (...args: unknown[]) => {
      const result = trade(...args);
      return { ...result, proceeds: 0.999 * result.proceeds };
    };
    let worst = 0;
    const economy = { ...bittensor, uses: { ...bittensor.uses, tradeAlpha: leaky } };
    const onStep = (s: State) => {
      worst = Math.abs(sum(s.tao) - s.pooled);
    };
    livePaths(protocol, { economy, days: 1, paths: 1, onStep });
    expect(worst).toBeGreaterThan(1);
  });
});

describe("limits on minting and burning hold", () => {
  const day = (limits: Values, request: Values) => livePaths(hold(request), { days: 30, paths: 1, limits })[0]!.flows;

  test("emission stops at the limit", () => {
    expect(day({ mintLimit: 1000 }, {})["minted"]).toBeCloseTo(1000, 6);
    expect(day({ mintLimit: 0 }, {})["minted"]).toBe(0);
    expect(day({}, {})["minted"]).toBeCloseTo(3600, 6);
  });

  test("recycling and burning stop at theirs, together", () => {
    const all = day({}, { recycleShare: 0.8, burnShare: 0.8 });
    expect(all["burned"]!).toBeGreaterThan(1000);
    expect(all["recycled"]!).toBeLessThan(all["burned"]!);
    expect(day({ burnLimit: 50 }, { recycleShare: 0.8, burnShare: 0.8 })["burned"]).toBeLessThanOrEqual(50 + 1e-6);
    expect(day({ burnLimit: 0 }, { recycleShare: 0.8, burnShare: 0.8 })["burned"]).toBe(0);
  });
});

describe("any parameters within their ranges, ends included", () => {
  const ends = (seed: number, stream: number, low: number, high: number, draw: number) => {
    const w = uniform4(seed, stream, draw, 0);
    return w.b < 0.25 ? low : w.b > 0.75 ? high : low + (high - low) * w.a;
  };

  test.each(Array.from({ length: 40 }, (_, seed) => seed))("keep books, bounds and numbers, draw %i", (seed) => {
    const free = Object.entries(bittensor.params).filter(([name]) => name !== "stepDays");
    const overrides = Object.fromEntries(free.map(([name, { low, high }], i) => [name, ends(seed, 1, low, high, i)]));
    const anywhere: PathController = (_o, a, step) => {
      for (const [i, [name, { low, high }]] of Object.entries(controls).entries()) {
        a[name] = ends(seed, 2 + (step >> 3), low, high, i);
      }
    };
    const wrong: string[] = [];
    const o: Values = {};
    const z = Object.fromEntries(Object.keys(bittensor.shocks).map((name) => [name, 1]));
    const params = { ...resolveParams(bittensor), ...overrides };
    const onStep = (s: State, f: Values) => {
      for (const [name, value] of [...Object.entries(s), ...Object.entries(f)]) {
        if (![value].flat().every(Number.isFinite)) wrong.push(`${name} is ${value}`);
      }
      if (Math.min(s.liquid, s.root, ...s.tao, ...s.alpha, ...s.outside) < -1e-6) wrong.push("an account is overdrawn");
      if (Math.abs(s.liquid + s.root + s.pooled - s.supply) > 1e-3) wrong.push("the books do not balance");
      bittensor.functions.observe(o, s as unknown as Values, params, z, bittensor.uses);
      for (const [name, { low, high }] of Object.entries(bittensor.observations)) {
        if (!(o[name]! >= low && o[name]! <= high)) wrong.push(`observed ${name} is ${o[name]}`);
      }
    };
    livePaths(anywhere, { overrides, paths: 1, days: 60, seed, onStep });
    expect(wrong).toEqual([]);
  });
});

test("the world with common controls only is the same but for the tilts", () => {
  expect(Object.keys(bittensorGlobal.actions.kind === "continuous" ? bittensorGlobal.actions.fields : {})).toEqual([
    "emission",
    "recycleShare",
    "burnShare",
  ]);
  const [with8, common] = [bittensor, bittensorGlobal].map((economy) => livePaths(protocol, { economy, paths: 2, days: 100 }));
  expect(common!.map(({ end }) => end)).toEqual(with8!.map(({ end }) => end));
});
