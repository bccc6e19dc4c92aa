import { describe, expect, test } from "vitest";
import { clamp, units } from "../../compiler/primitives.js";
import { HOLDER_USES, holderBonds, holderRests, stakeOfBonded, stakeOfNothing } from "./holder.js";
import { listedParams } from "./params.js";

type State = Parameters<typeof holderBonds>[0];
type Params = Parameters<typeof holderBonds>[1];

const common = { ...HOLDER_USES, clamp, units, DAY: 1, YEAR: 1, DAYS_PER_YEAR: 365 };
const staking = { ...common, holderStake: stakeOfBonded, holderStakes: holderBonds };
const plain = { ...common, holderStake: stakeOfNothing, holderStakes: holderRests };

function params(changes: Partial<Params> = {}): Params {
  const values = Object.fromEntries(Object.entries(listedParams("traditional")).map(([name, { value }]) => [name, value]));
  return { ...(values as unknown as Params), ...changes };
}

function network(p: Params, u: typeof staking | typeof plain = staking): State {
  const s = { supply: 100, liquid: 40, bonded: 55, unbonding: 5, stakingYield: 0.1, outsideYield: 0.07 } as State;
  HOLDER_USES.resetHolder(s, p, u);
  return s;
}

const total = (s: State) => s.liquid + s.shareHolder + s.bonded + s.unbonding;

test("the holder of 42 % has that part of the float and of the stake", () => {
  const s = network(params({ shareHolderShare: 0.42 }));
  expect(s.shareHolder).toBeCloseTo(0.42 * 40, 12);
  expect(s.shareHolderStaked).toBeCloseTo(0.42 * 55, 12);
  expect(total(s)).toBe(100);
  expect(HOLDER_USES.votes(s)).toBeCloseTo(0.42 * 0.95, 12);
  expect(network(params({ shareHolderShare: 0.42 }), plain).shareHolderStaked).toBe(0);
});

describe("the vote", () => {
  const limit = (shareHolderShare: number, asked: number) => {
    const p = params({ shareHolderShare });
    return HOLDER_USES.votedMintLimit(network(p), p, asked, 1, staking);
  };

  test("lowers the day's mint limit with a third of all tokens and never raises it", () => {
    expect(limit(0.42, 1)).toBeCloseTo((0.04 / 365) * 100, 12);
    expect(limit(0.42, 0.001)).toBe(0.001);
    expect(limit(0.42, Number.POSITIVE_INFINITY)).toBeCloseTo((0.04 / 365) * 100, 12);
  });

  test("says nothing with less", () => {
    expect(limit(0.34, 1)).toBe(1);
    expect(limit(0.36, 1)).toBeLessThan(1);
  });
});

describe("selling and staking", () => {
  test("nothing is sold before the lock-up is over", () => {
    const p = params({ shareListingDay: 30, shareLockup: 180 });
    const sold = (today: number) => HOLDER_USES.holderStep(network(p), p, { today, days: 1 }, staking);
    expect([0, 100, 209.5].map(sold)).toEqual([0, 0, 0]);
    expect(sold(210)).toBeCloseTo(0.0015 * 0.15 * 40, 12);
  });

  test("tokens are staked as far as staking pays more than elsewhere", () => {
    const staked = (stakingYield: number) => {
      const p = params();
      const s = { ...network(p), stakingYield };
      const before = s.bonded;
      HOLDER_USES.holderStep(s, p, { today: 0, days: 1 }, staking);
      expect(total(s)).toBeCloseTo(100, 12);
      return s.bonded - before;
    };
    expect(staked(0.05)).toBe(0);
    expect(staked(0.095)).toBeCloseTo(0.5 * 0.01 * 6, 12);
    expect(staked(0.5)).toBeCloseTo(0.01 * 6, 12);
  });

  test("after the lock-up staked tokens leave through the queue; tokens are conserved and the stake stays a part of the bonded ones", () => {
    const p = params({ shareLockup: 0, shareListingDay: 0, shareHolderSelling: 0.05 });
    const s = { ...network(p), stakingYield: 0.02 };
    for (let day = 0; day < 200; day++) {
      HOLDER_USES.holderStep(s, p, { today: day, days: 1 }, staking);
      // Others leave too.
      s.bonded *= 0.97;
      s.unbonding += s.bonded * (0.03 / 0.97);
      expect(total(s)).toBeCloseTo(100, 9);
      expect(Math.min(s.shareHolder, s.shareHolderStaked, s.bonded)).toBeGreaterThanOrEqual(0);
    }
    expect(s.shareHolder).toBeLessThan(1e-3);
  });
});
