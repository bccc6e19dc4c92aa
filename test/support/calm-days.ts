import type { Rule } from "../../agents/rules/rule.js";
import { render } from "../../env/economies/render/index.js";
import type { Values } from "../../env/world.js";

/** What the tests of the rules of single protocols share: a day on which nothing calls for a move, in each economy. */
export const CALM_RENDER: Readonly<Values> = {
  ...Object.fromEntries(Object.keys(render.observations).map((name) => [name, 0.5])),
  burnRate: 0.0531,
  capacityUpper: 1,
  capacityLower: 1,
  volume: 1,
};
export const CALM_WORLDCOIN: Readonly<Values> = { netIssuance: 0.25, treasury: 0.6, grantValue: 1.4, trend: 0, drawdown: 0 };

/** Plays a rule day by day; what is not observed is as on a calm day. */
export function play(rule: Rule, calm: Readonly<Values>): (observation?: Values) => Values {
  const params: Values = Object.fromEntries(Object.entries(rule.params).map(([name, { value }]) => [name, value]));
  const memory: Values = {};
  rule.functions.start(memory, params, rule.uses);
  return (observation = {}) => {
    const action: Values = {};
    rule.functions.act(memory, { ...calm, ...observation }, params, action, rule.uses);
    return action;
  };
}
