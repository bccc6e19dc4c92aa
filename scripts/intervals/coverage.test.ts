import { describe, expect, test } from "vitest";
import { coverageOfFigure, coverageOfMean, FIGURES } from "./measure.js";
import { insertCoverage, renderCoverage, SIZES } from "./page.js";
import { POPULATIONS } from "./populations.js";

const SAMPLES = 2000;
/** Three standard errors √(.95 · .05 / 2000) of a share by chance: a test of some 30 shares then fails by chance in 1 of 25 seeds, and ours is fixed. */
const CHANCE = 3 * Math.sqrt((0.95 * 0.05) / SAMPLES);
const population = (name: string) => POPULATIONS.find((one) => one.name.startsWith(name))!;

describe("95 % intervals of a mean cover at least 95 %, but for chance,", () => {
  for (const name of ["normal", "Student", "8 scenarios"]) {
    test.each(SIZES)(`of ${name} at %i episodes`, (size) => {
      expect(coverageOfMean(population(name), size, SAMPLES, "report")).toBeGreaterThan(0.95 - CHANCE);
    });
  }

  for (const name of ["lognormal", "mostly alike", "a crash in 1 market of 5"]) {
    // Fewer episodes often hold none of what decides the mean here: no verdict is given from them.
    test.each([50, 200])(`of ${name} at %i episodes, where verdicts begin`, (size) => {
      expect(coverageOfMean(population(name), size, SAMPLES, "report")).toBeGreaterThan(0.95 - CHANCE - 0.01);
    });
  }

  test("and not more than 98.5 % at 200 episodes, so that they are no wider than they need to be", () => {
    for (const one of POPULATIONS) expect(coverageOfMean(one, 200, SAMPLES, "report"), one.name).toBeLessThan(0.985);
  });
});

test("the percentile bootstrap fails at 5 episodes, which is why it is not used", () => {
  expect(coverageOfMean(population("normal"), 5, 500, "percentile")).toBeLessThan(0.9);
});

describe("95 % intervals of the other figures cover at least 95 %, but for chance,", () => {
  for (const figure of FIGURES) {
    test(`${figure.name} at 200 episodes`, () => {
      // A worst twentieth of 10 episodes is given 3 points: its own tail is seen in few of them.
      const allowance = figure.name.startsWith("worst") ? 0.03 : 0;
      const share = coverageOfFigure(figure, 200, 1000);
      expect(share).toBeGreaterThan(0.95 - 3 * Math.sqrt((0.95 * 0.05) / 1000) - allowance);
    });
  }
});

test("the tables go between their marks and leave the rest of the page", () => {
  const page = "above\n<!-- coverage: npm run coverage -->\nold\n<!-- end of coverage -->\nbelow\n";
  const tables = renderCoverage({ populations: [population("normal")], samples: 20 });
  const written = insertCoverage(page, tables);
  expect(written).toContain(tables);
  expect(written).not.toContain("old");
  expect(written.startsWith("above\n")).toBe(true);
  expect(written.endsWith("<!-- end of coverage -->\nbelow\n")).toBe(true);
  expect(insertCoverage(written, tables)).toBe(written);
});
