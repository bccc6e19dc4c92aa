import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mechanisms } from "./catalog.js";
import { effectiveYears } from "./filecoin-reward.js";

const { raiRedemptionRate, aaveRiskSteward, pidBuyback, seedUtilization, akashDecayInflation } = mechanisms;

function close(actual: number, expected: number, relative = 1e-9): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

describe("Filecoin's minting (specs-actors actors/builtin/reward)", () => {
  // testdata/TestSimpleReward.golden, printed there to more digits than a double has.
  test.each([
    [0, 36.266264293777134],
    [5_000, 36.246341860983435],
    [10_000, 36.226430372336765],
    [2_550_000, 27.40289463022309],
    [2_555_000, 27.3878411821425],
  ])("simple minting of epoch %d", (epoch, reward) => {
    close(mechanisms.filecoinSimpleReward(epoch), reward, 1e-14);
  });

  test("simple minting adds up to 330 M, baseline minting to 770 M", () => {
    // A geometric series, first / (1 - ratio): as the code counts, it begins an epoch early, at e^lambda times the total.
    const [first, second] = [mechanisms.filecoinSimpleReward(0), mechanisms.filecoinSimpleReward(1)];
    // 1 - ratio is 1e-7: of its 16 digits 9 are left, 8 of them sure.
    close(first / (1 - second / first), 330e6 * 2 ** (1 / (6 * 1_051_200)), 1e-8);
    close(mechanisms.filecoinBaselineReward(0, 1e9), 770e6);
  });

  test("the baseline starts at 2.88888888 EB and doubles in a year", () => {
    expect(mechanisms.filecoinBaselinePower(0)).toBe(2.88888888e18);
    close(mechanisms.filecoinBaselinePower(1_051_200), 2 * 2.88888888e18);
  });

  test("effective time is the clock while power meets the baseline, epoch by epoch as on chain, and stalls below it", () => {
    let [full, half] = [0, 0];
    for (let epoch = 0; epoch < 300; epoch++) {
      expect(mechanisms.filecoinEffectiveTime(full)).toBeCloseTo(epoch, 6);
      const baseline = mechanisms.filecoinBaselinePower(epoch);
      full += baseline;
      half += baseline / 2;
    }
    // Half of the power: half of the first epochs' baseline, which hardly grows in 300 epochs.
    close(mechanisms.filecoinEffectiveTime(half), 150, 1e-4);
    const before = mechanisms.filecoinEffectiveTime(half);
    expect(mechanisms.filecoinEffectiveTime(half + 1e17) - before).toBeLessThan(0.1);
  });

  test("the yearly form that controllers use agrees with the epochs", () => {
    for (const years of [0.1, 1, 5]) {
      const cumulated = (2 ** years - 1) / Math.LN2;
      close(effectiveYears(cumulated, Math.LN2), years, 1e-12);
      const sum = cumulated * 2.88888888e18 * 1_051_200;
      // The sum over epochs against the integral: half an epoch.
      expect(mechanisms.filecoinEffectiveTime(sum) / 1_051_200).toBeCloseTo(years, 5);
    }
  });
});

describe("akashDecayInflation (akash-network/node x/inflation)", () => {
  const real = { start: 48.546257, halfLife: 2.10306569, years: 1.1119637108018354, inflation: 0, bonded: 0.67 };

  test("the repository's own case: the lower limit 13 months after it began", () => {
    const { low, inflation } = akashDecayInflation(real);
    close(low, 31.96791893456269);
    // Its test is commented out and says 31.9678995649; the formula of the code gives 6e-7 more. Not resolved, hence 1e-5.
    close(low, 31.9678995649023, 1e-5);
    expect(inflation).toBe(low);
  });

  test("halves in its half-life and moves like Cosmos within the limits", () => {
    const { ideal, low, high } = akashDecayInflation({ start: 0.5, years: 2, inflation: 0.25, bonded: 0.67 });
    expect([ideal, low, high]).toEqual([0.25, 0.2375, 0.2625]);
    const at = (inflation: number, bonded: number) =>
      akashDecayInflation({ start: 0.5, years: 2, inflation, bonded }).inflation;
    close(at(0.25, 0) - 0.25, 0.13 / 6_311_520, 1e-7);
    expect(at(0.9, 0)).toBe(0.2625);
  });
});

