import { describe, expect, test } from "vitest";
import { episodes, livePath, mean, of, series, steady } from "../../test/support/listed-akash.js";
import { feedbackPath } from "../../validation/akash/control-gates.js";
import type { PathController } from "../../validation/plain-path.js";
import { akash } from "../economies/akash/index.js";
import type { Economy } from "../economy.js";
import type { Values } from "../world.js";
import type { ListedKind } from "./params.js";

describe("after the listing", () => {
  test.each([1.41, 1.76])("the sector path is %f times as volatile", (sharePostVolatility) => {
    const volatility = (factor: number) => {
      const squares = episodes(40).flatMap((episode) => {
        const path = series(of.traditional, (s) => s["exogenous"]!, {
          episode,
          days: 150,
          overrides: { sharePostVolatility: factor, shareListingDay: 0 },
        });
        return path.slice(1).map((x, i) => (x - path[i]!) ** 2);
      });
      return Math.sqrt(mean(squares));
    };
    // How much thin markets amplify is measured, not derived: within a tenth.
    const ratio = volatility(sharePostVolatility) / volatility(1);
    expect(ratio / sharePostVolatility).toBeGreaterThan(0.9);
    expect(ratio / sharePostVolatility).toBeLessThan(1.1);
  });

  test("variance jumps in the step in which the listing falls, at noon too", () => {
    for (const shareListingDay of [20, 20.5]) {
      const variance = (sharePostVolatility: number) =>
        series(of.traditional, (s) => s["variance"]!, { days: 22, overrides: { shareListingDay, sharePostVolatility } });
      const [plain, post] = [variance(1), variance(1.5)];
      expect(post.slice(0, 20)).toEqual(plain.slice(0, 20));
      expect(post[20]! / plain[20]!).toBeGreaterThan(1.5);
    }
  });

  test("the share pops or falls on its first day as the scenario says", () => {
    const first = (sharePop: number) =>
      mean(
        episodes(20).map(
          (episode) => series(of.traditional, (s) => s["shareReturn"]!, { episode, days: 31, overrides: { sharePop } })[30]!,
        ),
      );
    // Day 30 is a Wednesday of the fifth week; the band's pauses keep a little for the next day.
    expect(first(0.5) - first(0)).toBeCloseTo(0.5, 1);
    expect(first(-0.35) - first(0)).toBeCloseTo(-0.35, 1);
  });

  test("raised money raises demand", () => {
    const demand = (shareRaise: number) =>
      series(of.traditional, (s) => s["demand"]!, { overrides: { shareRaise, sharePostVolatility: 1 } }).at(-1)!;
    expect(demand(1.5)).toBeGreaterThan(demand(0));
  });
});

describe("the share leg stands still while the token trades on", () => {
  const frozen = series(of["compute-backed"], (s, f) => [f["shareOpen"]!, s["shareReturn"]!, s["lastReturn"]!] as never, {
    scenario: "regulator-denies",
  }) as unknown as number[][];

  test("in the month after a regulator forbids it", () => {
    const month = frozen.slice(90, 120);
    expect(month.every(([open, share]) => open === 0 && Math.abs(share!) === 0)).toBe(true);
    expect(month.filter(([, , token]) => token !== 0).length).toBe(30);
    // The news waits for the opening.
    expect(Math.min(...frozen.slice(120, 125).map(([, share]) => share!))).toBeLessThan(-0.15);
  });

  test("at weekends", () => {
    const open = series(of.traditional, (_s, f) => f["shareOpen"]!, { overrides: { shareListingDay: 0 } });
    for (const [day, part] of open.entries()) expect(part === 0, `day ${day}`).toBe(day % 7 > 4);
  });

  test("in a flash crash that closes the session at an index fall of 20 %; what is left moves it on the next days", () => {
    const calm = { episode: 2, overrides: {} };
    const crash = series(of.traditional, (_s, f) => f["shareOpen"]!, { ...calm, scenario: "flash-crash" });
    expect(crash[60]).toBeGreaterThan(0.5);
    expect(crash[60]).toBeLessThan(0.95);
    const depth = series(of.traditional, (s) => s["depth"]!, { ...calm, scenario: "flash-crash" });
    const normal = series(of.traditional, (s) => s["depth"]!, calm);
    expect(depth[60]! / normal[60]!).toBeLessThan(0.5);
    expect(depth[110]! / normal[110]!).toBeGreaterThan(0.8);
  });
});

