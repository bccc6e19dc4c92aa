import { describe, expect, it } from "vitest";
import { ECONOMIES } from "../../env/economies/index.js";
import { CALM, player, STAND_IN } from "../../test/support/stand-in.js";
import { feeFeedback } from "./fee-feedback.js";
import { ruleValues, withParams } from "./rule-values.js";

/** All gains at 0 but those that are given. */
function only(gains: Readonly<Record<string, number>>) {
  const rule = feeFeedback(STAND_IN);
  const off = Object.fromEntries(
    rule.tunable.filter((name) => /^(issuance|burnShare|fee)\./.test(name)).map((name) => [name, 0]),
  );
  return player(withParams(rule, { ...off, ...gains }));
}

/** Every signal at its centre. */
const CENTRED = { ...CALM, usage: 0, utilizationSlow: 0.75, collateralRatio: 1.6, drawdown: 0.6, priceChange: 0 };

describe("fee-feedback", () => {
  it("holds the levels without gains, whatever it sees", () => {
    const play = only({});
    for (const seen of [{}, { usage: -3, utilizationSlow: 0, priceChange: -0.5 }, { collateralRatio: Number.NaN }]) {
      const { issuance, burnShare, fee } = play.act(seen);
      expect([issuance, burnShare, fee].map((x) => Number(x!.toFixed(12)))).toEqual([0.08, 0.5, 0.12]);
    }
  });

  it("moves a lever by gain times deviations times half its band, and stops at the band", () => {
    expect(only({ "fee.utilizationSlow": 0.5 }).act({ ...CENTRED, utilizationSlow: 0.81 })["fee"]).toBeCloseTo(
      0.12 + 0.2 * 0.25,
      12,
    );
    expect(only({ "burnShare.usage": -0.3 }).act({ ...CENTRED, usage: 1 })["burnShare"]).toBeCloseTo(0.5 - 0.5 * 0.6, 12);
    expect(only({ "fee.collateralRatio": -4 }).act({ ...CENTRED, collateralRatio: 0 })["fee"]).toBeCloseTo(0.4, 12);
  });

  it("sees trend and swing as means of the daily price change", () => {
    const play = only({ "issuance.trend": 0.3, "burnShare.swing": 0.5, memory: 0.5 });
    play.act({ ...CENTRED, priceChange: 0.02 });
    const { issuance, burnShare } = play.act({ ...CENTRED, priceChange: -0.04 });
    const trend = 0.5 * (0.5 * 0.02) - 0.5 * 0.04;
    const swing = 0.5 * (0.5 * 0.04 + 0.5 * 0.02) + 0.5 * 0.04;
    expect(issuance).toBeCloseTo(0.08 + 0.3 * 0.095 * (trend / 0.015), 12);
    expect(burnShare).toBeCloseTo(0.5 + 0.5 * 0.5 * ((swing - 0.04) / 0.02), 12);
  });

  it("raises the fee of a busy network before it is tuned", () => {
    const fee = (utilizationSlow: number) => player(feeFeedback(STAND_IN)).act({ ...CENTRED, utilizationSlow })["fee"]!;
    expect(fee(0.95)).toBeGreaterThan(fee(0.75));
    expect(fee(0.75)).toBeGreaterThan(fee(0.5));
  });

  it.each(ECONOMIES.map((economy) => [economy.id, economy] as const))(
    "fits %s, with gains for the roles that are there",
    (_, economy) => {
      const names = Object.keys(ruleValues(feeFeedback(economy)));
      expect(names.includes("bias.fee")).toBe("fee" in (economy.actions.kind === "continuous" ? economy.actions.fields : {}));
      for (const name of ["burnShare.usage", "issuance.trend", "issuance.swing"]) expect(names).toContain(name);
    },
  );
});