describe("raiRedemptionRate (geb-rrfm-calculators PI, from the formula)", () => {
  test("proportional part, trapezoid integral and leak by hand", () => {
    const first = raiRedemptionRate({ redemption: 3, market: 2.9, seconds: 3600, kp: 1e-8, ki: 1e-13, leakPerSecond: 1 });
    close(first.error, 0.1, 1e-12);
    close(first.integral, (3600 * (0.1 + 0)) / 2, 1e-12);
    close(first.rate, 1e-8 * 0.1 + 1e-13 * 180, 1e-12);
    close(first.redemption, 3 * (1 + first.rate) ** 3600, 1e-9);
    const { error: last, integral } = first;
    const leak = 0.99 ** (1 / 3600);
    const next = raiRedemptionRate({
      redemption: 3,
      market: 3.05,
      seconds: 3600,
      kp: 1e-8,
      ki: 1e-13,
      last,
      integral,
      leakPerSecond: leak,
    });
    close(next.integral, 0.99 * integral + (3600 * (-0.05 + 0.1)) / 2, 1e-9);
  });

  test("an output within the noise barrier counts as none, and the rate is bounded", () => {
    const update = { redemption: 3, market: 2.97, seconds: 3600, kp: 1, ki: 0 } as const;
    expect(raiRedemptionRate({ ...update, noiseBarrier: 0.98 }).rate).toBe(0);
    close(raiRedemptionRate({ ...update, noiseBarrier: 0.995 }).rate, 0.03);
    expect(raiRedemptionRate({ ...update, high: 0.01 }).rate).toBe(0.01);
    expect(raiRedemptionRate({ ...update, market: 3 }).rate).toBe(0);
  });

  test("at extreme gains the redemption price stays a positive number that the next update takes", () => {
    const update = { market: 2.5, seconds: 3600, kp: 1e9, ki: 0 } as const;
    // A rate of 1/s doubles it each second: 2^3600 times 3 is beyond a double.
    const risen = raiRedemptionRate({ ...update, redemption: 3 });
    expect(risen.rate).toBe(1);
    close(risen.redemption, Math.exp(345));
    const fallen = raiRedemptionRate({ ...update, market: 3.5, redemption: 3 });
    expect(fallen.rate).toBe(-0.9);
    close(fallen.redemption, Math.exp(-345));
    expect(raiRedemptionRate({ ...update, redemption: risen.redemption }).redemption).toBe(risen.redemption);
    expect(raiRedemptionRate({ ...update, redemption: fallen.redemption }).redemption).toBe(fallen.redemption);
    // Just within the bound: 2^490 times 3.
    close(raiRedemptionRate({ ...update, redemption: 3, seconds: 490 }).redemption, 3 * 2 ** 490);
    const opposite = { redemption: 1e10, market: 2, seconds: 3600, kp: 1e308, integral: -1e308, ki: 1e308 };
    expect(() => raiRedemptionRate(opposite)).toThrow("overflow with opposite signs");
  });

  test("a price below redemption raises the redemption price, one above lowers it", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 10, noNaN: true }), (market) => {
        const { redemption } = raiRedemptionRate({ redemption: 3, market, seconds: 3600, kp: 1e-8, ki: 0 });
        expect(Math.sign(redemption - 3)).toBe(Math.sign(3 - market));
      }),
      { seed: 2 },
    );
  });
});

