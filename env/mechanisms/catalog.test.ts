import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mechanisms } from "./catalog.js";
import { GRANT_TABLE } from "./grants.js";

/** Checks to 1e-9 relative: both sides are double precision, the vectors were computed on their own. */
function close(actual: number, expected: number, relative = 1e-9): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.abs(expected));
}

const RANDOM = { seed: 3, numRuns: 200 } as const;

describe("bitcoinSubsidySat (bitcoin/bitcoin GetBlockSubsidy)", () => {
  test.each([
    [0, 5_000_000_000],
    [209_999, 5_000_000_000],
    [210_000, 2_500_000_000],
    [630_000, 625_000_000],
    [840_000, 312_500_000],
    // Shifts drop the remainder: 50e8 >> 10 = 4,882,812.5 rounded down.
    [2_100_000, 4_882_812],
    [32 * 210_000, 1],
    [33 * 210_000, 0],
    [64 * 210_000, 0],
    [Number.MAX_SAFE_INTEGER, 0],
  ])("height %d", (height, satoshi) => {
    expect(mechanisms.bitcoinSubsidySat(height)).toBe(satoshi);
  });

  test("all blocks together create 2,099,999,997,690,000 satoshi, as validation.cpp's test adds up", () => {
    let sum = 0;
    for (let era = 0; era < 64; era++) sum += 210_000 * mechanisms.bitcoinSubsidySat(era * 210_000);
    expect(sum).toBe(2_099_999_997_690_000);
  });
});

test.each([
  [0, 1],
  [10_499_999, 1],
  [10_500_000, 0.5],
  [15_749_999, 0.5],
  [15_750_000, 0.25],
  [18_375_000, 0.125],
  [21_000_000, 0],
  [22_000_000, 0],
])("taoBlockEmission at %d TAO issued is %d (subtensor block_emission.rs)", (issued, tao) => {
  expect(mechanisms.taoBlockEmission(issued)).toBe(tao);
});

describe("eip1559NextBaseFee (ethereum/EIPs eip-1559, go-ethereum eip1559_test.go)", () => {
  test.each([
    [1_000_000_000, 20_000_000, 10_000_000, 1_000_000_000],
    [1_000_000_000, 20_000_000, 9_000_000, 987_500_000],
    [1_000_000_000, 20_000_000, 11_000_000, 1_012_500_000],
    [1_000_000_000, 20_000_000, 20_000_000, 1_125_000_000],
    [1_000_000_000, 20_000_000, 0, 875_000_000],
    // A rise is one wei at least, a fall may be none; the target of an odd limit is rounded down.
    [1, 20_000_000, 20_000_000, 2],
    [7, 20_000_000, 0, 7],
    [0, 20_000_000, 20_000_000, 1],
    [800, 3, 2, 900],
  ])("base %d, limit %d, used %d", (base, limit, used, next) => {
    expect(mechanisms.eip1559NextBaseFee(base, limit, used)).toBe(next);
  });

  test("is exact where doubles are not: 1,234.567890123456 gwei x 17,654,321 gas exceeds 2^53", () => {
    // (1234567890123456 * 2654321) // 15000000 // 8 in arbitrary precision.
    expect(mechanisms.eip1559NextBaseFee(1_234_567_890_123_456, 30_000_000, 17_654_321)).toBe(1_261_875_719_095_792);
  });

  test("moves by at most an eighth and rests at the target", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 2 ** 50 }), fc.integer({ min: 0, max: 30e6 }), (base, used) => {
        const next = mechanisms.eip1559NextBaseFee(base, 30e6, used);
        expect(Math.abs(next - base)).toBeLessThanOrEqual(base / 8);
        expect(mechanisms.eip1559NextBaseFee(base, 30e6, 15e6)).toBe(base);
      }),
      RANDOM,
    );
  });
});

