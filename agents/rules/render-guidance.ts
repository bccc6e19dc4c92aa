import { clamp } from "../../compiler/primitives.js";
import { equalPain, guidanceCeiling, guidedReward, nodeFactor } from "../../env/mechanisms/node-guidance.js";
import type { ParamSpec, Values, World } from "../../env/world.js";
import { actionParam, defineRule, stepDays } from "./define-rule.js";
import type { Rule } from "./rule.js";

const SOURCE = "RNP-020";
const number = (value: number, low: number, high: number, unit: string, source: string, doc: string): ParamSpec => ({
  value,
  low,
  high,
  unit,
  source,
  doc,
});

/** The names of these records are checked by the compiler. */
type Memory = Values;

const mean = (doc: string) => ({ unit: "1", doc: `sum over the quarter: ${doc}` });

/**
 * RNP-020, node operator forward guidance (voted down in 2025): once a quarter the job rewards move towards burns x growth x node
 * factor, outside of a dead band and within a growing cap, below an impact ceiling. In shares of the starting supply a year instead of
 * tokens an epoch; the rounding to 100 tokens is left out. The first quarter only measures.
 */
export function renderGuidance(world: World): Rule {
  return defineRule(world, {
    id: "render-rnp-020",
    doc: "RNP-020: quarterly job rewards from burns, their growth and node counts; 95 % of payments burned, no demand fee",
    state: {
      day: { unit: "day", doc: "days of the quarter that have passed" },
      days: { unit: "1", doc: "steps of the quarter that have passed" },
      quarters: { unit: "1", doc: "quarters that have passed" },
      reward: { unit: "1/year", doc: "job rewards in force" },
      cap: { unit: "1", doc: "largest next move in the same direction" },
      direction: { unit: "1", doc: "1 after a raise, -1 after a cut, 0 after a quarter without a move" },
      burns: { unit: "1/year", doc: "sum over the quarter: burn rate" },
      nodes2: mean("nodes of the upper tier"),
      nodes3: mean("nodes of the lower tier"),
      hours2: mean("load of the upper tier"),
      hours3: mean("load of the lower tier"),
      depth: mean("market depth"),
      lastBurns: { unit: "1/year", doc: "mean burn rate of the quarter before" },
      lastNodes2: { unit: "1", doc: "mean nodes of the quarter before, upper tier" },
      lastNodes3: { unit: "1", doc: "mean nodes of the quarter before, lower tier" },
      lastHours2: { unit: "1", doc: "mean load of the quarter before, upper tier" },
      lastHours3: { unit: "1", doc: "mean load of the quarter before, lower tier" },
    },
    params: renderGuidanceParams(world),
    tunable: ["start", "jobShare", "poolVolume", "burnShare", "fee"],
    uses: { clamp, nodeFactor, equalPain, guidedReward, guidanceCeiling, startQuarter, measureDay, decideQuarter },
    reads: ["burnRate", "capacityUpper", "capacityLower", "loadUpper", "loadLower", "volume"],
    writes: ["issuance", "burnShare", "fee"],
    functions: {
      start(c, p, u) {
        c.quarters = 0;
        c.reward = p.start * p.jobShare;
        c.cap = 0.1;
        c.direction = 0;
        c.lastBurns = 0;
        c.lastNodes2 = 1;
        c.lastNodes3 = 1;
        c.lastHours2 = 1;
        c.lastHours3 = 1;
        u.startQuarter(c);
      },
      act(c, o, p, a, u) {
        u.measureDay(c, o, p, u);
        if (c.day >= p.quarter) {
          u.decideQuarter(c, p, u);
          u.startQuarter(c);
        }
        a.issuance = c.reward / p.jobShare;
        a.burnShare = p.burnShare;
        a.fee = p.fee;
      },
    },
  });
}

