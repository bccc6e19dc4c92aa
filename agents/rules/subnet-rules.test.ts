import { describe, expect, test } from "vitest";
import { clamp } from "../../compiler/primitives.js";
import { bittensor, bittensorGlobal, makeBittensor } from "../../env/economies/bittensor/index.js";
import type { Values, World } from "../../env/world.js";
import { makeRule, rulesFor } from "./registry.js";
import { actionFields } from "./role-fields.js";

/** The action that a rule asks for after seeing the same observation for some days. */
function ask(id: string, observed: Readonly<Values>, days = 1, world: World = bittensor): Values {
  const { functions, params, uses } = makeRule(id, world);
  const p = Object.fromEntries(Object.entries(params).map(([name, { value }]) => [name, value]));
  const o = Object.fromEntries(Object.entries(world.observations).map(([name, { low, high }]) => [name, clamp(1, low, high)]));
  const c: Values = {};
  const a: Values = Object.fromEntries(Object.keys(actionFields(world)).map((name) => [name, 0]));
  functions.start(c, p, uses);
  for (let day = 0; day < days; day++) functions.act(c, { ...o, ...observed }, p, a, uses);
  return a;
}

const each = (name: string, value: number) => Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`${name}${i}`, value]));

describe("tao-protocol", () => {
  test("asks for the protocol's values, whatever it sees", () => {
    const start = Object.entries(actionFields(bittensor)).map(([name, spec]) => [name, spec.start]);
    expect(ask("tao-protocol", each("quality", 0.1))).toEqual(Object.fromEntries(start));
  });
});

describe("subnet-quality", () => {
  test("leaves equal subnets alone and takes from a bad one what the good ones get", () => {
    for (const tilt of Object.entries(ask("subnet-quality", each("quality", 0.7), 100))) {
      if (tilt[0].startsWith("tilt")) expect(tilt[1]).toBeCloseTo(1, 12);
    }
    const tilts = ask("subnet-quality", { ...each("quality", 1), quality3: 0.2 }, 100);
    expect(tilts["tilt3"]).toBe(0.5);
    expect(tilts["tilt0"]).toBeGreaterThan(1);
    expect(tilts["emission"]).toBe(1);
  });

  test("a single bad day moves it little", () => {
    const tilts = ask("subnet-quality", { ...each("quality", 1), quality3: 0.2 }, 1);
    expect(tilts["tilt3"]).toBeGreaterThan(0.9);
    expect(tilts["tilt3"]).toBeLessThan(1);
  });
});

describe("subnet-feedback", () => {
  test("leaves equal subnets alone and holds the other levers at the centre of what they see", () => {
    const asked = ask("subnet-feedback", each("quality", 1), 50);
    for (const [name, tilt] of Object.entries(asked)) if (name.startsWith("tilt")) expect(tilt).toBeCloseTo(1, 12);
    const start = actionFields(bittensor);
    for (const name of ["emission", "recycleShare", "burnShare"]) expect(asked[name]).toBeCloseTo(start[name]!.start, 12);
  });

  test("asks on the first day for what the formula says", () => {
    const asked = ask("subnet-feedback", { ...each("quality", 1), quality3: 1.1, share3: 0.95, trend3: 1.1 });
    const [fast, slow, lean] = [1 + 0.18 * 0.1, 1 + 0.03 * 0.1, 0.2 * 1.1];
    const over = (own: number, others: number) => own - (own + 7 * others) / 8;
    const relative = (own: number) => own / ((own + 7) / 8) - 1;
    const tilt = 1 + 4.2 * relative(fast) - 2.5 * relative(slow) - 2 * -0.05 + 2.1 * over(lean, 0.2);
    expect(asked["tilt3"]).toBeCloseTo(tilt, 12);
    expect(asked["tilt0"]).toBeLessThan(1);
  });

  test("acts on change: a rise of quality counts more in its first weeks than once it has lasted", () => {
    const risen = { ...each("quality", 1), quality3: 1.15 };
    const tiltOn = (days: number) => ask("subnet-feedback", risen, days)["tilt3"]!;
    expect(tiltOn(15)).toBeGreaterThan(tiltOn(400));
    expect(tiltOn(400)).toBeGreaterThan(1);
  });

  test("treats subnets alike, whatever their number", () => {
    const world = makeBittensor(16);
    const good = (subnet: number) => ask("subnet-feedback", { [`quality${subnet}`]: 1.3 }, 3, world);
    expect(good(2)["tilt2"]).toBeCloseTo(good(15)["tilt15"]!, 12);
    expect(good(2)["tilt15"]).toBeCloseTo(good(15)["tilt2"]!, 12);
    expect(makeRule("subnet-feedback", world).tunable).toEqual(makeRule("subnet-feedback", bittensor).tunable);
  });

  test("an observation that is missing counts for its usual value", () => {
    const asked = ask("subnet-feedback", {
      ...each("quality", 1),
      quality3: Number.NaN,
      share3: Number.NaN,
      trend3: Number.NaN,
    });
    for (const tilt of Object.values(asked)) expect(tilt).toSatisfy(Number.isFinite);
  });
});

describe("tao-flow", () => {
  test("emits by inflow alone: with even shares the tilts are in proportion to it", () => {
    const inflow = { ...each("share", 1), ...each("trend", 0.1), trend0: 0.05, trend1: 0.15 };
    const tilts = ask("tao-flow", inflow);
    expect(tilts["tilt0"]! / tilts["tilt2"]!).toBeCloseTo(0.5, 9);
    expect(tilts["tilt1"]! / tilts["tilt2"]!).toBeCloseTo(1.5, 9);
  });

  test("gives the least to subnets that lose stake, and falls back to prices when all do", () => {
    expect(ask("tao-flow", { ...each("share", 1), ...each("trend", 0.1), trend5: -0.2 })["tilt5"]).toBe(0.5);
    expect(ask("tao-flow", { ...each("share", 1), ...each("trend", -0.1) })).toMatchObject(each("tilt", 1));
  });
});

test("rules of subnets fit any number of them, but no world without tilts", () => {
  const ids = (world: World) => rulesFor(world).map(({ id }) => id);
  for (const id of ["tao-protocol", "tao-flow", "subnet-quality", "subnet-feedback"]) {
    expect(ids(bittensor)).toContain(id);
    expect(ids(makeBittensor(64))).toContain(id);
  }
  expect(ids(bittensorGlobal)).toContain("tao-protocol");
  expect(ids(bittensorGlobal)).not.toContain("tao-flow");
  expect(() => makeRule("tao-flow", bittensorGlobal)).toThrow(/it has no subnets to tilt/);
});
