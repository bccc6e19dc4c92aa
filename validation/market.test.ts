import { describe, expect, it } from "vitest";
import { exceedance, fallProbability, fallsOf, liveMarket } from "./market.js";

describe("fallsOf", () => {
  it("counts a fall from the peak, which may be the start, apart from a fall below the start", () => {
    const rise = Float64Array.from([Math.log(4), Math.log(2), Math.log(1)]);
    const fall = Float64Array.from([Math.log(0.5), Math.log(0.8)]);
    const { fromPeak, fromStart } = fallsOf([rise, fall]);
    expect(fromPeak[0]).toBeCloseTo(0.75, 14);
    expect(fromStart[0]).toBeCloseTo(0, 14);
    expect(fromPeak[1]).toBeCloseTo(0.5, 14);
    expect(fromStart[1]).toBeCloseTo(0.5, 14);
  });
});

describe("fallProbability and exceedance", () => {
  const falls = Float64Array.from([0.2, 0.5, 0.7, 0.95]);

  it("count a fall of exactly the depth", () => {
    expect(fallProbability(falls, 0.5).mean).toBe(0.75);
    const { x, middle } = exceedance(falls);
    expect(middle[x.indexOf(0.5)]).toBe(0.75);
    expect(middle[0]).toBe(1);
  });
});

describe("liveMarket", () => {
  it("gives every path all its days, ruined or not", () => {
    const { price, exogenous, returns } = liveMarket("collapse", 4, 3);
    for (const of of [price, exogenous, returns]) expect(of.map(({ length }) => length)).toEqual([365, 365, 365, 365]);
    // The last day was lived: a price that never moved there would be exactly 0.
    for (const path of price) expect(path[364]).not.toBe(0);
  });
});
