import { clamp, units } from "../../compiler/primitives.js";
import type { RecordBinding, RecordSpec } from "../../compiler/schema.js";
import { saturate } from "../market/curves.js";
import type { ParamSpec, Values } from "../world.js";
import { SECTOR_PARAMS, type SectorParams } from "./sector-params.js";

/** Decimal places of the sector's accounts on the exact ledger: micro-USD. */
export const SECTOR_DECIMALS = 6;

/** State of a sector with these economies; its capital is on exactly one of {@link capitalAccounts}. */
export function sectorRecord(agents: readonly string[]): RecordSpec {
  const usd = (doc: string) => ({ unit: "USD", doc, scale: 1e8 });
  const perAgent = (make: (id: string) => RecordSpec) => Object.assign({}, ...agents.map(make)) as RecordSpec;
  return {
    over: { unit: "1", doc: "1 when all agents have ended; the world starts anew before the next step" },
    day: { unit: "day", doc: "days since the start" },
    settled: { unit: "1", doc: "1 when the shares that investors start from are known: after the first step" },
    cash: usd("capital that waits"),
    rest: usd("capital in the sector's other projects, at cost"),
    ...perAgent((id) => ({ [`capital.${id}`]: usd(`capital in the token of ${id}, at cost`) })),
    inflow: { unit: "USD", doc: "capital that entered from outside in the last step; negative left", scale: 1e6 },
    restOrder: { unit: "USD", doc: "capital that moved into the sector's other projects in the last step", scale: 1e6 },
    weightCash: { unit: "USD", doc: "cash that investors want when nothing attracts them", scale: 1e8 },
    weightRest: { unit: "USD", doc: "the same of one of the sector's other projects", scale: 1e8 },
    ...perAgent((id) => ({ [`weight.${id}`]: usd(`the same of the token of ${id}`) })),
    sectorTrend: { unit: "1/day", doc: "mean trend of the economies' exogenous paths", scale: 0.01 },
    appealCash: { unit: "1", doc: "what attracts investors to cash, in logs" },
    appealRest: { unit: "1", doc: "the same of the sector's other projects" },
    ...perAgent((id) => ({ [`appeal.${id}`]: { unit: "1", doc: `the same of the token of ${id}` } })),
  };
}

/** Accounts whose sum changes by `inflow` only. */
export function capitalAccounts(agents: readonly string[]): readonly string[] {
  return ["cash", "rest", ...agents.map((id) => `capital.${id}`)];
}

export function sectorParams(values: SectorParams): RecordBinding {
  const specs: Readonly<Record<string, ParamSpec>> = SECTOR_PARAMS;
  const entries = Object.entries(specs);
  return {
    name: "params",
    kind: "uniform",
    fields: Object.fromEntries(entries.map(([name, { unit, doc }]) => [name, { unit, doc }])),
    constants: Object.fromEntries(
      entries.map(([name, { unit }]) => [name, { value: values[name as keyof SectorParams], unit }]),
    ),
  };
}

type ById = Readonly<Record<string, number>>;

/** What the sector's functions use; tables by agent id have 1 for each. */
export type SectorUses = {
  readonly clamp: typeof clamp;
  readonly units: typeof units;
  readonly saturate: typeof saturate;
  readonly attract: typeof attract;
  readonly migrate: typeof migrate;
  readonly moveProviders: typeof moveProviders;
  readonly agents: ById;
  readonly count: number;
  readonly providers: Readonly<Record<string, ById>>;
  readonly partners: Readonly<Record<string, number>>;
  readonly days: number;
  readonly DAYS_PER_YEAR: number;
  readonly MAX_APPEAL: number;
  readonly SPENDABLE: number;
};

