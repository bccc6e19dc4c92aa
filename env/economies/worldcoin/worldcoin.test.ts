import { describe, expect, test } from "vitest";
import { buildLanePrograms } from "../../../agents/rollout/programs.js";
import { uniform4 } from "../../../core/random.js";
import type { PathController } from "../../../validation/plain-path.js";
import { constantPath, livePaths, scenarioParams, tablePath } from "../../../validation/worldcoin/paths.js";
import { DEFAULT_LIMITS } from "../../breakers/limits.js";
import { makeEnv } from "../../environment.js";
import type { Values, World } from "../../world.js";
import { worldcoin } from "./index.js";
import type { State } from "./records.js";

const options = (overrides: Values = {}) => ({
  weights: worldcoin.objectives["balanced"]!,
  limits: DEFAULT_LIMITS,
  params: scenarioParams("base", overrides),
});

/** Actions anywhere in the band, changed every three steps. */
function randomController(seed: number): PathController {
  let step = 0;
  return (_o, a) => {
    const draw = uniform4(seed, 0, Math.floor(step++ / 3), 99);
    Object.assign(a, { grant: 0.4 + 1.6 * draw.a, release: 0.6 * draw.b, burnShare: draw.c });
  };
}

const accounts = (s: State) => worldcoin.balances.map((name) => s[name as keyof State]);
const identityError = (s: State) => Math.abs(accounts(s).reduce((sum, x) => sum + x, 0) - s.supply);

describe("the parts fit together", () => {
  test.each([{}, { grantVariant: 1 }, { insiderVariant: 1 }, { inflationVariant: 1 }])(
    "it compiles with all dimensions checked, %o",
    (variant) => {
      expect(buildLanePrograms(worldcoin, options(variant)).step.nodes.length).toBeLessThan(2000);
    },
  );

  test("a step with a wrong dimension does not compile", () => {
    const params = { ...worldcoin.params, fakeCost: { ...worldcoin.params["fakeCost"]!, unit: "WLD/human" } };
    expect(() => buildLanePrograms({ ...worldcoin, params } as World, options())).toThrow(/WLD|USD/);
  });
});

test("this month's grant is observed within its space, also where the adaptive pot pays a few people thousands of tokens", () => {
  const { low, high } = worldcoin.observations["tableGrant"]!;
  const seen = (params: Readonly<Record<string, number>>) => {
    const env = makeEnv(worldcoin, { params });
    const at = env.spec.observationNames.indexOf("tableGrant");
    const values = [env.reset({ seed: 1 }).observation[at]!];
    for (let day = 0; day < 30; day++) values.push(env.step([1, 0.1, 0.2]).observation[at]!);
    return values;
  };
  const pot = seen({ grantVariant: 1, potShare: 0.5, humansStart: 1e5, supplyStart: 1e11 });
  expect(Math.min(...pot)).toBeGreaterThanOrEqual(low);
  expect(Math.max(...pot)).toBe(high);
  // The table's own amounts are not touched: July 2026, the start of the default preset.
  expect(seen({})[0]).toBe(1.38);
});

test("at the low bound of supply the first year passes without ruin under the actions in force", () => {
  const supplyStart = worldcoin.params["supplyStart"]!.low;
  for (const seed of [1, 2, 3]) {
    const env = makeEnv(worldcoin, { params: { supplyStart } });
    env.reset({ seed });
    const start = Object.values((worldcoin.actions as { fields: Record<string, { start: number }> }).fields).map(
      (f) => f.start,
    );
    for (let day = 1; day <= 365; day++) {
      const { terminated, info } = env.step(start);
      expect(terminated, `day ${day}`).toBe(false);
      if (day === 1) expect(info.flows["price"]).toBeGreaterThan(0.8);
    }
  }
});

describe("tokens are conserved", () => {
  // Four accounts of up to 1e10 tokens, rounded to 53 bits (2e-6 tokens) in a dozen sums a step over 3,650 steps: below 0.1.
  test.each([
    ["base", 2],
    ["lean", 3],
    ["post-lock", 4],
  ])("for 3,650 days of random actions in %s, seed %i", (scenario, seed) => {
    let journal = worldcoin.params["supplyStart"]!.value;
    let [worst, lowest, days] = [0, 0, 0];
    livePaths(randomController(seed), {
      scenario,
      days: 3650,
      paths: 1,
      seed,
      onStep: (s, f) => {
        journal += f.minted - f.burned;
        worst = Math.max(worst, identityError(s), Math.abs(journal - s.supply));
        lowest = Math.min(lowest, ...accounts(s));
        days += 1;
      },
    });
    expect(days).toBeGreaterThan(1000);
    expect(worst).toBeLessThan(0.1);
    expect(lowest).toBe(0);
  });

  test("a flow that leaks is found", () => {
    const honest = worldcoin.uses["payOut"] as (s: State, ...rest: unknown[]) => { granted: number };
    const payOut = (s: State, ...rest: unknown[]) => {
      const paid = honest(s, ...rest);
      s.liquid -= 1e-4 * paid.granted;
      return paid;
    };
    const uses = { ...worldcoin.uses, payOut };
    const [s, z, f]: Values[] = [{}, {}, {}];
    const key = { seed: 1, episode: 0, day: 0, stream: 0 };
    const a = { grant: 1, release: 0.2, burnShare: 0.5, mintLimit: 1e9, burnLimit: 1e9 };
    worldcoin.functions.reset(s!, scenarioParams("base"), key, uses);
    worldcoin.functions.draw(z!, key, uses);
    expect(identityError(s as State)).toBeLessThan(1e-5);
    worldcoin.functions.step(s!, scenarioParams("base"), a, z!, f!, uses);
    expect(identityError(s as State)).toBeGreaterThan(1);
  });
});

