import { describe, expect, test } from "vitest";
import { parseUnit } from "../../compiler/trace/units.js";
import { uniform4 } from "../../core/random.js";
import { anywhere, episodes, livePath, of, series, steady } from "../../test/support/listed-akash.js";
import { toyEconomy } from "../../test/support/toy-economy.js";
import { checkEnv } from "../check-env.js";
import { akash } from "../economies/akash/index.js";
import type { Economy } from "../economy.js";
import { makeEnv } from "../environment.js";
import { resolveParams } from "../params.js";
import type { Values } from "../world.js";
import { dualClassVotes, findListedKind, listed } from "./listed.js";
import { LISTED_KINDS, type ListedKind, listedParams } from "./params.js";
import { LISTED_VARYING } from "./scenarios.js";

describe.each(LISTED_KINDS)("akash with a listed company, %s", (kind) => {
  const economy = of[kind];

  test("is declared in full, under names of its own", () => {
    const records = [
      economy.state,
      economy.params,
      economy.shocks,
      economy.flows,
      economy.observations,
      economy.terms,
      economy.constraints,
    ];
    for (const record of records) {
      for (const [name, field] of Object.entries(record)) {
        expect(() => parseUnit(field.unit), name).not.toThrow();
        expect(field.doc.length, name).toBeGreaterThan(5);
      }
    }
    expect(economy.id).toBe(`akash-v1+${kind}`);
    for (const [name, { value, low, high }] of Object.entries(economy.params)) {
      expect(value, name).toBeGreaterThanOrEqual(low);
      expect(value, name).toBeLessThanOrEqual(high);
    }
    for (const name of Object.keys(akash.state)) expect(economy.state).toHaveProperty(name);
    for (const name of economy.hidden!) expect(economy.state, name).toHaveProperty(name);
    for (const name of economy.balances) expect(economy.state[name]!.unit).toBe("AKT");
  });

  test("every objective weighs every term, and the economy's own presets ignore the share", () => {
    for (const weights of Object.values(economy.objectives))
      expect(Object.keys(weights).sort()).toEqual(Object.keys(economy.terms).sort());
    expect(Object.keys(economy.objectives)[0]).toBe("balanced");
    for (const [name, weights] of Object.entries(akash.objectives))
      expect(economy.objectives[name]).toEqual({ ...weights, shareholder: 0 });
    const split = economy.objectives["dual-class"]!;
    expect(split["holder"]! + split["shareholder"]!).toBeCloseTo(akash.objectives["balanced"]!["holder"]!, 12);
    // A fifth of the equity with ten votes a share: 2 votes against 0.8.
    expect(split["shareholder"]! / split["holder"]!).toBeCloseTo(2 / 0.8, 12);
  });

  test("scenarios change varying parameters within their ranges", () => {
    for (const [scenario, { overrides }] of Object.entries(economy.scenarios)) {
      for (const [name, value] of Object.entries(overrides)) {
        expect(economy.varying, scenario).toContain(name);
        expect(value, `${scenario} ${name}`).toBeGreaterThanOrEqual(economy.params[name]!.low);
        expect(value, `${scenario} ${name}`).toBeLessThanOrEqual(economy.params[name]!.high);
      }
    }
  });

  test("training worlds set every varying parameter within its range and surround the scenarios", () => {
    const drawn = episodes(1000).map((episode) => {
      const p: Values = resolveParams(economy);
      economy.functions.drawParams(p, { seed: 1, episode, day: 0, stream: 3 }, economy.uses);
      return p;
    });
    for (const name of LISTED_VARYING) {
      const values = drawn.map((p) => p[name]!);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      expect(low, name).toBeGreaterThanOrEqual(economy.params[name]!.low);
      expect(high, name).toBeLessThanOrEqual(economy.params[name]!.high);
      if (high === low) continue; // a ruling, where no regulator is asked
      const slack = 0.02 * (high - low);
      for (const { overrides } of Object.values(economy.scenarios)) {
        const named = overrides[name] ?? economy.params[name]!.value;
        if (named === -1) continue; // no event: covered by events after the horizon
        expect(low - slack, name).toBeLessThanOrEqual(named);
        expect(high + slack, name).toBeGreaterThanOrEqual(named);
      }
    }
  });

  test("observations stay within their bounds in every scenario under random actions", () => {
    const o: Values = {};
    for (const scenario of Object.keys(economy.scenarios)) {
      const p = resolveParams(economy, { scenario });
      const see = (s: Values) => {
        economy.functions.observe(o, s, p, { activityNoise: 1.7, volumeNoise: -1.7 }, economy.uses);
        for (const [name, { low, high }] of Object.entries(economy.observations)) {
          if (!(o[name]! >= low && o[name]! <= high))
            throw new Error(`${scenario}: ${name} is ${o[name]}, not in ${low} .. ${high}`);
        }
      };
      livePath(economy, anywhere, { scenario, episode: 4, onStep: see });
    }
    expect(Object.keys(o)).toEqual(Object.keys(economy.observations));
  });

  test("passes the checks of an environment", () => {
    expect(checkEnv(makeEnv(economy, { scenario: "random" }))).toEqual([]);
  });

  test("anywhere in the ranges of the layer's parameters the world stays finite, its books balanced, its observations within bounds", () => {
    const o: Values = {};
    for (let world = 0; world < 40; world++) {
      const overrides = extremeParams(economy, world);
      const p = { ...resolveParams(economy), ...overrides };
      const look = (s: Values) => {
        economy.functions.observe(o, s, p, { activityNoise: 0, volumeNoise: 0 }, economy.uses);
        const accounts = economy.balances.map((name) => s[name]!);
        const sound =
          Object.values(s).every(Number.isFinite) &&
          Object.entries(economy.observations).every(([name, { low, high }]) => o[name]! >= low && o[name]! <= high) &&
          Math.abs(accounts.reduce((total, x) => total + x, 0) - s["supply"]!) < 1e-3 &&
          Math.min(...accounts, s["shareCash"]!, s["shareCount"]!) > -1e-6;
        if (!sound) throw new Error(`world ${world}: ${JSON.stringify(overrides)} leads to ${JSON.stringify(s)}`);
      };
      livePath(economy, anywhere, { overrides, episode: world, days: 90, onStep: look });
    }
  });

  test("tokens are conserved for 1,000 days of random actions, and no account runs dry of more than it has", () => {
    let journal = economy.params["supplyStart"]!.value;
    let worst = 0;
    let lowest = 0;
    const watch = (s: Values, f: Values) => {
      journal += f["minted"]! - f["burned"]!;
      const accounts = economy.balances.map((name) => s[name]!);
      const sum = accounts.reduce((total, x) => total + x, 0);
      worst = Math.max(worst, Math.abs(sum - s["supply"]!), Math.abs(journal - s["supply"]!));
      lowest = Math.min(lowest, ...accounts, s["shareCash"]!, s["shareGrowthFund"]!);
    };
    const overrides = { shareHolderShare: 0.42, shareLeverage: 0.3, shareInflow: 1.5e10 };
    livePath(economy, anywhere, { days: 1000, overrides, onStep: watch });
    // Eight accounts of up to 4e8 tokens in 53 bits, two dozen sums a step, 1,000 steps.
    expect(worst).toBeLessThan(3e-3);
    expect(lowest).toBeGreaterThan(-1e-6);
  });
});