/** @param providers groups of economies among which providers move, each with the ids as keys */
export function sectorUses(
  agents: readonly string[],
  providers: Readonly<Record<string, readonly string[]>>,
  stepDays: number,
): SectorUses {
  const table = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 1]));
  return {
    clamp,
    units,
    saturate,
    attract,
    migrate,
    moveProviders,
    agents: table(agents),
    count: agents.length,
    providers: Object.fromEntries(Object.entries(providers).map(([group, ids]) => [group, table(ids)])),
    partners: Object.fromEntries(Object.entries(providers).map(([group, ids]) => [group, Math.max(1, ids.length - 1)])),
    days: stepDays,
    DAYS_PER_YEAR: 365,
    /** Log appeal is cut here: a project may be 20 times as wanted as another of its size, not more. */
    MAX_APPEAL: 3,
    /** Share of the waiting cash that a day may use, so that rounding never overdraws it. */
    SPENDABLE: 0.99,
  };
}

export const SECTOR_UNITS: Readonly<Record<string, string>> = { days: "day", DAYS_PER_YEAR: "day/year" };

/**
 * Accounts at the start of an episode, where the world is over: in each token a share of its market value, in each other project
 * the mean of these, and cash. `g` sector, `y` ports of all economies, `m` parameters.
 */
export function startSector(g: Values, y: Values, m: SectorParams, u: SectorUses): void {
  if (g["over"]! > 0.5) {
    for (const name in g) g[name] = 0;
    let held = 0;
    for (const i in u.agents) {
      const capital = u.units(m.mobileShare * y[`${i}.marketValue`]!);
      g[`capital.${i}`] = capital;
      g[`weight.${i}`] = capital;
      held += capital;
    }
    g["weightRest"] = held / u.count;
    g["rest"] = u.units((m.projects - u.count) * g["weightRest"]!);
    g["cash"] = u.units(((held + g["rest"]!) * m.cashShare) / (1 - m.cashShare));
    g["weightCash"] = g["cash"]!;
  }
}

/** After the step of all economies: capital and providers move. The world is over when no agent is left. */
export function stepSector(g: Values, y: Values, m: SectorParams, u: SectorUses): void {
  u.attract(g, y, m, u);
  u.migrate(g, y, m, u);
  u.moveProviders(y, m, u);
  g["day"] = g["day"]! + u.days;
  let living = 0;
  for (const i in u.agents) living += y[`${i}.alive`]!;
  g["over"] = living > 0.5 ? 0 : 1;
  for (const i in u.agents) y[`${i}.over`] = g["over"]!;
}

/**
 * Log appeal of each token: speculators look at its price trend, the others at growth of service and real yield. What investors
 * hold at the start is what they want at the first day's growth and yield and without a trend.
 */
function attract(g: Values, y: Values, m: SectorParams, u: SectorUses): void {
  let trend = 0;
  for (const i in u.agents) trend += y[`${i}.exogenousTrend`]!;
  g["sectorTrend"] = trend / u.count;
  const hype = m.speculativeShare * m.hypeAppetite;
  const utility = (1 - m.speculativeShare) * m.utilityAppetite;
  for (const i in u.agents) {
    const yearly = y[`${i}.trend`]! * u.DAYS_PER_YEAR;
    // Rewards that are newly minted only move wealth from one holder to another: what is left is the yield of them all.
    const realYield = y[`${i}.rewardYield`]! - y[`${i}.netIssuance`]!;
    const worth = u.clamp(utility * (y[`${i}.growth`]! + realYield), -u.MAX_APPEAL, u.MAX_APPEAL, 0);
    g[`appeal.${i}`] = u.clamp(hype * yearly + worth, -u.MAX_APPEAL, u.MAX_APPEAL, 0);
    if (g["settled"]! < 0.5) g[`weight.${i}`] = g[`weight.${i}`]! * Math.exp(-worth);
  }
  const elsewhere = utility * (m.restGrowth + m.restYield);
  const waiting = utility * m.cashYield;
  g["appealRest"] = u.clamp(hype * g["sectorTrend"]! * u.DAYS_PER_YEAR + elsewhere, -u.MAX_APPEAL, u.MAX_APPEAL, 0);
  g["appealCash"] = waiting;
  if (g["settled"]! < 0.5) {
    g["weightRest"] = g["weightRest"]! * Math.exp(-elsewhere);
    g["weightCash"] = g["weightCash"]! * Math.exp(-waiting);
  }
  g["settled"] = 1;
}

