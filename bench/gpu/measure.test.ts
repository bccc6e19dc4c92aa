import { describe, expect, test } from "vitest";
import { measureInFlight, measureSpeed } from "../in-flight.js";
import { createBudget, createParts, LateError, reasonToSkip, within } from "./budget.js";
import { caseName, netName, planCases } from "./cases.js";

describe("cases", () => {
  test("have all sizes, nets and epochs once, those of the targets first", () => {
    const cases = planCases(false);
    expect(new Set(cases.map(caseName)).size).toBe(24);
    expect(new Set(cases.map(({ numEnvs }) => numEnvs))).toEqual(new Set([4096, 16_384, 65_536, 262_144]));
    expect(cases.slice(0, 4).every(({ hidden, updateEpochs }) => netName(hidden) === "2x64" && updateEpochs === 4)).toBe(true);
    expect(caseName(cases[0]!)).toBe("65,536 environments x 32, nets 2x64, 4 epochs");
  });

  test("a quick run has a single small one", () => {
    expect(planCases(true).map(caseName)).toEqual(["64 environments x 4, nets 2x16, 1 epoch"]);
  });
});

describe("budget", () => {
  test("counts seconds of the clock", () => {
    let clock = 5000;
    const budget = createBudget(60, () => clock);
    clock += 12_500;
    expect([budget.elapsed(), budget.left()]).toEqual([12.5, 47.5]);
  });

  test("a part is begun when half as much again as the longest before it is left, and its least", () => {
    expect(reasonToSkip(31, [4, 20, 8], 10)).toBeUndefined();
    expect(reasonToSkip(29, [4, 20, 8], 10)).toBe("no time: it may take 30 s, 29 s are left");
    expect(reasonToSkip(9.7, [], 10)).toBe("no time: it may take 10 s, 9 s are left");
    expect(reasonToSkip(-3, [], 0)).toBe("no time: it may take 0 s, 0 s are left");
  });

  test("work that hangs is left behind", async () => {
    await expect(within(0.01, new Promise(() => {}))).rejects.toThrow(new LateError("it takes longer than 0 s"));
    await expect(within(1, Promise.resolve(7))).resolves.toBe(7);
    await expect(within(1, Promise.reject(new Error("no")))).rejects.toThrow("no");
  });
});

describe("parts", () => {
  const budget = { elapsed: () => 0, left: () => 60 };

  test("that fail do not stop those after them", async () => {
    const parts = createParts(budget, 60);
    await expect(parts.run("first", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(parts.stopped()).toBeUndefined();
    await expect(parts.run("second", () => Promise.resolve(7))).resolves.toBe(7);
  });

  test("that do not end are the last to be begun", async () => {
    let begun = 0;
    const hang = () => {
      begun++;
      return new Promise<never>(() => {});
    };
    const parts = createParts(budget, 0.01);
    await expect(parts.run("first", hang)).rejects.toThrow(LateError);
    const why = 'not begun: "first" has not ended and would disturb it';
    expect(parts.stopped()).toBe(why);
    await expect(parts.run("second", hang)).rejects.toThrow(why);
    expect(begun).toBe(1);
  });

  test("end with the time of the whole, whatever their own limit", async () => {
    const parts = createParts({ ...budget, left: () => 0.01 }, 3600);
    await expect(parts.run("first", () => new Promise(() => {}))).rejects.toThrow(LateError);
  });
});

describe("speed", () => {
  test("comes from the times between the ends of rounds: median, slowest and fastest", () => {
    expect(measureSpeed([100, 200, 300, 500], 10)).toEqual({ median: 100, low: 50, high: 100, windows: 3, rounds: 3 });
  });

  test("many rounds are put together into ten windows", () => {
    const ends = Array.from({ length: 96 }, (_, i) => 20 * i);
    const { median, low, high, windows, rounds } = measureSpeed(ends, 4);
    expect([windows, rounds]).toEqual([10, 95]);
    for (const speed of [median, low, high]) expect(speed).toBeCloseTo(200, 9);
  });

  test("rounds that are seen to end in bursts are not taken apart", () => {
    // Four at a time, every 40 ms.
    const ends = Array.from({ length: 25 }, (_, i) => 40 * Math.floor(i / 4));
    expect(measureSpeed(ends, 1, 4)).toEqual({ median: 100, low: 100, high: 100, windows: 6, rounds: 24 });
  });

  test("rounds are under way two at a time, end in their order, and all have ended in the end", async () => {
    let [clock, underWay, most, launched] = [0, 0, 0, 0];
    const launch = async () => {
      launched++;
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      clock += 10;
      underWay--;
    };
    const speed = await measureInFlight(launch, 3, { depth: 2, seconds: 0.1, least: 2, now: () => clock });
    expect(most).toBe(2);
    expect(underWay).toBe(0);
    expect(launched).toBeGreaterThanOrEqual(10);
    expect(speed.rounds).toBeGreaterThanOrEqual(5);
  });

  test("a few rounds are timed however long they take", async () => {
    let clock = 0;
    const slow = async () => {
      clock += 60_000;
    };
    const speed = await measureInFlight(slow, 1, { depth: 1, seconds: 1, least: 3, now: () => clock });
    expect(speed).toEqual({ median: 1 / 60, low: 1 / 60, high: 1 / 60, windows: 3, rounds: 3 });
  });

  test("work that fails stops it", async () => {
    const launch = () => Promise.reject(new Error("lost"));
    await expect(measureInFlight(launch, 1, { depth: 1, seconds: 1, least: 1, now: () => 0 })).rejects.toThrow("lost");
  });
});
