import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Values } from "../world.js";
import { capitalAccounts, sectorRecord, sectorUses, startSector, stepSector } from "./sector.js";
import { resolveSector, type SectorParams } from "./sector-params.js";

const IDS = ["a", "b", "c"];

/** A sector whose ports are set by hand. */
function makeSector(given: Readonly<Record<string, number>> = {}, stepDays = 1) {
  const ids = IDS;
  const m: SectorParams & Values = { ...resolveSector({ projectsAdded: 0, ...given }, ids.length) };
  const uses = sectorUses(ids, { unit: ids }, stepDays);
  const g: Values = Object.fromEntries(Object.keys(sectorRecord(ids)).map((name) => [name, 0]));
  g["over"] = 1;
  const y: Values = {};
  const port = (id: string, values: Readonly<Record<string, number>>) => {
    for (const [name, value] of Object.entries(values)) y[`${id}.${name}`] = value;
  };
  const zero = { trend: 0, exogenousTrend: 0, growth: 0, rewardYield: 0, netIssuance: 0, ruined: 0 };
  for (const id of ids) port(id, { ...zero, alive: 1, marketValue: 1e8, capacity: 1000, margin: 0, order: 0, capacityMove: 0 });
  startSector(g, y, m, uses);
  const step = (days = 1) => {
    for (let day = 0; day < days; day++) stepSector(g, y, m, uses);
  };
  const total = () => capitalAccounts(ids).reduce((sum, name) => sum + g[name]!, 0);
  return { g, y, m, port, step, total };
}

describe("capital at the start", () => {
  test("is a share of each market value, as much in each other project, and cash", () => {
    const { g, m, total } = makeSector({ projects: 47, mobileShare: 0.1, cashShare: 0.2 });
    for (const id of IDS) expect(g[`capital.${id}`]).toBeCloseTo(1e7, 6);
    expect(g["rest"]).toBeCloseTo((m["projects"]! - 3) * 1e7, 4);
    expect(g["cash"]! / total()).toBeCloseTo(0.2, 12);
  });

  test("is what investors want: nothing moves while nothing trends or changes", () => {
    const { g, y, port, step } = makeSector();
    port("a", { growth: 0.5, rewardYield: 0.3, netIssuance: 0.1 });
    const before = { ...g };
    step(50);
    for (const name of capitalAccounts(IDS)) expect(Math.abs(g[name]! / before[name]! - 1), name).toBeLessThan(1e-9);
    for (const id of IDS) expect(Math.abs(y[`${id}.order`]!)).toBeLessThan(1e-3);
  });
});

