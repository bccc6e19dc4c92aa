import type { Rule } from "../../agents/rules/rule.js";
import type { Values, World } from "../../env/world.js";

const OBSERVED = {
  utilization: "1",
  utilizationSlow: "1",
  bondedRatio: "1",
  collateralRatio: "1",
  drawdown: "1",
  stakingYield: "1/year",
  usage: "1",
  priceChange: "1",
  netIssuance: "1/year",
};

/** Rules for controls that only one economy has; they are tested beside it. */
export const RULES_OF_ONE: readonly string[] = [
  "wld-table",
  "wld-inflation-cap",
  "wld-treasury",
  "render-schedule",
  "render-rnp-020",
  "tao-protocol",
  "tao-flow",
  "subnet-quality",
  "subnet-feedback",
];

/** A world for tests of rules: three controls and a few observations, no dynamics. */
export const STAND_IN: World = {
  id: "akash-v0",
  doc: "stand-in for tests",
  state: {},
  params: {},
  varying: [],
  actions: {
    kind: "continuous",
    fields: {
      issuance: { unit: "1/year", low: 0.01, high: 0.2, maxMove: 0.01, start: 0.08, doc: "issuance" },
      burnShare: { unit: "1", low: 0, high: 1, maxMove: 0.1, start: 0.5, doc: "burn share" },
      fee: { unit: "1", low: 0, high: 0.4, maxMove: 0.02, start: 0.12, doc: "fee" },
    },
  },
  shocks: {},
  flows: {},
  observations: Object.fromEntries(
    Object.entries(OBSERVED).map(([name, unit]) => [name, { unit, low: 0, high: 3, doc: name, onChain: "none" }]),
  ),
  terms: {},
  objectives: { balanced: {} },
  constraints: {},
  horizon: 365,
  observationDelay: 1,
  actionDelay: 1,
  scenarios: { base: { doc: "base", overrides: {} } },
  uses: {},
  functions: {
    drawParams() {},
    reset() {},
    draw() {},
    step() {},
    observe() {},
    objective() {},
    costs() {},
    terminated: () => 0,
  },
};

/** A calm market, all of it in range. */
export const CALM: Readonly<Values> = {
  utilization: 0.7,
  utilizationSlow: 0.7,
  bondedRatio: 0.55,
  collateralRatio: 1.4,
  drawdown: 0.1,
  stakingYield: 0.1,
  usage: 0,
  priceChange: 0,
  netIssuance: 0.05,
};

/** Runs a rule by plain calls: `act(observation)` gives the day's requested actions; memory is kept between the days. */
export function player(rule: Rule): { readonly memory: Values; act(observation: Partial<Values>): Values } {
  const memory: Values = Object.fromEntries(Object.keys(rule.state).map((name) => [name, Number.NaN]));
  const params: Values = Object.fromEntries(Object.entries(rule.params).map(([name, { value }]) => [name, value]));
  rule.functions.start(memory, params, rule.uses);
  return {
    memory,
    act(observation) {
      const action: Values = { issuance: Number.NaN, burnShare: Number.NaN, fee: Number.NaN };
      rule.functions.act(memory, { ...CALM, ...observation } as Values, params, action, rule.uses);
      return action;
    },
  };
}
