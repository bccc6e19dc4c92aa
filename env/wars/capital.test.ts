import { Decimal } from "decimal.js";
import { describe, expect, test } from "vitest";
import { uniform4 } from "../../core/random.js";
import { toyRival } from "../../test/support/toy-rival.js";
import { akash } from "../economies/akash/index.js";
import type { LaneDevice } from "../lane/memory.js";
import type { Values, WorldFunctions } from "../world.js";
import { createExactWars, exactWars } from "./exact-wars.js";
import { SECTOR } from "./kernel.js";
import { type AgentPlan, planWars, type WarsAgent, type WarsPlan } from "./plan.js";
import { capitalAccounts, migrate } from "./sector.js";
import { driveWars, type WarsDriver } from "./vector-wars.js";

const SEED = 3;
const AGENTS: readonly WarsAgent[] = [
  { id: "busy", economy: akash },
  { id: "dear", economy: akash, params: { incentiveShare: 0.1 }, scenario: "crash" },
  { id: "toy", economy: toyRival, params: { margin: 0.4 } },
  { id: "wild", economy: toyRival, scenario: "random", params: { startPrice: 3 } },
];
const TOYS: readonly WarsAgent[] = [
  { id: "toy", economy: toyRival, params: { margin: 0.4, ruin: 0 } },
  { id: "wild", economy: toyRival, params: { startPrice: 3, volatility: 0.3, ruin: 0.01 } },
];
const SECTOR_VALUES = { inflow: 1e8, mobileShare: 0.2 };

/** Arbitrary legal actions of one agent in one lane. */
function actionOf({ economy }: AgentPlan, day: number, lane: number): number[] {
  if (economy.actions.kind === "discrete") throw new Error("controls are continuous");
  return Object.values(economy.actions.fields).map(({ low, high }, i) => low + (high - low) * uniform4(SEED, lane, day, i).a);
}

function setActions({ agents }: WarsPlan, { kernel }: WarsDriver, day: number, numLanes: number): void {
  for (const agent of agents) {
    const asked = agent.spec.actionNames.map((name) => kernel.view(agent.id, "requested", name));
    for (let lane = 0; lane < numLanes; lane++) {
      for (const [i, x] of actionOf(agent, day, lane).entries()) asked[i]![lane] = x;
    }
  }
}

/** Largest error of the books over all copies and days, as a share of the capital, and what an agent's token saw of orders. */
function worstError(device: LaneDevice, numLanes: number, days: number): { readonly worst: number; readonly moved: number } {
  const plan = planWars({ agents: AGENTS, sector: SECTOR_VALUES, horizon: 5000 });
  const driver = driveWars(plan, device, numLanes);
  const sector = (field: string) => driver.kernel.view(SECTOR, "sector", field);
  const accounts = capitalAccounts(plan.ids).map(sector);
  const total = (lane: number) => accounts.reduce((sum, account) => sum + account[lane]!, 0);
  driver.reset(SEED, 0);
  const booked = Array.from({ length: numLanes }, (_, lane) => total(lane));
  let worst = 0;
  let moved = 0;
  for (let day = 0; day < days; day++) {
    setActions(plan, driver, day, numLanes);
    driver.step();
    for (let lane = 0; lane < numLanes; lane++) {
      booked[lane]! += sector("inflow")[lane]!;
      worst = Math.max(worst, Math.abs(total(lane) - booked[lane]!) / booked[lane]!);
      moved += Math.abs(driver.kernel.view("busy", "port", "order")[lane]!) / numLanes;
      if (!accounts.every((account) => account[lane]! >= 0)) worst = Number.NaN;
    }
  }
  return { worst, moved };
}