describe("the layer over an economy", () => {
  test("that nobody trades in leaves the economy as it is, bit for bit", () => {
    const none = {
      shareTreasuryStart: 0.0001,
      shareHolderShare: 0,
      shareLeverage: 0,
      shareListingDay: 3650,
      sharePostVolatility: 1,
    };
    const fields = ["price", "supply", "bonded", "usage", "exogenous", "regime", "capacityMarginal"];
    const figure = (s: Values) => fields.map((name) => s[name]!);
    const plain: number[][] = [];
    const layered: number[][] = [];
    livePath(akash, steady, { onStep: (s) => plain.push(figure(s)) });
    // The treasury comes out of the float; put back, nothing differs.
    const economy: Economy = { ...of.traditional, uses: { ...of.traditional.uses, resetCompany: withoutTreasury } };
    livePath(economy, steady, { overrides: none, onStep: (s) => layered.push(figure(s)) });
    expect(layered).toEqual(plain);
  });

  test("moves the economy's market once the share is listed", () => {
    const price = (overrides: Values) => series(of.traditional, (s) => s["price"]!, { overrides, days: 100 });
    const [early, late] = [price({ shareListingDay: 10 }), price({ shareListingDay: 60 })];
    expect(early.slice(0, 10)).toEqual(late.slice(0, 10));
    expect(early.slice(20)).not.toEqual(late.slice(20));
  });

  test("works on its streams alone: the economy's shocks are the plain ones", () => {
    const [plain, layered]: [Values, Values] = [{}, {}];
    const key = { seed: 5, episode: 1, day: 9, stream: 77 };
    akash.functions.draw(plain, key, akash.uses);
    of.spac.functions.draw(layered, key, of.spac.uses);
    expect(layered).toMatchObject(plain);
    expect(new Set(Object.values(layered)).size).toBe(Object.keys(layered).length);
  });

  test("unknown kinds and economies that do not fit are refused with the nearest name or what is missing", () => {
    expect(() => findListedKind("compute")).toThrow(/unknown kind of listing "compute"/);
    expect(() => listed(akash, "spak" as ListedKind)).toThrow(
      expect.objectContaining({ code: "E_LISTED_KIND", hint: "did you mean spac?" }),
    );
    expect(() => listed(of.spac, "spac")).toThrow(/akash-v1\+spac cannot be listed: it is listed already/);
    expect(() => listed(toyEconomy, "spac")).toThrow(
      expect.objectContaining({ code: "E_LISTED_ECONOMY", message: expect.stringMatching(/have no \w+/) }),
    );
    const clash = { ...akash, state: { ...akash.state, shareCount: { unit: "1", doc: "taken" } } };
    expect(() => listed(clash, "spac")).toThrow(/its state have a shareCount, a name of the listed layer/);
  });
});

/** Each parameter of the layer at one of its bounds or anywhere between, a third of the time each; listed early. */
function extremeParams(economy: Economy, world: number): Values {
  const names = Object.keys(listedParams("traditional"));
  const values = names.map((name, i) => {
    const { low, high } = economy.params[name]!;
    const draw = uniform4(11, world, i, 5);
    return [name, draw.b < 1 / 3 ? low : draw.b > 2 / 3 ? high : low + (high - low) * draw.a] as const;
  });
  return { ...Object.fromEntries(values), shareListingDay: 20 * uniform4(12, world, 0, 5).a };
}

function withoutTreasury(s: Values, p: Values): void {
  Object.assign(s, { shareTreasury: 0, shareCash: 0, shareGrowthFund: 0, shareService: 1, shareAccrued: 0 });
  s["shareCount"] =
    (p["shareOperations"]! * p["shareTreasuryStart"]! * p["supplyStart"]! * p["priceStart"]!) / p["shareOffer"]!;
}

test("two classes of shares: a fifth of the equity with ten votes a share has 5 votes of 7", () => {
  expect(dualClassVotes(0.2, 10)).toBeCloseTo(5 / 7, 12);
  expect(dualClassVotes(0.2, 1)).toBeCloseTo(0.2, 12);
  expect([dualClassVotes(0, 10), dualClassVotes(1, 10)]).toEqual([0, 1]);
});
