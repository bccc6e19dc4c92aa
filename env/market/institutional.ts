import { clamp } from "../../compiler/primitives.js";
import type { RecordSpec } from "../../compiler/schema.js";
import { assumed } from "../param-spec.js";
import type { ParamSpec } from "../world.js";
import { CALENDAR } from "./calendar.js";

/** State for a token of this typical market value, USD. */
export const institutionalState = (usd: number) =>
  ({
    shareFlow: {
      unit: "USD/year",
      doc: "institutional money that comes to this token and its share, annualised",
      scale: 0.2 * usd,
    },
  }) satisfies RecordSpec;

export const INSTITUTIONAL_PARAMS = {
  shareInflow: {
    value: 2.1e9,
    low: 0,
    high: 2e10,
    unit: "USD/year",
    source: "assumption: 2.1 B$ as quoted for 2025, 12 to 18 B$ as quoted for 2026, neither verified",
    doc: "institutional money into the whole sector in a year; the token gets the part of its market value",
  },
  shareSectorCap: {
    value: 1.85e10,
    low: 1e9,
    high: 1e12,
    unit: "USD",
    source: "assumption: 18.5 B$ as quoted, not verified",
    doc: "market value of the sector that the money is spread over",
  },
  shareFlowToShares: assumed(0.3, 0, 1, "1", "part of the money that buys the share; the rest buys tokens"),
  shareFlowMost: assumed(
    0.005,
    0,
    0.05,
    "1/day",
    "largest part of the company's market value that this money trades in a day; the rest turns to tokens",
  ),
  shareFlowSpeed: assumed(0.05, 0.005, 0.5, "1/day", "speed at which the money reaches its level"),
  shareFlowTrend: assumed(30, 0, 100, "day", "how much an upward trend of the token draws money, a downward one drives it out"),
  shareFlowNoise: assumed(0.15, 0, 1, "day^-0.5", "noise of the money, relative to its level"),
} satisfies Record<string, ParamSpec>;

type State = Record<keyof ReturnType<typeof institutionalState> | "trend", number>;
type Params = Record<keyof typeof INSTITUTIONAL_PARAMS | "supplyStart" | "priceStart", number>;
type Uses = typeof INSTITUTIONAL_USES;

/** What institutional money meets in a step. */
interface InstitutionalConditions {
  /** Length of the step, days. */
  readonly days: number;
  /** 1 once there is a share, else 0. */
  readonly listed: number;
  /** Noise of variance 1. */
  readonly shock: number;
}

/** Once there is a share, money follows its level, the token's weight in the sector and its trend. */
export function institutionalStep(s: State, p: Params, c: InstitutionalConditions, u: Uses): void {
  const level = (p.shareInflow * (p.supplyStart * p.priceStart)) / p.shareSectorCap;
  const target = level * u.clamp(1 + p.shareFlowTrend * s.trend, -1, 3);
  const noise = p.shareFlowNoise * Math.sqrt(c.days) * level * c.shock;
  s.shareFlow = c.listed * (s.shareFlow + p.shareFlowSpeed * c.days * (target - s.shareFlow) + noise);
}

/** What of a step's money trades the share, USD, for a company of this market value. */
export function moneyToShares(s: Pick<State, "shareFlow">, p: Params, marketValue: number, days: number, u: Uses): number {
  const most = p.shareFlowMost * days * marketValue;
  return u.clamp(p.shareFlowToShares * s.shareFlow * (days / u.DAYS_PER_YEAR), -most, most);
}

export const INSTITUTIONAL_USES = { ...CALENDAR, clamp, institutionalStep, moneyToShares };