/** The same path with and without one change: mean difference of a figure over some days, and how many episodes agree in sign. */
function effect(figure: (s: Values) => number, days: readonly [number, number], pair: readonly [PathRun, PathRun], count = 16) {
  const differences = episodes(count).map((episode) => {
    const [a, b] = pair.map(({ economy, rule = steady, ...options }) => {
      const values: number[] = [];
      livePath(economy, rule, { ...options, episode, days: days[1], onStep: (s) => values.push(figure(s)) });
      return mean(values.slice(days[0]));
    });
    return b! - a!;
  });
  return { mean: mean(differences), above: differences.filter((x) => x > 0).length / count };
}

type PathRun = { economy: Economy; rule?: PathController } & Omit<
  NonNullable<Parameters<typeof livePath>[2]>,
  "episode" | "days" | "onStep"
>;

describe("signs", () => {
  const economy = of.traditional;

  test("more institutional money, higher token, higher premium, more tokens in the treasury", () => {
    const pair = [{ economy }, { economy, scenario: "institutional-inflow" }] as const;
    for (const figure of ["logPrice", "sharePremium", "shareTreasury"]) {
      expect(effect((s) => s[figure]!, [60, 365], pair).above, figure).toBeGreaterThan(0.9);
    }
  });

  test("more leverage, deeper falls of the token when the sector falls", () => {
    const run = (shareLeverage: number) => ({ economy, scenario: "liquidity-cascade", overrides: { shareLeverage } });
    const sold = (run: PathRun) =>
      mean(
        episodes(12).map((episode) =>
          Math.max(...series(run.economy, (_s, f) => f["shareLiquidated"]!, { ...run, episode, days: 70 })),
        ),
      );
    expect(sold(run(0))).toBe(0);
    expect(sold(run(0.25))).toBeGreaterThan(sold(run(0.1)));
    const drawdown = effect((s) => -s["maxDrawdown"]!, [60, 90], [run(0), run(0.25)]);
    expect(drawdown.mean).toBeLessThan(0);
    expect(drawdown.above).toBeLessThan(0.25);
  });

  test("bots bring the premium nearer to fair value, less so when they are slow or poor", () => {
    const away = (overrides: Values) =>
      effect(
        (s) => Math.abs(s["sharePremium"]!),
        [60, 300],
        [
          { economy, overrides: { arbitrageSpeed: 0 } },
          { economy, overrides },
        ],
      );
    const rich = away({ arbitrageLimit: 0.5 });
    expect(rich.mean).toBeLessThan(-0.05);
    expect(away({}).mean).toBeGreaterThan(rich.mean);
    expect(away({ arbitrageLimit: 0.5, arbitrageCost: 0.1 }).mean).toBeGreaterThan(rich.mean);
  });

  test("a holder of 42 % holds issuance down to what it lets pass", () => {
    const minted = (overrides: Values) => {
      let sum = 0;
      livePath(economy, (_o, a) => Object.assign(a, { issuance: 0.2, burnShare: 0, fee: 0.12 }), {
        overrides,
        days: 200,
        onStep: (_s, f) => {
          sum += f["minted"]!;
        },
      });
      return sum;
    };
    const most = (0.04 / 365) * 200 * 1.05 * akash.params["supplyStart"]!.value;
    expect(minted({ shareHolderShare: 0.42 })).toBeLessThan(most);
    expect(minted({ shareHolderShare: 0.1 })).toBeGreaterThan(2 * most);
  });
});

describe("degenerate controllers", () => {
  const constant =
    (issuance: number, burnShare: number, fee: number): PathController =>
    (_o, a) =>
      Object.assign(a, { issuance, burnShare, fee });
  const score = (objective: string, rule: PathController) => {
    const weights = of.traditional.objectives[objective]!;
    return mean(
      episodes(12).map((episode) => {
        const { terms } = livePath(of.traditional, rule, { episode });
        return Object.entries(weights).reduce((sum, [term, weight]) => sum + weight * terms[term]!, 0);
      }),
    );
  };

  test.each(["balanced", "shareholders", "dual-class"])(
    "lose to a moderate constant and to feedback on service: %s",
    (objective) => {
      const moderate = score(objective, constant(0.038, 0.12, 0.19));
      expect(score(objective, constant(0.01, 1, 0.4))).toBeLessThan(moderate);
      expect(score(objective, constant(0.2, 0, 0.12))).toBeLessThan(moderate);
      expect(score(objective, constant(0.01, 0, 0.12))).toBeLessThan(moderate);
      expect(score(objective, (o, a) => feedbackPath(o, a, 0, {}))).toBeGreaterThan(moderate + 0.05);
    },
  );
});