describe("investors' capital changes by the declared inflow only", () => {
  test.each([
    ["js", 1e-9, 4],
    ["wasm", 1e-5, 16],
  ] as const)("%s: to %d of the capital over a year of arbitrary actions", (device, tolerance, numLanes) => {
    const { worst, moved } = worstError(device, numLanes, 365);
    expect(worst).toBeLessThan(tolerance);
    // Something did move: more than 10 M USD in and out of one token in the mean year.
    expect(moved).toBeGreaterThan(1e7);
  });

  test("exactly, in whole micro-USD, on the ledger over 120 days", () => {
    const plan = planWars({ agents: TOYS, sector: { inflow: -3e3, mobileShare: 0.5 }, horizon: 400 });
    const exact = exactWars(plan);
    const accounts = capitalAccounts(plan.ids);
    const sum = () => accounts.reduce((total, name) => total.plus(exact.readSector(name)), new Decimal(0));
    exact.reset(SEED, 0);
    let booked = sum();
    for (let day = 0; day < 120; day++) {
      exact.step(Object.fromEntries(plan.agents.map((agent) => [agent.id, actionOf(agent, day, 0)])));
      booked = booked.plus(exact.readSector("inflow"));
      if (!sum().equals(booked)) expect(`day ${day}: ${sum()}`).toBe(`day ${day}: ${booked}`);
    }
    // The outflow was more than the sector had in cash: it may only take what waits, and nothing goes below zero.
    expect(accounts.filter((name) => (exact.readSector(name) as Decimal).lt(0))).toEqual([]);
    expect(sum().decimalPlaces()).toBeLessThanOrEqual(6);
  });

  test("exactly, besides the tokens of each economy, in a world of different kinds", () => {
    const options = { agents: AGENTS, sector: SECTOR_VALUES };
    const plan = planWars(options);
    const exact = createExactWars(options);
    exact.reset(SEED, 0);
    // Each step checks the books of four tokens and of the sector, and throws if one base unit is missing.
    for (let day = 0; day < 12; day++) {
      exact.step(Object.fromEntries(plan.agents.map((agent) => [agent.id, actionOf(agent, day, 0)])));
    }
    expect((exact.read("busy", "port", "order") as Decimal).isZero()).toBe(false);
  });
});

describe("the ledger finds what leaks", () => {
  interface Honest {
    readonly honest: (...records: unknown[]) => void;
  }

  /** A migration that pays the other projects and forgets to charge cash. */
  function leakingMigrate(g: Values, y: Values, m: Values, u: Honest): void {
    u.honest(g, y, m, u);
    g["cash"] = g["cash"]! + g["restOrder"]!;
  }

  function leakingStep(s: Values, p: Values, a: Values, z: Values, f: Values, u: Honest): void {
    u.honest(s, p, a, z, f, u);
    s["staked"] = s["staked"]! + 0.5 * f["minted"]!;
  }

  const play = (plan: ReturnType<typeof planWars>) => {
    const exact = exactWars(plan);
    exact.reset(1, 0);
    const actions = Object.fromEntries(plan.ids.map((id) => [id, [0.01, 0.3]]));
    for (let day = 0; day < 30; day++) exact.step(actions);
  };

  test("capital: the sector and the day are named", () => {
    const plan = planWars({ agents: TOYS });
    const sector = {
      ...plan.sector,
      uses: { ...plan.sector.uses, honest: migrate, migrate: leakingMigrate as unknown as typeof migrate },
    };
    expect(() => play(plan)).not.toThrow();
    expect(() => play({ ...plan, sector })).toThrow(/books of the sector do not balance on day \d+/);
  });

  test("tokens: the agent is named", () => {
    const leaking = {
      ...toyRival,
      uses: { ...toyRival.uses, honest: toyRival.functions.step },
      functions: { ...toyRival.functions, step: leakingStep as unknown as WorldFunctions["step"] },
    };
    const agents = [TOYS[0]!, { id: "leaky", economy: leaking, params: { ruin: 0 } }];
    expect(() => play(planWars({ agents }))).toThrow(/books of leaky \(toy-rival-v1\) do not balance on day 1/);
  });
});