/** One step of a fresh world. */
function oneStep(overrides: Values, action: Values, prepare: (s: Values) => void = () => {}): { s: Values; f: Values } {
  const p = scenarioParams("base", overrides);
  const [s, z, f]: Values[] = [{}, {}, {}];
  const key = { seed: 1, episode: 0, day: 0, stream: 0 };
  worldcoin.functions.reset(s!, p, key, worldcoin.uses);
  prepare(s!);
  worldcoin.functions.draw(z!, key, worldcoin.uses);
  const a = { grant: 1, release: 0.2, burnShare: 0, mintLimit: 1e12, burnLimit: 1e12, ...action };
  worldcoin.functions.step(s!, p, a, z!, f!, worldcoin.uses);
  return { s: s!, f: f! };
}

describe("the protocol's calendar", () => {
  test("unlocks 2.9 M WLD a day from 24 July 2026 and 5.1 M before", () => {
    expect(oneStep({}, {}).f["unlocked"]).toBeCloseTo(1.75e9 / 1095 + (0.8 * 2.33e9) / 1460, 3);
    expect(oneStep({ genesisAge: 1000 }, {}).f["unlocked"]).toBeCloseTo(5.1e6, -5);
    // As first announced, insiders would have had all by then.
    expect(oneStep({ insiderVariant: 1 }, {}).f["unlocked"]).toBeCloseTo(1.75e9 / 1095, 3);
  });

  test("starts with 3.3 B circulating, of 10 B", () => {
    const { s } = oneStep({}, {});
    expect(s["liquid"]).toBeCloseTo(3.3e9, -7.7);
    expect(s["supply"]).toBe(1e10);
  });

  test("turns the page of the table on the first of the month", () => {
    const grants: number[] = [];
    livePaths(tablePath, { days: 40, paths: 1, onStep: (s) => grants.push(s.grantNow) });
    // Eight days of July 2026, then August, then September.
    expect(grants.map((grant) => [1.38, 1.3, 1.22].indexOf(grant))).toEqual(
      grants.map((_, day) => (day < 8 ? 0 : day < 39 ? 1 : 2)),
    );
  });

  test("mints nothing before the lock ends, even when grants go unpaid", () => {
    const { f } = oneStep({ treasuryShare: 0, genesisAge: 5400 }, {}, (s) => {
      s["liquid"]! += s["communityLocked"]! + s["treasury"]!;
      s["communityLocked"] = 0;
    });
    expect([f["minted"], f["granted"], f["unpaid"]]).toEqual([0, 0, 1]);
  });

  test("past the lock the treasury pays first, then minting up to the cap, 1.5 % a year", () => {
    const overrides = { genesisAge: 5486, grantAfterTable: 5 };
    expect(oneStep({ ...overrides, treasuryShare: 0.1 }, {}).f["minted"]).toBe(0);
    const poor = oneStep({ ...overrides, treasuryShare: 0 }, {});
    expect(poor.f["minted"]).toBeGreaterThan(1e6);
    expect(poor.f["granted"]).toBeCloseTo(poor.f["minted"]!, 3);
    expect(oneStep({ ...overrides, treasuryShare: 0 }, { mintLimit: 1234 }).f["minted"]).toBeCloseTo(1234, 6);
    const mintedIn = (inflationVariant: number) => {
      let minted = 0;
      livePaths(constantPath(2, 0, 1), {
        overrides: { ...overrides, treasuryShare: 0, inflationVariant, welcome: 20, reachable: 1e9 },
        days: 365,
        paths: 1,
        seed: 2,
        onStep: (_s, f) => {
          minted += f.minted;
        },
      });
      return minted / 1e10;
    };
    // Twelve whole periods in a year of contract time: days do not divide them, so the last days of some are lost.
    expect(mintedIn(0)).toBeGreaterThan(0.0135);
    expect(mintedIn(0)).toBeLessThan(0.0151);
    expect(mintedIn(1)).toBeCloseTo(0.015, 3);
  });

  test("an adaptive pot pays out the same whoever comes, where the table pays more to more", () => {
    const granted = (grantVariant: number, active: number) =>
      oneStep({ grantVariant, welcome: 0 }, {}, (s) => {
        s["active"]! *= active;
      }).f["granted"]!;
    expect(granted(0, 2) / granted(0, 1)).toBeGreaterThan(1.9);
    expect(granted(1, 2) / granted(1, 1)).toBeCloseTo(1, 9);
  });
});

describe("limits on burning hold", () => {
  test("a burn stops at its limit and the rest funds the network", () => {
    const all = oneStep({}, { burnShare: 1 }).f;
    const fees = all["fees"]!;
    // Issuers keep 40 %, all of the protocol's part burns.
    expect(all["burned"]).toBeCloseTo(0.6 * fees, 3);
    expect(oneStep({}, { burnShare: 1, burnLimit: 5 }).f["burned"]).toBeCloseTo(5, 9);
    expect(oneStep({}, { burnShare: 0 }).f["burned"]).toBe(0);
  });
});