describe("cosmosInflationDelta (cosmos-sdk x/mint minter_test.go)", () => {
  const sdk = { goalBonded: 0.67, rateChange: 0.13, min: 0.07, max: 0.2, blocksPerYear: 6_311_520 };

  test.each([
    [0.07, 0, 2.0597257080479103e-8],
    [0.1, 0.5, 5.226169705330186e-9],
    [0.0700000001, 1, -9.999999439624929e-11],
    [0.1999999999, 0, 1.000000082740371e-10],
    [0.07, 1, 0],
    [0.2, 0, 0],
    [0.07, 0.67, 0],
    [0.2, 0.67, 0],
  ])("inflation %d, bonded %d", (inflation, bonded, delta) => {
    close(mechanisms.cosmosInflationDelta({ inflation, bonded, ...sdk }), delta);
    expect(mechanisms.cosmosInflationDelta({ inflation, bonded })).toBe(
      mechanisms.cosmosInflationDelta({ inflation, bonded, ...sdk }),
    );
  });

  test("inflation 0.2, all bonded", () => {
    // The fact sheet's figure has six digits.
    close(mechanisms.cosmosInflationDelta({ inflation: 0.2, bonded: 1, ...sdk }), -1.01449e-8, 1e-5);
  });
});

describe("Ethereum's issuance (consensus-specs altair)", () => {
  test("30 M ETH staked earn 910,989 ETH a year, 3.04 %", () => {
    const issued = mechanisms.ethereumAnnualIssuance(30e6);
    expect(Math.round(issued)).toBe(910_989);
    expect(issued / 30e6).toBeCloseTo(0.0304, 4);
    // The handy form has four digits.
    close(issued, 166.3 * Math.sqrt(30e6), 2e-4);
  });

  test("the base reward is whole gwei: 369 for 30 M ETH, of 369.5", () => {
    // isqrt(3e16) = 173205080 and 64e9 / 173205080 = 369.504; isqrt(1e9) = 31622.
    expect(mechanisms.ethereumBaseReward(30e6)).toBe(369);
    expect(mechanisms.ethereumBaseReward(1)).toBe(2_023_907);
    const perYear = 369 * 30e6 * ((365.25 * 86_400) / 384) * 1e-9;
    expect(perYear / mechanisms.ethereumAnnualIssuance(30e6)).toBeGreaterThan(1 - 1 / 369);
    expect(perYear).toBeLessThan(mechanisms.ethereumAnnualIssuance(30e6));
  });
});

describe("solanaInflation (solana-sdk inflation)", () => {
  test.each([
    [0, 0.08],
    [1, 0.068],
    [5, 0.035496425],
    [11, 0.015],
    [1000, 0.015],
  ])("year %d", (year, rate) => close(mechanisms.solanaInflation(year), rate));

  test("reaches its floor between year 10 and 11", () => {
    expect(mechanisms.solanaInflation(10)).toBeGreaterThan(0.015);
    expect(mechanisms.solanaInflation(10.5)).toBe(0.015);
  });
});

describe("Polkadot (polkadot-sdk reward-fn; runtimes #471; dotless, referendum 1710)", () => {
  test.each([
    [0, 0],
    [0.25, 0.5],
    [0.5, 1],
    [0.55, 0.5],
    [0.6, 0.25],
  ])("the old curve at %d staked is %d", (x, f) => close(mechanisms.polkadotReward(x, 0.5, 0.05), f));

  test("the fixed rule pays 120,063,259 DOT a year, 15 % of it to the treasury", () => {
    const { total, stakers, treasury } = mechanisms.polkadotFixedIssuance();
    expect(total).toBe(120_063_259);
    close(treasury, 18_009_488.85);
    close(stakers + treasury, total);
  });

  test("the capped rule issues 26.28 % of what is left in two years, about 56 M DOT in its first", () => {
    close(2 * mechanisms.polkadotCappedIssuance(1.6e9), 0.2628 * 0.5e9);
    // 56 M a year is what a supply of 1.674 B gives.
    close(mechanisms.polkadotCappedIssuance(1.674e9), 56e6, 1e-3);
    expect(mechanisms.polkadotCappedIssuance(2.1e9)).toBe(0);
  });
});