describe("aaveRiskSteward (aave-v3-risk-stewards README)", () => {
  const cap = { current: 100, proposed: 130, elapsed: 3, minDelay: 3, maxChange: 0.3, relative: true } as const;

  test.each([
    ["a cap 30 % up after three days", {}, "none"],
    ["a cap 30 % down", { proposed: 70 }, "none"],
    ["more than 30 %", { proposed: 130.1 }, "too far"],
    ["before the delay is over", { elapsed: 2.9 }, "too soon"],
    ["a cap of 0", { proposed: 0, maxChange: 2 }, "zero"],
    ["a rate of 0", { proposed: 0, current: 0.03, relative: false, maxChange: 0.04, zeroAllowed: true }, "none"],
    ["a rate by more than 4 points", { current: 0.6, proposed: 0.65, relative: false, maxChange: 0.04 }, "too far"],
    ["a proposal of seven hours ago", { age: 7, expiry: 6 }, "expired"],
  ] as const)("%s", (_, change, reason) => {
    const update = { ...cap, ...change };
    const result = aaveRiskSteward(update);
    expect(result).toEqual({
      accepted: reason === "none",
      reason,
      value: reason === "none" ? update.proposed : update.current,
    });
  });

  test("whatever is proposed, the value stays within the limit", () => {
    const value = fc.double({ min: 0.01, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(value, value, fc.boolean(), (current, proposed, relative) => {
        const { value: next } = aaveRiskSteward({ ...cap, current, proposed, relative });
        const room = relative ? 0.3 * current : 0.3;
        expect(Math.abs(next - current)).toBeLessThanOrEqual(room * (1 + 1e-9));
      }),
      { seed: 2 },
    );
  });
});

test("seedUtilization shrinks issuance below 50 %, raises it above 80 %, holds between, within its band", () => {
  const next = (utilization: number) => seedUtilization({ issuance: 0.1, utilization, k: 0.02, min: 0.04, max: 0.2 });
  expect([0.49, 0.5, 0.8].map(next)).toEqual([0.098, 0.1, 0.1]);
  close(next(0.81), 0.102);
  expect(seedUtilization({ issuance: 0.041, utilization: 0.1, k: 0.1, min: 0.04 })).toBe(0.04);
});

describe("pidBuyback", () => {
  const base = { price: 0.8, target: 1, reserve: 1000, obligations: 500, budget: 100, kp: 2 } as const;

  test("spends in proportion to the fall, nothing above the target, and the whole budget at most", () => {
    close(pidBuyback(base).spend, 100 * 2 * 0.2);
    expect(pidBuyback({ ...base, price: 1.1 }).spend).toBe(0);
    expect(pidBuyback({ ...base, price: 0.1 }).spend).toBe(100);
  });

  test("the integral adds up a lasting fall, and stands still while nothing more can be spent", () => {
    let state = { error: 0, integral: 0 };
    const spent: number[] = [];
    for (let day = 0; day < 3; day++) {
      const step = pidBuyback({ ...base, kp: 0, ki: 1, last: state.error, integral: state.integral });
      spent.push(step.spend);
      state = step;
    }
    for (const [day, wanted] of [20, 40, 60].entries()) close(spent[day]!, wanted);
    expect(pidBuyback({ ...base, price: 0.1, kp: 1, ki: 1, integral: 3 }).integral).toBe(3);
    expect(pidBuyback({ ...base, reserve: 500, ki: 1, integral: 0.1 }).integral).toBe(0.1);
  });

  test("the reserve never falls below what is owed by a buy-back, over any run of prices", () => {
    const prices = fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { minLength: 1, maxLength: 40 });
    const gain = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(prices, gain, gain, gain, fc.double({ min: 0, max: 2, noNaN: true }), (path, kp, ki, kd, solvency) => {
        let state = { reserve: 1000, error: 0, integral: 0 };
        for (const price of path) {
          const next = pidBuyback({ ...base, price, kp, ki, kd, solvency, ...state, last: state.error });
          expect(next.spend).toBeGreaterThanOrEqual(0);
          expect(next.reserve).toBeGreaterThanOrEqual(Math.min(state.reserve, solvency * base.obligations) - 1e-9);
          state = next;
        }
      }),
      { seed: 2, numRuns: 100 },
    );
  });
});
