import { clamp } from "../../compiler/primitives.js";
import { cosmosInflation } from "../../env/mechanisms/cosmos-mint.js";
import type { World } from "../../env/world.js";
import { actionParam, controlStep, defineRule } from "./define-rule.js";
import type { Rule } from "./rule.js";

const BME = "Akash x/bme defaults";
const BAND = "Akash governance, issuance band of March 2025";

/**
 * What Akash runs today, as far as its three controls go: Cosmos mint in the 4-8 % band, and the burn share and the fee by
 * the bands of the burn-mint vault's collateral ratio (healthy, warning, halt). An unreadable ratio counts as halt.
 */
export function akashBme(world: World): Rule {
  return defineRule(world, {
    id: "akash-bme",
    doc: "Cosmos mint within 4-8 %; burn share and fee by the warn and halt bands of the collateral ratio",
    state: { rate: { unit: "1/year", doc: "inflation of the minter" } },
    params: akashBmeParams(world),
    tunable: [
      "goal",
      "rateChange",
      "min",
      "max",
      "warn",
      "halt",
      "burnHealthy",
      "burnWarn",
      "burnHalt",
      "feeHealthy",
      "feeWarn",
      "feeHalt",
    ],
    uses: { clamp, cosmosInflation },
    reads: ["bondedRatio", "collateralRatio"],
    writes: ["issuance", "burnShare", "fee"],
    functions: {
      start(c, p, u) {
        c.rate = u.clamp(p.start, p.min, p.max);
      },
      act(c, o, p, a, u) {
        c.rate = u.cosmosInflation({ rate: c.rate, bonded: o.bondedRatio }, p, u);
        a.issuance = c.rate;
        a.burnShare = o.collateralRatio > p.warn ? p.burnHealthy : o.collateralRatio > p.halt ? p.burnWarn : p.burnHalt;
        a.fee = o.collateralRatio > p.warn ? p.feeHealthy : o.collateralRatio > p.halt ? p.feeWarn : p.feeHalt;
      },
    },
  });
}

function akashBmeParams(world: World) {
  const threshold = (value: number, doc: string) => ({ value, low: 0.85, high: 2.2, unit: "1", source: BME, doc });
  const burn = (value: number, doc: string) =>
    actionParam(world, "burnShare", { value, source: "assumption: burn less of the fee while the vault is short", doc });
  const fee = (value: number, doc: string) =>
    actionParam(world, "fee", { value, source: "assumption: raise the fee while the vault is short", doc });
  const { burnShare, fee: level } = {
    burnShare: actionParam(world, "burnShare", { doc: "" }),
    fee: actionParam(world, "fee", { doc: "" }),
  };
  const rate = (value: number, doc: string) => actionParam(world, "issuance", { value, source: BAND, doc });
  return {
    start: actionParam(world, "issuance", { doc: "inflation at the start" }),
    goal: {
      value: 0.67,
      low: 0.3,
      high: 0.9,
      unit: "1",
      source: "cosmos-sdk x/mint default",
      doc: "bonded share that the rule steers to",
    },
    rateChange: {
      value: 0.13,
      low: 0,
      high: 2,
      unit: "1/year^2",
      source: "cosmos-sdk x/mint default",
      doc: "largest change of inflation in a year",
    },
    min: rate(0.04, "lowest inflation"),
    max: rate(0.08, "highest inflation"),
    warn: threshold(0.95, "collateral ratio at and below which the vault is in the warning band"),
    halt: threshold(0.9, "collateral ratio at and below which minting halts"),
    burnHealthy: burn(burnShare.value, "burn share above the warning band"),
    burnWarn: burn(burnShare.value / 2, "burn share in the warning band"),
    burnHalt: burn(0, "burn share in the halt band"),
    feeHealthy: fee(level.value, "fee above the warning band"),
    feeWarn: fee(level.value * 1.25, "fee in the warning band"),
    feeHalt: fee(level.value * 1.5, "fee in the halt band"),
    step: controlStep(world),
  };
}