test.each([
  [2_592_000, 300, 1000, 1_993_846.1538461538],
  [2_592_000, 600, 1000, 1_620_000],
  [2_592_000, 1000, 1000, 1_296_000],
])("bnbAutoBurn of %d blocks at %d USD (Binance notice 2021-12-22)", (blocks, price, k, burned) => {
  close(mechanisms.bnbAutoBurn(blocks, price, k), burned);
  expect(mechanisms.bnbAutoBurn(blocks, price)).toBe(mechanisms.bnbAutoBurn(blocks, price, k));
});

describe("ampleforthRebase (ampleforth-contracts UFragmentsPolicy)", () => {
  test.each([
    [0.5, -0.07699997403754569],
    [0.95, -0.05024915948603605],
    [0.99, 0],
    [1.02, 0],
    [1.05, 0.03262932434158186],
    [1.5, 0.04999998314126344],
  ])("ratio %d", (ratio, change) => close(mechanisms.ampleforthRebase(ratio), change));

  test.each([
    [1.1, 0.0458],
    [0.9, -0.0705],
  ])("ratio %d, to the three digits given", (ratio, change) => close(mechanisms.ampleforthRebase(ratio), change, 1e-3));

  test("acts from 2.5 % on, on both sides, and stays within its limits", () => {
    expect([0.9751, 1.0249].map(mechanisms.ampleforthRebase)).toEqual([0, 0]);
    expect(mechanisms.ampleforthRebase(1.025)).toBeGreaterThan(0.01);
    expect(mechanisms.ampleforthRebase(0.975)).toBeLessThan(-0.02);
    expect(mechanisms.ampleforthRebase(0)).toBeGreaterThan(-0.077);
    expect(mechanisms.ampleforthRebase(1e300)).toBe(0.05);
  });
});

test("fraxCollateralRatio moves by 0.25 points outside of 0.995 to 1.005 and stays within 0 and 1 (frax-solidity Frax.sol)", () => {
  expect(mechanisms.fraxCollateralRatio(1, 1.006)).toBe(0.9975);
  expect(mechanisms.fraxCollateralRatio(0.9975, 0.994)).toBe(1);
  expect([1.005, 1, 0.995].map((price) => mechanisms.fraxCollateralRatio(0.8, price))).toEqual([0.8, 0.8, 0.8]);
  expect(mechanisms.fraxCollateralRatio(1, 0.5)).toBe(1);
  expect(mechanisms.fraxCollateralRatio(0, 2)).toBe(0);
  let ratio = 1;
  for (let hour = 0; hour < 400; hour++) ratio = mechanisms.fraxCollateralRatio(ratio, 1.1);
  expect(ratio).toBe(0);
});