describe("kinds on the same shocks", () => {
  const figure = (kind: ListedKind, name: string, scenario = "base") =>
    mean(episodes(12).map((episode) => mean(series(of[kind], (s) => s[name]!, { episode, scenario }).slice(200))));

  test("only compute-backed shares pay dividends; a SPAC ends below an offering", () => {
    expect(figure("compute-backed", "shareAccrued")).toBeGreaterThan(0.02);
    expect(figure("traditional", "shareAccrued") + figure("spac", "shareAccrued")).toBe(0);
    expect(figure("spac", "sharePremium")).toBeLessThan(figure("traditional", "sharePremium"));
  });

  test("the scenarios of each kind do what they say", () => {
    const premium = (kind: ListedKind, scenario: string) =>
      figure(kind, "sharePremium", scenario) - figure(kind, "sharePremium");
    expect(premium("traditional", "ipo-pop")).toBeGreaterThan(0);
    expect(premium("traditional", "ipo-bust")).toBeLessThan(-0.1);
    expect(premium("spac", "spac-fail")).toBeLessThan(-0.05);
    expect(premium("compute-backed", "regulator-approves")).toBeGreaterThan(0);
    expect(premium("compute-backed", "regulator-denies")).toBeLessThan(-0.03);
    expect(figure("compute-backed", "shareAccrued", "regulator-denies")).toBeLessThan(
      0.4 * figure("compute-backed", "shareAccrued"),
    );
  });
});

describe("stock-minus-10", () => {
  /** Burns and holds issuance back once the share has fallen by more than 8 % in a day. */
  function propper(): PathController {
    let alarmed = false;
    return (o, a, day, memory) => {
      if (day === 0) alarmed = false;
      steady(o, a, day, memory);
      alarmed ||= day > 55 && o["shareReturn"]! < -0.08;
      if (alarmed) Object.assign(a, { issuance: 0.01, burnShare: 1 });
    };
  }
  const apart = (s: Values) => s["logPrice"]! - s["shareLog"]!;
  const economy = of.traditional;
  const scenario = "stock-minus-10";

  test("the share falls by 10 %, the token by nothing of the kind", () => {
    const still = (z: Values) => {
      for (const name of Object.keys(z)) z[name] = name === "jumpChance" || name === "regime" ? 0.999999 : 0;
    };
    const overrides = { shareListingDay: 0, sharePop: 0 };
    const share = series(economy, (s) => s["shareReturn"]!, { scenario, shake: still, days: 62, overrides });
    const token = series(economy, (s) => s["lastReturn"]!, { scenario, shake: still, days: 62, overrides });
    expect(share[60]! - share[59]!).toBeCloseTo(Math.log(0.9), 1);
    expect(Math.abs(token[60]! - token[59]!)).toBeLessThan(0.005);
  });

  test("a controller that props the token up drives token and share apart", () => {
    const found = effect(
      apart,
      [61, 200],
      [
        { economy, scenario },
        { economy, scenario, rule: propper() },
      ],
    );
    expect(found.mean).toBeGreaterThan(0.005);
    expect(found.above).toBeGreaterThan(0.75);
  });

  test("and is charged for it as manipulation, one that holds still is not", () => {
    let [propped, held] = [0, 0];
    livePath(economy, propper(), {
      scenario,
      onStep: (_s, f) => {
        propped = Math.max(propped, f["shareExplained"]!);
      },
    });
    livePath(economy, steady, {
      scenario,
      onStep: (_s, f) => {
        held = Math.max(held, f["shareExplained"]!);
      },
    });
    expect(held).toBeLessThan(0.01);
    expect(propped).toBeGreaterThan(5 * held);
  });
});
