import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mechanisms } from "../../env/mechanisms/catalog.js";
import type { Values } from "../../env/world.js";
import { player, STAND_IN } from "../../test/support/stand-in.js";
import { makeRule } from "./registry.js";
import { withParams } from "./rule-values.js";

/** A rule in the stand-in: issuance 1 to 20 % (8 % in force), burn share 0 to 1 (0.5), fee 0 to 0.4 (0.12). */
const play = (id: string, params: Values = {}) => player(withParams(makeRule(id, STAND_IN), params));

/** Issuance on each of some days on which the same is seen. */
function issuances(id: string, days: number, seen: Partial<Values> = {}, params: Values = {}): number[] {
  const { act } = play(id, params);
  return Array.from({ length: days }, () => act(seen).issuance!);
}

function close(actual: number | undefined, expected: number, relative = 1e-9): void {
  expect(Math.abs(actual! - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

describe("schedules by the clock", () => {
  it("bitcoin-halving halves after 210,000 blocks of ten minutes", () => {
    const days = issuances("bitcoin-halving", 400);
    // 1,458.3 days, of which 1,276 have passed.
    expect([days[0], days[182], days[183], days[399]]).toEqual([0.08, 0.08, 0.04, 0.04]);
  });

  it("solana is solanaInflation day by day and burns half of the fees", () => {
    const { act } = play("solana", { age: 3 });
    for (let day = 0; day < 400; day++) {
      const action = act({});
      close(action.issuance, mechanisms.solanaInflation(3 + day / 365), 1e-12);
      expect(action.burnShare).toBe(0.5);
    }
  });

  it("filecoin-simple decays like filecoinSimpleReward", () => {
    const days = issuances("filecoin-simple", 730);
    for (const day of [0, 100, 729]) {
      close(days[day]! / 0.08, mechanisms.filecoinSimpleReward(2880 * day) / mechanisms.filecoinSimpleReward(0));
    }
  });

  it("wld-grants follows the table month by month, and goes on with its last grant", () => {
    const days = issuances("wld-grants", 365);
    const first = mechanisms.wldGrant(39 + 17);
    for (const month of [0, 1, 5, 11]) {
      // The middle of the month.
      close(days[Math.floor((month + 0.5) * 30.4375)]! * first, 0.08 * mechanisms.wldGrant(39 + 17 + month));
    }
    // The table rises where the contracts raised it, month 29 of it.
    const late = issuances("wld-grants", 60, {}, { month: 28, start: 0.1 });
    close(late[45]! / late[0]!, 1.5 / 1.02);
    close(issuances("wld-grants", 365, {}, { month: 49 })[364]!, 0.08);
  });
});

describe("schedules by what is in issue", () => {
  it("tao-emission pays taoBlockEmission over what is in issue", () => {
    const issued = 0.51 * 21e6;
    close(play("tao-emission").act({}).issuance, (mechanisms.taoBlockEmission(issued) * 7200 * 365) / issued, 1e-12);
  });

  it("tao-emission halves when half is issued, later when tokens are recycled, never when supply shrinks", () => {
    const halving = (netIssuance: number) => {
      const days = issuances("tao-emission", 700, { netIssuance }, { issued: 0.495 });
      return days.findIndex((rate, i) => i > 0 && rate < 0.7 * days[i - 1]!);
    };
    // 0.495 grows to 0.5 in ln(0.5 / 0.495) / 0.1 years.
    expect(halving(0.1)).toBe(Math.ceil((Math.log(0.5 / 0.495) / Math.log(1 + 0.1 / 365)) * (1 - 1e-12)));
    expect(halving(0.02)).toBeGreaterThan(4 * halving(0.1));
    expect(halving(-0.05)).toBe(-1);
  });

  it("polkadot-fixed issues the same number of tokens whatever the supply", () => {
    let supply = 1;
    for (const rate of issuances("polkadot-fixed", 730, { netIssuance: 0.04 })) {
      close(rate * supply, 0.08);
      supply *= 1 + 0.04 / 365;
    }
  });

  it("polkadot-capped issues polkadotCappedIssuance evenly and decides anew after the period", () => {
    const dot = 2.1e9 / 1.2545;
    const { act } = play("polkadot-capped", { period: 0.5 });
    const days = Array.from({ length: 200 }, () => act({ netIssuance: 0.03 }).issuance!);
    close(days[0], mechanisms.polkadotCappedIssuance(dot) / dot);
    const supplyAt = (day: number) => (1 + 0.03 / 365) ** day;
    close(days[100]! * supplyAt(100), days[0]!);
    const second = mechanisms.polkadotCappedIssuance(dot * supplyAt(183)) / dot;
    close(days[190]! * supplyAt(190), second);
  });

  it("wld-mint-cap lets supply grow by wldPeriodCap in each period, or as little as the band allows", () => {
    const least = issuances("wld-mint-cap", 10)[0]!;
    expect(least).toBeCloseTo(0.0149, 4);
    const cap = 0.005;
    let grown = 1;
    for (const rate of issuances("wld-mint-cap", 365, { netIssuance: Number.NaN }, { cap })) grown *= 1 + rate / 365;
    // Periods end between days, so a year holds 12 of them give or take a day; the sum within a period is not compounded.
    close(Math.log(grown), 12 * Math.log(1 + cap), 0.003);
  });
});

describe("rules on the staked share", () => {
  it("ethereum-issuance is ethereumAnnualIssuance over the supply", () => {
    for (const bondedRatio of [0.5, 0.8, 1]) {
      const expected = mechanisms.ethereumAnnualIssuance(bondedRatio * 120.5e6) / 120.5e6;
      // The rule has the usual four digits of 166.3.
      close(play("ethereum-issuance").act({ bondedRatio }).issuance, expected, 2e-4);
    }
    expect(play("ethereum-issuance").act({ bondedRatio: Number.NaN }).issuance).toBe(0.08);
  });

  it("polkadot-old is polkadotReward between its limits, most at the ideal share", () => {
    for (const bondedRatio of [0.1, 0.6, 0.65, 0.9]) {
      const expected = 0.025 + 0.075 * mechanisms.polkadotReward(bondedRatio, 0.6, 0.05);
      close(play("polkadot-old").act({ bondedRatio }).issuance, expected);
    }
    expect(play("polkadot-old").act({ bondedRatio: Number.NaN }).issuance).toBe(0.08);
  });

  it("akash-decay is akashDecayInflation with the day for the block", () => {
    let inflation = 0.08;
    for (const [day, issuance] of issuances("akash-decay", 300, { bondedRatio: 0.3 }).entries()) {
      const given = { start: 0.08, years: day / 365, inflation, bonded: 0.3, blocksPerYear: 365 };
      inflation = mechanisms.akashDecayInflation(given).inflation;
      close(issuance, inflation);
    }
    expect(inflation).toBeLessThan(0.08);
  });
});

describe("rules on the price", () => {
  it("ampleforth rests within 2.5 %, mints above and burns below as the curve says", () => {
    const at = (ratio: number) => play("ampleforth").act({ priceChange: Math.log(ratio) });
    expect(at(1.02)).toEqual({ issuance: 0.08, burnShare: 0.5, fee: 0.12 });
    const up = mechanisms.ampleforthRebase(1.05) / 0.05;
    close(at(1.05).issuance, 0.08 + up * 0.12);
    close(at(1.05).burnShare, 0.5 - up * 0.5);
    const down = -mechanisms.ampleforthRebase(0.95) / 0.077;
    close(at(0.95).issuance, 0.08 - down * 0.07);
    close(at(0.95).burnShare, 0.5 + down * 0.5);
  });

  it("ampleforth adds up price changes, an unreadable one as none", () => {
    const { act } = play("ampleforth");
    act({ priceChange: Math.log(1.03) });
    act({ priceChange: Number.NaN });
    const both = act({ priceChange: Math.log(1.02) });
    close(both.issuance, play("ampleforth").act({ priceChange: Math.log(1.03 * 1.02) }).issuance!);
  });

  it("frax-cr walks its ratio down above the band and up below it, 0.06 a day", () => {
    const { act, memory } = play("frax-cr");
    const start = memory["ratio"]!;
    close(act({ priceChange: 0.01 }).issuance, 0.01 + (1 - (start - 0.06)) * 0.19);
    close(act({ priceChange: -0.02 }).issuance, 0.08);
    expect(act({ priceChange: 0.01 }).issuance).toBeCloseTo(0.08, 12);
    for (let day = 0; day < 30; day++) act({ priceChange: -0.02 });
    expect(act({}).issuance).toBeCloseTo(0.01, 12);
  });

  it("rai-pi is raiRedemptionRate with the day for the second, taken off issuance", () => {
    const { act } = play("rai-pi");
    let [redemption, last, integral, market] = [1, 0, 0, 1];
    for (const change of [-0.2, 0.05, 0.02, -0.1]) {
      market *= Math.exp(change);
      const update = mechanisms.raiRedemptionRate({
        redemption,
        market,
        last,
        integral,
        seconds: 1 / 365,
        kp: 0.25,
        ki: 1,
        leakPerSecond: 0.99 ** (24 * 365),
        noiseBarrier: 0.98,
      });
      close(act({ priceChange: change }).issuance, Math.min(0.2, Math.max(0.01, 0.08 - update.rate)));
      // Within a day the rule grows the redemption price by rate x step where the contract compounds.
      redemption *= 1 + update.rate / 365;
      integral = update.integral;
      last = update.error;
    }
  });

  it("bnb-auto-burn burns by bnbAutoBurn at each quarter's mean price", () => {
    const { act } = play("bnb-auto-burn");
    const shares = Array.from({ length: 190 }, (_, day) => act({ priceChange: day === 0 ? Math.log(2) : 0 }).burnShare!);
    expect(shares[89]).toBe(0.5);
    // Price 1200 against 600 at the start.
    const thinner = mechanisms.bnbAutoBurn(2_592_000, 1200) / mechanisms.bnbAutoBurn(2_592_000, 600);
    close(shares[90], 0.5 * thinner);
    close(shares[189], 0.5 * thinner);
  });

  it("aave-risk-steward requests only what aaveRiskSteward accepts, whatever happens", () => {
    const drawdown = fc.oneof(fc.double({ min: 0, max: 4, noNaN: true }), fc.constantFrom(Number.NaN, Infinity));
    fc.assert(
      fc.property(fc.array(drawdown, { minLength: 5, maxLength: 60 }), (days) => {
        const { act } = play("aave-risk-steward", { gain: 2 });
        let [current, elapsed] = [0.08, 3];
        for (const seen of days) {
          const proposed = act({ drawdown: seen }).issuance!;
          if (proposed !== current) {
            const update = { current, proposed, elapsed, minDelay: 3, maxChange: 0.3, relative: true };
            expect(mechanisms.aaveRiskSteward(update).reason).toBe("none");
            elapsed = 0;
          }
          elapsed += 1;
          current = proposed;
        }
      }),
      { seed: 7 },
    );
    const falling = issuances("aave-risk-steward", 30, { drawdown: 2 });
    close(falling[0], 0.08 * 0.7);
    expect(falling[2]).toBe(falling[0]);
    close(falling[3], 0.08 * 0.49);
    close(falling[29], 0.08 * Math.exp(-1));
  });
});

describe("rules on use and on reserves", () => {
  it("filecoin-baseline decays by the clock while usage keeps up, and stalls to 30 % without any", () => {
    const usage = 5;
    for (const [day, issuance] of issuances("filecoin-baseline", 400, { usage }).entries()) {
      // Effective time is the clock's to half a step of a baseline that grows by 0.2 % a day.
      close(issuance, 0.08 * 2 ** (-day / 365 / 6), 2e-3);
    }
    const stalled = issuances("filecoin-baseline", 366, { usage: -10 }).at(-1)!;
    // Usage of e^-10 still lets effective time creep.
    close(stalled, 0.3 * 0.08 * 2 ** (-1 / 6), 1e-3);
  });

  it("filecoin-baseline at half of the first baseline mints what the epochs of Filecoin would", () => {
    const days = issuances("filecoin-baseline", 200, { usage: Math.log(0.5) }, { simple: 0 });
    const at = (day: number) => mechanisms.filecoinEffectiveTime(0.5 * 2.88888888e18 * 2880 * day);
    for (const day of [1, 100, 199]) {
      const reward = mechanisms.filecoinBaselineReward(at(day), at(day + 1));
      // A day's mean against the rate at its end: 0.1 % of decay and growth.
      close(days[day]! / 0.08, reward / mechanisms.filecoinBaselineReward(0, 2880), 2e-3);
    }
  });

  it("bme-backoff divides issuance by bmeBackoffBlocks and halts with hysteresis, also when blind", () => {
    const at = (collateralRatio: number) => play("bme-backoff", { start: 0.2 }).act({ collateralRatio }).issuance;
    expect(at(1.4)).toBe(0.2);
    for (const ratio of [0.9401, 0.9345]) close(at(ratio), (0.2 * 10) / mechanisms.bmeBackoffBlocks(Math.round(ratio * 1e4)));
    expect(at(0.9)).toBe(0.01);
    expect(at(Number.NaN)).toBe(0.01);
    const { act } = play("bme-backoff");
    const rates = [0.89, 0.929, 0.931].map((collateralRatio) => act({ collateralRatio }).issuance!);
    expect(rates.slice(0, 2)).toEqual([0.01, 0.01]);
    // 10 blocks of 61 or 62: just above the least.
    expect(rates[2]).toBeGreaterThan(0.01);
  });

  it("burn-guidance moves by rnp020Reward once a quarter", () => {
    const { act } = play("burn-guidance", { nodes: 2 });
    // Net issuance 0 says that all 8 % are burned: the target is twice that.
    const days = Array.from({ length: 200 }, () => act({ netIssuance: 0 }).issuance!);
    const first = mechanisms.rnp020Reward(0.08, 0.16);
    expect(days[89]).toBe(0.08);
    close(days[90], first.reward);
    // Burns grew with issuance by the same factor, and growth counts again.
    const burns = first.reward;
    const second = mechanisms.rnp020Reward(first.reward, burns * (burns / 0.08) * 2, first.cap, first.direction);
    close(days[181], second.reward);
  });

  it("pid-buyback burns below its slow mean as pidBuyback would, nothing above it", () => {
    const { act } = play("pid-buyback", { ki: 0 });
    const share = act({ priceChange: -0.1, usage: 0 }).burnShare!;
    const below = 1 - Math.exp(-0.1 * (1 - 0.02));
    const { spend } = mechanisms.pidBuyback({
      price: 1 - below,
      target: 1,
      reserve: 60 + 1 - 0.3,
      obligations: 30,
      budget: 1,
      kp: 2,
    });
    close(share, spend);
    expect(play("pid-buyback").act({ priceChange: 0.1 }).burnShare).toBe(0);
  });

  it("pid-buyback stops at what it owes when usage dries up", () => {
    const { act, memory } = play("pid-buyback", { costs: 1, kp: 20 });
    for (let day = 0; day < 40; day++) act({ priceChange: -0.05, usage: -1 });
    // Costs of a day exceed its income, so what is free is gone and no more is burned.
    expect(memory["reserve"]).toBeLessThan(60);
    expect(act({ priceChange: -0.05, usage: -1 }).burnShare).toBe(0);
  });
});