describe("bmeBackoffBlocks and bmeStatus (akash-network/node x/bme)", () => {
  test.each([
    [9600, 10],
    [9495, 10],
    [9490, 11],
    [9480, 12],
    [9400, 25],
    [9200, 174],
    [9010, 1067],
    [0, 14_400],
  ])("%d bps", (bps, blocks) => expect(mechanisms.bmeBackoffBlocks(bps)).toBe(blocks));

  test("is exact at every basis point: 10 * 11^n / 10^n in whole numbers", () => {
    for (let bps = 0; bps <= 10_000; bps++) {
      const steps = BigInt(Math.max(0, Math.floor((9500 - bps) / 10)));
      const exact = (10n * 11n ** steps) / 10n ** steps;
      expect(mechanisms.bmeBackoffBlocks(bps)).toBe(exact > 14_400n ? 14_400 : Number(exact));
    }
  });

  test("the breaker warns at 0.95 and halts at 0.90", () => {
    expect([1.2, 0.9501, 0.95, 0.9001, 0.9, 0].map(mechanisms.bmeStatus)).toEqual([
      "healthy",
      "healthy",
      "warning",
      "warning",
      "halt",
      "halt",
    ]);
  });

  test.each([
    [1000, 1.14, 1.5, 877.1929824561404, 666.6666666666666, -210.52631578947376],
    [1000, 1.14, 0.9, 877.1929824561404, 1111.111111111111, 233.9181286549707],
    [1000, 1.14, 1.14, 877.1929824561404, 877.1929824561404, 0],
  ])("AEP-76: %d USD minted at %d, settled at %d", (usd, minted, settled, burned, paid, net) => {
    const result = mechanisms.bmeSettlement(usd, minted, settled);
    close(result.burned, burned);
    close(result.paid, paid);
    close(result.net, net);
  });

  test("AEP-76: ten million USD take 8,771,929 AKT in and 8,000,000 out", () => {
    const { burned, paid } = mechanisms.bmeSettlement(10e6, 1.14, 1.25);
    expect([Math.floor(burned), paid]).toEqual([8_771_929, 8_000_000]);
  });
});

describe("Render (RNP-001, RNP-006, RNP-015, RNP-020)", () => {
  test.each([
    [1, 1],
    [3, 1],
    [4, 0.522045776761016],
    [5, Math.exp(-1.3)],
    [10, 0.010567204383852655],
  ])("the penalty of %d nodes", (nodes, penalty) => close(mechanisms.renderNodePenalty(nodes), penalty));

  test.each([
    [30_000, 15_000, 1.9],
    [100_000, 17_800, 5.337078651685394],
  ])("%d USD an epoch and %d tokens: the price at which burns are mints", (usd, emission, price) => {
    close(mechanisms.renderEquilibriumPrice(usd, emission), price);
    close(mechanisms.renderBurn(usd, price), emission);
  });

  test("the issuance ceiling of RNP-020", () => {
    close(mechanisms.rnp020Ceiling(376_000, 1.9, 1.3), 117_097.47742136408);
  });

  test("RNP-020 holds within 10 % and within 1 to 3 times the target, and a second move in a row may be larger", () => {
    expect(mechanisms.rnp020Reward(15_000, 16_293).reward).toBe(15_000);
    expect(mechanisms.rnp020Reward(15_000, 6_000).reward).toBe(15_000);
    const first = mechanisms.rnp020Reward(10_000, 20_000);
    close(first.reward, 11_000);
    const second = mechanisms.rnp020Reward(first.reward, 20_000, first.cap, first.direction);
    close(second.reward, 11_000 * 1.2);
    close(mechanisms.rnp020Reward(11_000, 3_000).reward, 10_000);
  });
});

describe("WLD (worldcoin-grants-contracts WLDGrant.sol, worldcoin-token WLD.sol)", () => {
  test("the grants of ids 39 to 88", () => {
    expect(Array.from({ length: 50 }, (_, i) => mechanisms.wldGrant(39 + i))).toEqual(GRANT_TABLE);
    expect([39, 40, 67, 68, 88].map(mechanisms.wldGrant)).toEqual([6.18, 6, 1.02, 1.5, 0.37]);
  });

  test("a period's cap compounds to 1.5 % a year", () => {
    close(mechanisms.wldPeriodCap(1), 0.0012414877164492744);
    close((1 + mechanisms.wldPeriodCap(1)) ** 12, 1.015);
  });
});

