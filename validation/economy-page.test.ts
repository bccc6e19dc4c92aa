import { describe, expect, it } from "vitest";
import { renderEconomy } from "./economy-page.js";
import { type EconomyReport, economyVerdicts } from "./economy-report.js";
import { renderPage } from "./page.js";
import { akashSpec } from "./specs/akash.js";

const around = (mean: number) => ({ mean, low: mean - 0.01, high: mean + 0.01 });

function report(share: number, wish: boolean, late = 0): EconomyReport {
  const shares = [{ depth: 0.5, price: around(0.6), exogenous: around(0.5) }];
  return {
    spec: akashSpec,
    counts: { paths: 3, years: 2, pairs: 5, finality: 6, halfDays: 7 },
    facts: {
      facts: [
        { name: "staked", mean: around(0.2), low: 0.1, high: 0.3, target: { low: 0.3, high: 0.7, why: "goal" }, real: "0.8" },
        { name: "supply", mean: { mean: 3599.9999, low: 3599.9999, high: 3599.9999 }, low: 1, high: 2, real: "none" },
      ],
      falls: { quantiles: [{ probability: 0.5, fall: 0.7 }], reached: shares, firstYear: shares },
      ruined: around(0.1),
      paths: [],
    },
    signs: [
      {
        experiment: "burn up",
        kind: "statics",
        text: "supply falls",
        sign: -1,
        effect: around(-1),
        share: around(share),
        pairs: 5,
        wish,
      },
    ],
    finality: [{ name: "12 s", seconds: 12, effect: { mean: late, low: late, high: late } }],
    halfDays: [{ name: "service", whole: 1, half: 1.03, difference: 0.03, tolerance: 0.02 }],
    scaling: [{ name: "a split", factor: 64, deviation: 1e-3, worst: "s.pool" }],
  };
}

const failed = (of: EconomyReport) => economyVerdicts(of).filter(({ passed }) => !passed);

describe("economyVerdicts", () => {
  it("makes directions, step length and scale mandatory, and figures beside real ones not", () => {
    expect(failed(report(0.4, false, 0.01)).map(({ family, mandatory }) => [family, mandatory])).toEqual([
      ["figures", false],
      ["statics", true],
      ["finality", false],
      ["half-day steps", true],
      ["scale", true],
    ]);
  });

  it("lets a wish fail without failing the page", () => {
    expect(failed(report(0.4, true)).find(({ family }) => family === "statics")).toMatchObject({ mandatory: false });
    expect(failed(report(0.6, false)).find(({ family }) => family === "statics")).toBeUndefined();
  });
});

describe("renderEconomy", () => {
  const text = renderEconomy(report(0.4, false)).join("\n");

  it("marks every failure in its own table", () => {
    expect(text).toMatch(/\| staked .* 0\.3 to 0\.7 \(goal\) \| \*\*FAIL\*\* \| 0\.8 \|/);
    expect(text).toMatch(/\| burn up \| supply falls \| .* \| \*\*FAIL\*\* \|/);
    expect(text).toMatch(/\| service \| 1 \| 1\.03 \| 3\.00 % \| \*\*FAIL\*\* \|/);
    expect(text).toMatch(/\| a split \| 0\.001 \| s\.pool \| \*\*FAIL\*\* \|/);
  });

  it("does not print the rounding of a figure that is the same on every path", () => {
    expect(text).toContain("| supply | 3,600 |");
  });
});

describe("renderPage", () => {
  it("counts the checks of each family and lists what failed, by economy", () => {
    const text = renderPage([report(0.6, false)], []);
    expect(text).toContain("| economy | figures | statics | finality | half-day steps | scale |");
    expect(text).toContain("| `akash-v1` | 0 of 1 | 1 of 1 | 1 of 1 | 0 of 1 | 0 of 1 |");
    expect(text).toContain("- akash-v1, half-day steps: service (**mandatory**)");
    expect(text).toContain("- akash-v1, figures: staked\n");
  });
});