describe("migration", () => {
  test("ends at the logit shares, computed here in another way", () => {
    const values = { speculativeShare: 0.3, hypeAppetite: 0.5, utilityAppetite: 2, orderMost: 0.05, migrationSpeed: 0.2 };
    const { g, port, step, total } = makeSector(values);
    step();
    const before = { a: g["capital.a"]!, b: g["capital.b"]!, c: g["capital.c"]!, rest: g["rest"]!, cash: g["cash"]! };
    port("a", { trend: 0.003, growth: 0.1 });
    port("b", { rewardYield: 0.2, netIssuance: 0.08 });
    step(400);
    const appeal = { a: 0.3 * 0.5 * 0.003 * 365 + 0.7 * 2 * 0.1, b: 0.7 * 2 * 0.12, c: 0, rest: 0, cash: 0 };
    const wanted = Object.entries(before).map(([name, capital]) => capital * Math.exp(appeal[name as keyof typeof appeal]));
    const sum = wanted.reduce((all, x) => all + x, 0);
    const held = [g["capital.a"]!, g["capital.b"]!, g["capital.c"]!, g["rest"]!, g["cash"]!];
    // The last gap is (1 - 0.2)^400 of the first.
    for (const [i, capital] of held.entries()) expect(capital / total()).toBeCloseTo(wanted[i]! / sum, 10);
  });

  test("goes at a bounded speed: a share of the gap, and a share of the market value", () => {
    const { g, y, m, port, step, total } = makeSector({ migrationSpeed: 0.1, orderMost: 0.05, mobileShare: 0.2 });
    step();
    port("a", { growth: 2 });
    const before = g["capital.a"]!;
    const weight = Math.exp((1 - m["speculativeShare"]!) * m["utilityAppetite"]! * 2);
    const wanted = (total() * before * weight) / (total() + before * (weight - 1));
    step();
    expect(y["a.order"]! / (0.1 * (wanted - before))).toBeCloseTo(1, 6);
    port("a", { marketValue: 1e5 });
    step();
    expect(y["a.order"]).toBeCloseTo(0.05 * 1e5, 6);
  });

  test("two half-day steps move what one step of a day moves", () => {
    const [whole, half] = [1, 0.5].map((stepDays) => {
      const { g, port, step } = makeSector({ inflow: 1e9, projectsAdded: 20 }, stepDays);
      port("a", { growth: 0 });
      step();
      port("a", { growth: 0.8 });
      step(61 / stepDays - 1);
      return g;
    });
    // An inflow leaves cash from the step on that it came in: half a day of it waits longer where steps are half a day.
    const waits = { cash: (0.5 * 1e9) / 365 } as Readonly<Record<string, number>>;
    // Euler steps of 5 % a day: (1 - 0.05)^60 beside (1 - 0.025)^120, 4 % of what is left of a gap that is itself a few percent.
    for (const name of capitalAccounts(IDS)) {
      expect(Math.abs((half![name]! - (waits[name] ?? 0)) / whole![name]! - 1), name).toBeLessThan(0.005);
    }
  });

  test("more projects leave less for each: the sector is diluted", () => {
    const shares = [0, 20, 200].map((projectsAdded) => {
      const { g, step, total } = makeSector({ projectsAdded });
      step(365);
      return g["capital.a"]! / total();
    });
    expect(shares[1]!).toBeLessThan(shares[0]!);
    expect(shares[2]!).toBeLessThan(shares[1]!);
    const starts = [47, 80].map((projects) => makeSector({ projects }));
    const [few, many] = starts.map(({ g, total }) => g["capital.a"]! / total());
    expect(few! / many!).toBeCloseTo(80 / 47, 12);
  });

  test("speculators follow the trend, the others growth and real yield", () => {
    const orderFor = (speculativeShare: number, values: Readonly<Record<string, number>>) => {
      const { y, port, step } = makeSector({ speculativeShare });
      step();
      port("a", values);
      step();
      return y["a.order"]!;
    };
    expect(orderFor(1, { trend: 0.002 })).toBeGreaterThan(0);
    expect(orderFor(1, { growth: 0.5, rewardYield: 0.2 })).toBeCloseTo(0, 3);
    expect(orderFor(0, { trend: 0.002 })).toBeCloseTo(0, 3);
    expect(orderFor(0, { growth: 0.5 })).toBeGreaterThan(0);
    expect(orderFor(0, { netIssuance: 0.1 })).toBeLessThan(0);
    expect(orderFor(0.8, { trend: 0.002 })).toBeGreaterThan(orderFor(0.4, { trend: 0.002 }));
  });

  test("a ruined economy is wanted by nobody", () => {
    const { g, port, step } = makeSector({ migrationSpeed: 0.2, orderMost: 0.05, mobileShare: 0.1 });
    step();
    port("b", { ruined: 1, alive: 0 });
    step(60);
    expect(g["capital.b"]!).toBeLessThan(100);
    expect(g["capital.a"]!).toBeGreaterThan(1e7);
  });

  test("outflow takes from cash only, and never more than waits", () => {
    const { g, step, total } = makeSector({ inflow: -2e10 });
    const before = total();
    let left = 0;
    for (let day = 0; day < 100; day++) {
      step();
      left += g["inflow"]!;
      expect(g["cash"]).toBeGreaterThanOrEqual(0);
    }
    expect(left).toBeLessThan(-1e8);
    expect(total() / (before + left)).toBeCloseTo(1, 12);
  });

  test("whatever the ports hold, no account turns negative and the sum stays", () => {
    const port = fc.record({
      trend: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      growth: fc.double({ min: -2, max: 2, noNaN: true }),
      netIssuance: fc.double({ min: -5, max: 5, noNaN: true }),
      marketValue: fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
      ruined: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(port, port, port), { minLength: 1, maxLength: 20 }), (days) => {
        const sector = makeSector({ migrationSpeed: 0.5, orderMost: 0.05, inflow: -1e9 });
        let booked = sector.total();
        for (const ports of days) {
          for (const [i, id] of IDS.entries()) sector.port(id, ports[i]!);
          sector.step();
          booked += sector.g["inflow"]!;
          for (const name of capitalAccounts(IDS)) expect(sector.g[name]).toBeGreaterThanOrEqual(0);
          // Some twenty roundings of 2^-53 a day.
          expect(Math.abs(sector.total() - booked)).toBeLessThan(1e-13 * booked);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("providers", () => {
  test("leave for the better paid, more as the difference grows, and what leaves one joins another", () => {
    const moves = [0.05, 0.2, 0.6].map((margin) => {
      const { y, port, step } = makeSector({ providerSpeed: 0.01 });
      port("b", { margin });
      step();
      const all = IDS.map((id) => y[`${id}.capacityMove`]!);
      expect(Math.abs(all.reduce((sum, x) => sum + x, 0))).toBeLessThan(1e-12);
      expect(all[0]).toBe(all[2]);
      return y["b.capacityMove"]!;
    });
    // A difference below the cost of switching moves nobody.
    expect(moves[0]).toBe(0);
    expect(moves[1]!).toBeGreaterThan(0);
    expect(moves[2]!).toBeGreaterThan(moves[1]!);
  });

  test("never leave faster than the most, and not for a ruined economy", () => {
    const { y, port, step } = makeSector({ providerSpeed: 0.01, switchingCost: 0 });
    port("a", { margin: -1 });
    port("b", { margin: 50 });
    port("c", { margin: 50 });
    step();
    expect(y["a.capacityMove"]!).toBeGreaterThan(-0.01 * 1000);
    expect(y["a.capacityMove"]!).toBeLessThan(-0.0099 * 1000);
    port("b", { ruined: 1 });
    step();
    expect(y["b.capacityMove"]!).toBeLessThanOrEqual(0);
  });
});