describe("every function refuses what would give NaN", () => {
  const m = mechanisms;
  const refused: readonly [string, () => unknown][] = [
    ["height is -1", () => m.bitcoinSubsidySat(-1)],
    ["height is 0.5", () => m.bitcoinSubsidySat(0.5)],
    ["issuedTao is NaN", () => m.taoBlockEmission(Number.NaN)],
    ["gasLimit is 1", () => m.eip1559NextBaseFee(1, 1, 0)],
    ["gasUsed is 21000000", () => m.eip1559NextBaseFee(1e9, 20e6, 21e6)],
    ["the next base fee is 10133099161583614", () => m.eip1559NextBaseFee(Number.MAX_SAFE_INTEGER, 2, 2)],
    ["bonded is 1.1", () => m.cosmosInflationDelta({ inflation: 0.1, bonded: 1.1 })],
    ["goalBonded is 0", () => m.cosmosInflationDelta({ inflation: 0.1, bonded: 0.5, goalBonded: 0 })],
    ["max is 0.01", () => m.cosmosInflationDelta({ inflation: 0.1, bonded: 0.5, max: 0.01 })],
    ["blocksPerYear is 0", () => m.cosmosInflationDelta({ inflation: 0.1, bonded: 0.5, blocksPerYear: 0 })],
    ["staked is 0", () => m.ethereumBaseReward(0)],
    ["staked is -1", () => m.ethereumAnnualIssuance(-1)],
    ["year is NaN", () => m.solanaInflation(Number.NaN)],
    ["x is 1.5", () => m.polkadotReward(1.5, 0.5, 0.05)],
    ["ideal is 0", () => m.polkadotReward(0.5, 0, 0.05)],
    ["falloff is 0", () => m.polkadotReward(0.5, 0.5, 0)],
    ["supply is 2200000000", () => m.polkadotCappedIssuance(2.2e9)],
    ["price is 0", () => m.bnbAutoBurn(1, 0)],
    ["blocks is -1", () => m.bnbAutoBurn(-1, 300)],
    ["priceRatio is Infinity", () => m.ampleforthRebase(Number.POSITIVE_INFINITY)],
    ["ratio is 2", () => m.fraxCollateralRatio(2, 1)],
    ["seconds is 0", () => m.raiRedemptionRate({ redemption: 3, market: 3, seconds: 0, kp: 0, ki: 0 })],
    ["low is -1", () => m.raiRedemptionRate({ redemption: 3, market: 3, seconds: 1, kp: 0, ki: 0, low: -1 })],
    ["epoch is 1.5", () => m.filecoinSimpleReward(1.5)],
    ["effective time goes from 2 to 1", () => m.filecoinBaselineReward(2, 1)],
    ["cumulated is -1", () => m.filecoinEffectiveTime(-1)],
    ["halfLife is 0", () => m.akashDecayInflation({ start: 1, halfLife: 0, years: 1, inflation: 1, bonded: 0.5 })],
    ["collateralRatioBps is NaN", () => m.bmeBackoffBlocks(Number.NaN)],
    ["collateralRatio is NaN", () => m.bmeStatus(Number.NaN)],
    ["settlePrice is 0", () => m.bmeSettlement(1, 1, 0)],
    ["nodes is -1", () => m.renderNodePenalty(-1)],
    ["emission is 0", () => m.renderEquilibriumPrice(1, 0)],
    ["reward is 0", () => m.rnp020Reward(0, 1)],
    ["id is 89, it must be a whole number from 39 to 88", () => m.wldGrant(89)],
    ["supply is NaN", () => m.wldPeriodCap(Number.NaN)],
    [
      "minDelay is -1",
      () => m.aaveRiskSteward({ current: 1, proposed: 1, elapsed: 0, minDelay: -1, maxChange: 1, relative: true }),
    ],
    ["utilization is 2", () => m.seedUtilization({ issuance: 1, utilization: 2, k: 0.1 })],
    ["target is 0", () => m.pidBuyback({ price: 1, target: 0, reserve: 1, obligations: 0, budget: 1, kp: 1 })],
    ["height is a value of type string", () => m.bitcoinSubsidySat("0" as unknown as number)],
  ];

  test.each(refused)("%s", (message, call) => {
    expect(call).toThrow(expect.objectContaining({ name: "UserError", code: "E_MECHANISM" }));
    expect(call).toThrow(message);
  });
});