/**
 * Each account moves by a share of its gap to what is wanted: the sector's capital, divided by weight times exp(appeal). An order
 * for a token is limited by its market value, and what is bought by what is sold and what waits. A ruined economy is wanted by
 * nobody. Orders are whole micro-USD on the ledger, and what one account gains cash loses.
 */
export function migrate(g: Values, y: Values, m: SectorParams, u: SectorUses): void {
  g["inflow"] = u.units(Math.max((m.inflow * u.days) / u.DAYS_PER_YEAR, -u.SPENDABLE * g["cash"]!));
  g["cash"] = g["cash"]! + g["inflow"]!;
  const others = m.projects + (m.projectsAdded * g["day"]!) / u.DAYS_PER_YEAR - u.count;
  const restWeight = others * g["weightRest"]! * Math.exp(g["appealRest"]!);
  let weights = restWeight + g["weightCash"]! * Math.exp(g["appealCash"]!);
  let capital = g["cash"]! + g["rest"]!;
  for (const i in u.agents) {
    weights += (1 - y[`${i}.ruined`]!) * g[`weight.${i}`]! * Math.exp(g[`appeal.${i}`]!);
    capital += g[`capital.${i}`]!;
  }
  const speed = m.migrationSpeed * u.days;
  const perWeight = capital / weights;
  const restOrder = speed * (perWeight * restWeight - g["rest"]!);
  let asked = Math.max(0, restOrder);
  let freed = u.SPENDABLE * g["cash"]! + Math.max(0, -restOrder);
  for (const i in u.agents) {
    const wanted = perWeight * (1 - y[`${i}.ruined`]!) * g[`weight.${i}`]! * Math.exp(g[`appeal.${i}`]!);
    const most = m.orderMost * u.days * y[`${i}.marketValue`]!;
    const order = u.clamp(speed * (wanted - g[`capital.${i}`]!), -most, most, 0);
    y[`${i}.order`] = order;
    asked += Math.max(0, order);
    freed += Math.max(0, -order);
  }
  const granted = Math.min(1, freed / Math.max(asked, 1e-6));
  for (const i in u.agents) {
    const order = u.units(y[`${i}.order`]! > 0 ? y[`${i}.order`]! * granted : y[`${i}.order`]!);
    y[`${i}.order`] = order;
    g[`capital.${i}`] = g[`capital.${i}`]! + order;
    g["cash"] = g["cash"]! - order;
  }
  g["restOrder"] = u.units(restOrder > 0 ? restOrder * granted : restOrder);
  g["rest"] = g["rest"]! + g["restOrder"]!;
  g["cash"] = g["cash"]! - g["restOrder"]!;
}

/**
 * Capacity moves from each economy to every better paid one whose providers run the same kind of hardware: more as the margin's
 * difference exceeds the cost of switching. What leaves one joins another.
 */
function moveProviders(y: Values, m: SectorParams, u: SectorUses): void {
  for (const i in u.agents) y[`${i}.capacityMove`] = 0;
  for (const group in u.providers) {
    for (const i in u.providers[group]) {
      const mobile = (m.providerSpeed * u.days * y[`${i}.capacity`]!) / u.partners[group]!;
      for (const j in u.providers[group]) {
        const gain = (1 - y[`${j}.ruined`]!) * (y[`${j}.margin`]! - y[`${i}.margin`]!) - m.switchingCost;
        const moved = u.units(mobile * u.saturate(Math.max(0, gain) * (1 / m.marginScale)));
        y[`${i}.capacityMove`] = y[`${i}.capacityMove`]! - moved;
        y[`${j}.capacityMove`] = y[`${j}.capacityMove`]! + moved;
      }
    }
  }
}
