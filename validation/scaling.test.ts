import { describe, expect, it } from "vitest";
import { akash } from "../env/economies/akash/index.js";
import type { Economy } from "../env/economy.js";
import type { WorldFunctions } from "../env/world.js";
import { halfDaysAgree, measureHalfDays } from "./half-days.js";
import { factorOf, measureScaling, scaledEconomy, scalesExactly } from "./scaling.js";
import type { ValidationSpec } from "./spec.js";
import { akashSpec } from "./specs/akash.js";
import { SPECS } from "./specs.js";

/** The same economy whose step does something more. */
function withStep(
  after: (s: Record<string, number>, p: Record<string, number>, z: Record<string, number>) => void,
): ValidationSpec {
  const step: WorldFunctions["step"] = (s, p, a, z, f, u) => {
    akash.functions.step(s, p, a, z, f, u);
    after(s, p, z);
  };
  const economy: Economy = { ...akash, functions: { ...akash.functions, step } };
  return { ...akashSpec, economy };
}

describe("factorOf", () => {
  it.each([
    ["1", 1],
    ["AKT", 8],
    ["USD/AKT", 1 / 8],
    ["unit*AKT/day", 8],
    ["AKT^0.5", Math.sqrt(8)],
  ])("of %s is %d when tokens are counted eightfold", (unit, factor) => {
    expect(factorOf(unit, { AKT: 8 })).toBe(factor);
  });
});

describe("scaledEconomy", () => {
  it("multiplies parameters and their ranges by the factor of their unit, and leaves shares alone", () => {
    const { params, actions } = scaledEconomy(akash, { AKT: 4 });
    expect(params["supplyStart"]!.value).toBe(4 * akash.params["supplyStart"]!.value);
    expect(params["priceStart"]!.high).toBe(akash.params["priceStart"]!.high / 4);
    expect(params["bondedStart"]).toEqual(akash.params["bondedStart"]);
    expect(actions).toEqual(akash.actions);
  });
});

describe("measureScaling", () => {
  it.each(SPECS.map((spec) => [spec.economy.id, spec] as const))("finds %s to scale in every state and flow", (_, spec) => {
    for (const row of measureScaling(spec, 1)) expect([row.name, row.worst, scalesExactly(row)]).toEqual([row.name, "", true]);
  });

  it("names what does not scale: an amount of tokens that is written into the code", () => {
    const spec = withStep((s) => {
      s["pool"]! += 1;
    });
    const rows = measureScaling(spec, 1);
    expect(rows.map(scalesExactly)).toEqual([false, false]);
    expect(rows[0]!.worst).toMatch(/^[sf]\./);
  });
});

describe("measureHalfDays", () => {
  const count = { paths: 4, days: 120, seed: 2 };

  it("agrees for an economy whose rates are per day", () => {
    const rows = measureHalfDays(akashSpec, count);
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter((row) => !halfDaysAgree(row))).toEqual([]);
  });

  it("does not for a change per step: it happens twice a day", () => {
    const rows = measureHalfDays(
      withStep((s) => {
        s["bonded"]! *= 0.998;
      }),
      count,
    );
    expect(rows.filter((row) => !halfDaysAgree(row)).map(({ name }) => name)).toContain("staking ratio");
  });

  it("gives both halves of a day the day's shocks: normal ones add up to it, a chance comes once", () => {
    const seen: Record<string, number>[] = [];
    const spec = withStep((_s, p, z) => seen.push({ days: p["stepDays"]!, ...z }));
    measureHalfDays(spec, { paths: 1, days: 50, seed: 2 });
    const whole = seen.filter(({ days }) => days === 1);
    const half = seen.filter(({ days }) => days === 0.5);
    for (const [day, z] of whole.entries()) {
      const [a, b] = [half[2 * day]!, half[2 * day + 1]!];
      // A half-day step scales its shock by the root of one half.
      expect((a["market"]! + b["market"]!) * Math.SQRT1_2).toBeCloseTo(z["market"]!, 12);
      expect(Math.min(a["regime"]!, b["regime"]!)).toBe(z["regime"]! / 2);
      expect(Math.max(a["regime"]!, b["regime"]!)).toBeGreaterThan(0.99);
    }
    const squares = half.reduce((sum, { market }) => sum + market! ** 2, 0) / half.length;
    // Mean of 100 squares of variance 2 each: within three standard errors of 1.
    expect(Math.abs(squares - 1)).toBeLessThan(3 * Math.sqrt(2 / 100));
  });
});