function renderGuidanceParams(world: World) {
  return {
    start: actionParam(world, "issuance", { doc: "emission at the start" }),
    jobShare: number(
      0.59,
      0.05,
      1,
      "1",
      "assumption: 70 % of the emission for nodes, 84 % of that for jobs (RNP-022)",
      "share of the emission that is job rewards",
    ),
    quarter: number(91, 28, 182, "day", SOURCE, "time between two decisions"),
    upperShare: number(2 / 3, 0.2, 0.9, "1", SOURCE, "share of the rewards that tier 2 earns (2:1)"),
    poolVolume: number(
      0.0037,
      0.0001,
      0.05,
      "1/day",
      "assumption: ten times RNP-020's 737,600 $ a day at 3.83 $ over 518.6 M tokens",
      "tokens traded in the largest pool in a day, as a share of the starting supply, at normal depth",
    ),
    impact: number(1.3, 0.5, 3, "1", SOURCE, "impact coefficient of the ceiling"),
    epochsPerYear: number(365 / 7, 52, 53, "day/year", "definition: one epoch sells within a day", "epochs in a year"),
    burnShare: actionParam(world, "burnShare", {
      value: 0.95,
      source: "RNP-006: all but a fee of 5 %",
      doc: "burn share, fixed",
    }),
    fee: actionParam(world, "fee", { value: 0, source: "list prices are fixed by tier", doc: "demand fee, fixed" }),
    step: stepDays(world),
  };
}

/** Sums of a quarter that begins. */
function startQuarter(c: Memory): void {
  c["day"] = 0;
  c["days"] = 0;
  c["burns"] = 0;
  c["nodes2"] = 0;
  c["nodes3"] = 0;
  c["hours2"] = 0;
  c["hours3"] = 0;
  c["depth"] = 0;
}

/** Adds a step to the sums. What cannot be read counts as normal. */
function measureDay(c: Memory, o: Memory, p: Memory, u: { readonly clamp: typeof clamp }): void {
  c["day"] = c["day"]! + p["step"]!;
  c["days"] = c["days"]! + 1;
  c["burns"] = c["burns"]! + u.clamp(o["burnRate"]!, 0, 2);
  c["nodes2"] = c["nodes2"]! + u.clamp(o["capacityUpper"]!, 0.01, 20, 1);
  c["nodes3"] = c["nodes3"]! + u.clamp(o["capacityLower"]!, 0.01, 20, 1);
  c["hours2"] = c["hours2"]! + u.clamp(o["loadUpper"]!, 0.01, 1, 0.5);
  c["hours3"] = c["hours3"]! + u.clamp(o["loadLower"]!, 0.01, 1, 0.5);
  c["depth"] = c["depth"]! + u.clamp(o["volume"]!, 0, 4, 1);
}

interface GuidanceUses {
  readonly clamp: typeof clamp;
  readonly nodeFactor: typeof nodeFactor;
  readonly equalPain: typeof equalPain;
  readonly guidedReward: typeof guidedReward;
  readonly guidanceCeiling: typeof guidanceCeiling;
}

/** What the quarter asks for, and the move; the first quarter only measures. */
function decideQuarter(c: Memory, p: Memory, u: GuidanceUses): void {
  const per = 1 / c["days"]!;
  const burns = c["burns"]! * per;
  const upper = {
    share: p["upperShare"]!,
    nodes: (c["nodes2"]! * per) / c["lastNodes2"]! - 1,
    hours: (c["hours2"]! * per) / c["lastHours2"]! - 1,
  };
  const lower = {
    share: 1 - p["upperShare"]!,
    nodes: (c["nodes3"]! * per) / c["lastNodes3"]! - 1,
    hours: (c["hours3"]! * per) / c["lastHours3"]! - 1,
  };
  const factor = u.nodeFactor(upper, lower);
  const pain = u.equalPain(upper, lower);
  // Burns times 1 + growth: a growth beyond tenfold is a start from nothing.
  const growth = Math.min(burns / Math.max(c["lastBurns"]!, 1e-6), 10);
  const next = u.guidedReward(c["reward"]!, burns * growth * factor * pain, c["cap"]!, c["direction"]!, u);
  const ceiling = u.guidanceCeiling(p["poolVolume"]! * p["epochsPerYear"]! * c["depth"]! * per, 1, p["impact"]!);
  const decides = c["quarters"]! >= 1 && burns > 0;
  c["reward"] = decides ? Math.min(next.reward, Math.max(ceiling, 1e-4)) : c["reward"]!;
  c["cap"] = decides ? next.cap : c["cap"]!;
  c["direction"] = decides ? next.direction : c["direction"]!;
  c["quarters"] = c["quarters"]! + 1;
  c["lastBurns"] = burns;
  c["lastNodes2"] = c["nodes2"]! * per;
  c["lastNodes3"] = c["nodes3"]! * per;
  c["lastHours2"] = c["hours2"]! * per;
  c["lastHours3"] = c["hours3"]! * per;
}
