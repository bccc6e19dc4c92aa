import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec, Uses } from "../../compiler/schema.js";
import type { Economy } from "../economy.js";
import type { Values } from "../world.js";
import type { SectorParams } from "./sector-params.js";

/**
 * What passes between an economy and the sector, one record per economy. The economy writes what investors and providers look at,
 * the sector answers with an order for the token and with capacity that comes or goes; both take effect in the next step.
 */
export function portRecord(economy: Economy): RecordSpec {
  const capacity = findProviders(economy)?.unit ?? "1";
  return {
    alive: { unit: "1", doc: "1 while the agent takes part: its economy is not ruined and the horizon not reached" },
    ruined: { unit: "1", doc: "1 from the step on that ruined the economy: nobody wants its token or its leases" },
    over: { unit: "1", doc: "1 when all agents of the world have ended; it starts anew before the next step" },
    terminated: { unit: "1", doc: "1 when the last step ruined the economy of a live agent" },
    truncated: { unit: "1", doc: "1 when the last step was a live agent's last for the horizon" },
    steps: { unit: "1", doc: "control steps that the agent took part in" },
    started: { unit: "1", doc: "1 after the first step of an episode" },
    price: { unit: economy.flows["price"]!.unit, doc: "price after the last step" },
    exogenous: { unit: "1", doc: "log of the exogenous price path after the last step" },
    marketValue: { unit: "USD", doc: "price times supply", scale: 1e8 },
    trend: { unit: "1/day", doc: "exponential mean of daily log returns", scale: 0.01 },
    exogenousTrend: { unit: "1/day", doc: "the same of the exogenous price path", scale: 0.01 },
    service: { unit: "1", doc: "exponential mean of service" },
    serviceSlow: { unit: "1", doc: "slower mean of service" },
    growth: { unit: "1/year", doc: "growth of service as investors see it" },
    netIssuance: { unit: "1/year", doc: "exponential mean of net issuance over supply" },
    accrued: { unit: "1", doc: "rewards per token since the start, all holders alike" },
    rewardYield: { unit: "1/year", doc: "exponential mean of these rewards; 0 where holders get none" },
    capacity: { unit: capacity, doc: "capacity of providers who may move; 0 where there are none", scale: 1e5 },
    margin: { unit: "1", doc: "profit margin over cost as these providers see it" },
    order: { unit: "USD", doc: "what the sector buys of the token in the next step, net", scale: 1e5 },
    capacityMove: { unit: capacity, doc: "capacity that joins in the next step; negative leaves", scale: 1e3 },
  };
}

/** How an economy keeps the providers who may move: in one tier, or in classes of which each has a capacity and a margin. */
interface ProviderFields {
  readonly kind: "tier" | "classes";
  /** Hardware of one unit can move from one economy to the other. */
  readonly unit: string;
  readonly classes: number;
}

/** Undefined where nobody provides anything that could serve elsewhere. */
export function findProviders({ state }: Economy): ProviderFields | undefined {
  const { capacityEfficient, marginEfficient, capacity, margin } = state;
  if (capacityEfficient && marginEfficient) return { kind: "tier", unit: capacityEfficient.unit, classes: 1 };
  const classes = capacity?.length;
  if (capacity && classes !== undefined && margin?.length === classes) return { kind: "classes", unit: capacity.unit, classes };
  return undefined;
}

/** What an economy's functions at the port use. */
export interface PortUses {
  readonly clamp: typeof clamp;
  readonly readPort: typeof readPort;
  /** Takes the sector's answer into the economy's state, before its step. */
  readonly writePort: (s: Values, y: Values, u: PortUses) => void;
  readonly capacity: (s: Values, y: Values, u: PortUses) => number;
  readonly margin: (s: Values, u: PortUses) => number;
  readonly accrued: (s: Values) => number;
  /** Classes of providers; 0 where they are not kept in classes. */
  readonly classes: number;
  /** 1/day. */
  readonly trendMemory: number;
  readonly serviceMemory: number;
  readonly serviceMemorySlow: number;
  readonly issuanceMemory: number;
  /** Days. */
  readonly lag: number;
  readonly days: number;
  readonly DAYS_PER_YEAR: number;
}

const PROVIDERS = {
  tier: { writePort: writeTier, capacity: tierCapacity, margin: tierMargin },
  classes: { writePort: writeClasses, capacity: classesCapacity, margin: classesMargin },
  none: { writePort: writeOrder, capacity: noCapacity, margin: zero },
} satisfies Record<ProviderFields["kind"] | "none", Uses>;

/** Helpers of {@link readPort} and {@link writePort} for this economy; the group `port` of the agent's programs. */
export function portUses(economy: Economy, sector: SectorParams, stepDays: number): Uses {
  const { trendMemory, serviceMemory, serviceMemorySlow, issuanceMemory } = sector;
  const providers = findProviders(economy);
  return {
    clamp,
    readPort,
    ...PROVIDERS[providers?.kind ?? "none"],
    classes: providers?.classes ?? 0,
    accrued: "accrued" in economy.state ? accrued : zero,
    trendMemory,
    serviceMemory,
    serviceMemorySlow,
    issuanceMemory,
    // In steady growth the slower mean lags behind by this much.
    lag: 1 / serviceMemorySlow - 1 / serviceMemory,
    days: stepDays,
    DAYS_PER_YEAR: 365,
  };
}

