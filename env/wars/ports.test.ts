import { describe, expect, test } from "vitest";
import { toyRival } from "../../test/support/toy-rival.js";
import { akash } from "../economies/akash/index.js";
import { render } from "../economies/render/index.js";
import type { Economy } from "../economy.js";
import type { Values } from "../world.js";
import { findProviders, type PortUses, portRecord, portUses, readPort, startPort } from "./ports.js";
import { resolveSector } from "./sector-params.js";

const SECTOR = resolveSector({}, 2);

/** The state of an economy, made up but for the fields that providers and stakers are seen by. */
function stateOf(economy: Economy, fill: number): Values {
  const value = ({ length }: { length?: number }) =>
    length === undefined ? fill : Array.from({ length }, (_, i) => fill * (i + 1));
  return Object.fromEntries(Object.entries(economy.state).map(([name, spec]) => [name, value(spec)])) as Values;
}

function makePort(economy: Economy, days = 1) {
  const u = portUses(economy, SECTOR, days) as unknown as PortUses;
  const y: Values = Object.fromEntries(Object.keys(portRecord(economy)).map((name) => [name, 0]));
  return { u, y };
}

const flows = (values: Values): Values => ({
  price: 1,
  exogenous: 0,
  supply: 1e8,
  minted: 0,
  burned: 0,
  service: 1,
  ...values,
});

describe("what the sector sees", () => {
  test("a steady trend, growth and issuance are seen as they are", () => {
    const { u, y } = makePort(toyRival);
    const s = stateOf(toyRival, 0.1);
    startPort(y, s, flows({}), u);
    for (let day = 1; day <= 1500; day++) {
      readPort(
        y,
        s,
        flows({
          price: Math.exp(0.002 * day),
          exogenous: 0.001 * day,
          service: Math.exp(0.0004 * day),
          minted: 3e4,
          burned: 1e4,
        }),
        u,
      );
    }
    expect(y["trend"]).toBeCloseTo(0.002, 10);
    expect(y["exogenousTrend"]).toBeCloseTo(0.001, 10);
    expect(y["netIssuance"]).toBeCloseTo((2e4 / 1e8) * 365, 10);
    // A mean of weight w trails exp(g t) by the factor w / (1 - (1 - w) exp(-g)).
    const trails = (weight: number) => weight / (1 - (1 - weight) * Math.exp(-0.0004));
    const lag = 1 / SECTOR.serviceMemorySlow - 1 / SECTOR.serviceMemory;
    const seen = (Math.log(trails(SECTOR.serviceMemory) / trails(SECTOR.serviceMemorySlow)) / lag) * 365;
    expect(y["growth"]! / seen).toBeCloseTo(1, 6);
    // To second order in growth over the lag, that is the growth itself.
    expect(Math.abs(y["growth"]! / (0.0004 * 365) - 1)).toBeLessThan(0.0004 * lag);
    expect(y["marketValue"]).toBeCloseTo(Math.exp(3) * 1e8, 0);
  });

  test("two half-day steps see what one step of a day sees", () => {
    const ports = [1, 0.5].map((days) => {
      const { u, y } = makePort(toyRival, days);
      const s = stateOf(toyRival, 0.1);
      startPort(y, s, flows({}), u);
      for (let t = days; t <= 60; t += days)
        readPort(y, s, flows({ price: Math.exp(0.01 * t), service: 1 + 0.01 * t, minted: 1e4 * days }), u);
      return y;
    });
    // The means are Euler steps: their error is of the order of weight x step, here 0.02 to 0.04.
    for (const name of ["trend", "growth", "netIssuance", "service"]) {
      expect(Math.abs(ports[1]![name]! / ports[0]![name]! - 1), name).toBeLessThan(0.03);
    }
  });

  test("rewards per token where holders get some, and none elsewhere: newly minted ones are no real yield", () => {
    for (const [economy, expected] of [
      [akash, 0.001 * 365],
      [toyRival, 0],
    ] as const) {
      const { u, y } = makePort(economy);
      const s = stateOf(economy, 0);
      startPort(y, s, flows({}), u);
      for (let day = 0; day < 5; day++) {
        s["accrued"] = s["accrued"]! + 0.001;
        readPort(y, s, flows({ minted: 1e5 }), u);
      }
      expect(y["rewardYield"]).toBeCloseTo(expected, 12);
      if (expected > 0) expect(y["rewardYield"]! - y["netIssuance"]!).toBeCloseTo(0, 12);
    }
  });
});

describe("providers of an economy", () => {
  test.each([
    ["one tier", akash, "tier"],
    ["classes", render, "classes"],
  ] as const)("%s: capacity that joins is added in full, and what is left of it is seen", (_name, economy, kind) => {
    expect(findProviders(economy)?.kind).toBe(kind);
    const { u, y } = makePort(economy);
    const s = stateOf(economy, 100);
    startPort(y, s, flows({}), u);
    const before = y["capacity"]!;
    for (const move of [17.25, -40]) {
      const order = s["outsideOrder"]!;
      y["capacityMove"] = move;
      y["order"] = 5;
      u.writePort(s, y, u);
      expect(s["outsideOrder"]).toBe(order + 5);
      readPort(y, s, flows({}), u);
    }
    expect(y["capacity"]! - before).toBeCloseTo(17.25 - 40, 9);
  });

  test("of classes: the margin is the mean by capacity, and shares stay", () => {
    const { u, y } = makePort(render);
    const s = stateOf(render, 100) as Values & { capacity: number[]; margin: number[] };
    s.capacity = [100, 300, 0, 0];
    s.margin = [0.4, 0, 9, 9];
    startPort(y, s, flows({}), u);
    expect(y["margin"]).toBeCloseTo(0.1, 12);
    y["capacityMove"] = 40;
    u.writePort(s, y, u);
    expect(s.capacity[1]! / s.capacity[0]!).toBeCloseTo(3, 12);
  });

  test("none: capacity stays 0", () => {
    const { state, ...rest } = toyRival;
    const { capacityEfficient: _none, ...others } = state;
    const economy = { ...rest, state: others };
    expect(findProviders(economy)).toBeUndefined();
    const { u, y } = makePort(economy);
    startPort(y, stateOf(economy, 1), flows({}), u);
    expect([y["capacity"], y["margin"]]).toEqual([0, 0]);
  });
});