export const PORT_UNITS: Readonly<Record<string, string>> = {
  trendMemory: "1/day",
  serviceMemory: "1/day",
  serviceMemorySlow: "1/day",
  issuanceMemory: "1/day",
  lag: "day",
  days: "day",
  DAYS_PER_YEAR: "day/year",
};

/** At the start of an episode: nothing has happened yet. */
export function startPort(y: Values, s: Values, f: Values, u: PortUses): void {
  for (const name in y) y[name] = 0;
  y["alive"] = 1;
  y["price"] = f["price"]!;
  y["exogenous"] = f["exogenous"]!;
  y["marketValue"] = f["price"]! * f["supply"]!;
  y["accrued"] = u.accrued(s);
  y["capacity"] = u.capacity(s, y, u);
  y["margin"] = u.margin(s, u);
}

/** After a step of the economy: what the sector sees of it. */
export function readPort(y: Values, s: Values, f: Values, u: PortUses): void {
  const { days } = u;
  const started = y["started"]! > 0.5;
  const move = Math.log(f["price"]! / y["price"]!);
  const drift = f["exogenous"]! - y["exogenous"]!;
  y["trend"] = y["trend"]! + u.trendMemory * (move - days * y["trend"]!);
  y["exogenousTrend"] = y["exogenousTrend"]! + u.trendMemory * (drift - days * y["exogenousTrend"]!);
  y["price"] = f["price"]!;
  y["exogenous"] = f["exogenous"]!;
  y["marketValue"] = f["price"]! * f["supply"]!;
  // The first step is the level that growth and issuance are measured from.
  const service = started ? u.serviceMemory * days * (f["service"]! - y["service"]!) : f["service"]!;
  const slow = started ? u.serviceMemorySlow * days * (f["service"]! - y["serviceSlow"]!) : f["service"]!;
  y["service"] = y["service"]! + service;
  y["serviceSlow"] = y["serviceSlow"]! + slow;
  const ratio = Math.log(Math.max(y["service"]!, 0.001) / Math.max(y["serviceSlow"]!, 0.001));
  y["growth"] = u.clamp((ratio / u.lag) * u.DAYS_PER_YEAR, -2, 2, 0);
  const issued = ((f["minted"]! - f["burned"]!) / days / f["supply"]!) * u.DAYS_PER_YEAR;
  const rewarded = ((u.accrued(s) - y["accrued"]!) / days) * u.DAYS_PER_YEAR;
  const weight = started ? u.issuanceMemory * days : 1;
  y["netIssuance"] = y["netIssuance"]! + weight * (issued - y["netIssuance"]!);
  y["rewardYield"] = y["rewardYield"]! + weight * (rewarded - y["rewardYield"]!);
  y["accrued"] = u.accrued(s);
  y["capacity"] = u.capacity(s, y, u);
  y["margin"] = u.margin(s, u);
  y["started"] = 1;
}

/** Before a step: the sector's order joins any other order from outside. */
function writeOrder(s: Values, y: Values): void {
  s["outsideOrder"] = s["outsideOrder"]! + y["order"]!;
}

function writeTier(s: Values, y: Values): void {
  s["outsideOrder"] = s["outsideOrder"]! + y["order"]!;
  s["capacityEfficient"] = s["capacityEfficient"]! + y["capacityMove"]!;
}

/** Those who come and go are spread over the classes like those who are there. */
function writeClasses(s: ClassValues, y: Values, u: PortUses): void {
  s.outsideOrder = s.outsideOrder + y["order"]!;
  const growth = 1 + y["capacityMove"]! / Math.max(y["capacity"]!, 1e-6);
  for (let i = 0; i < u.classes; i++) s.capacity[i] = s.capacity[i]! * growth;
}

interface ClassValues {
  outsideOrder: number;
  readonly capacity: number[];
  readonly margin: readonly number[];
}

function accrued(s: Values): number {
  return s["accrued"]!;
}

function tierCapacity(s: Values): number {
  return s["capacityEfficient"]!;
}

function tierMargin(s: Values): number {
  return s["marginEfficient"]!;
}

function classesCapacity(s: ClassValues, y: Values, u: PortUses): number {
  let sum = 0 * y["capacity"]!;
  for (let i = 0; i < u.classes; i++) sum += s.capacity[i]!;
  return sum;
}

/** Mean over the classes, by capacity. */
function classesMargin(s: ClassValues, u: PortUses): number {
  let sum = 0;
  let weighted = 0;
  for (let i = 0; i < u.classes; i++) {
    sum += s.capacity[i]!;
    weighted += s.margin[i]! * s.capacity[i]!;
  }
  return weighted / sum;
}

/** Whatever the unit: what was 0 at the start stays so. */
function noCapacity(_s: Values, y: Values): number {
  return y["capacity"]!;
}

function zero(): number {
  return 0;
}
