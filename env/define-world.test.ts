import { expect, test } from "vitest";
import { clamp } from "../compiler/primitives.js";
import { defineWorld, type Fields } from "./define-world.js";

const count = { unit: "1", doc: "a number" };
const STATE = { level: count, parts: { ...count, length: 3 } };
const PARAMS = { speed: { value: 1, low: 0, high: 2, unit: "1", source: "made up", doc: "speed" } };
const LEVERS = { push: { unit: "1", low: 0, high: 1, maxMove: 1, start: 0, doc: "push" } };
const USES = { clamp, LIMIT: 2 };
type State = Fields<typeof STATE>;
type Params = Fields<typeof PARAMS>;
type Applied = Fields<typeof LEVERS>;

const nothing = () => {};
const DECLARED = {
  id: "typed-v1",
  doc: "a world whose names are checked",
  state: STATE,
  params: PARAMS,
  varying: [],
  actions: { kind: "continuous", fields: LEVERS },
  shocks: {},
  flows: {},
  observations: {},
  terms: {},
  objectives: { balanced: {} },
  constraints: {},
  horizon: 1,
  observationDelay: 0,
  actionDelay: 0,
  scenarios: { base: { doc: "the only one", overrides: {} } },
  uses: USES,
} as const;
const FUNCTIONS = {
  drawParams: nothing,
  reset: nothing,
  draw: nothing,
  step: nothing,
  observe: nothing,
  objective: nothing,
  costs: nothing,
  terminated: () => 0,
};

test("functions that keep to the declared names make a world, an array for a field with a length", () => {
  const step = (s: State, p: Params, a: Applied, _z: object, _f: object, u: typeof USES) => {
    s.level = u.clamp(s.parts[0]! + p.speed * a.push, 0, u.LIMIT);
  };
  expect(defineWorld({ ...DECLARED, functions: { ...FUNCTIONS, step } }).functions.step).toBe(step);
});

test("a misspelt state field, parameter, lever or helper does not compile", () => {
  const state = (s: { levle: number }) => void s;
  const param = (_s: State, p: { sped: number }) => void p;
  const lever = (_s: State, _p: Params, a: { psuh: number }) => void a;
  const helper = (_s: State, _p: Params, _a: Applied, _z: object, _f: object, u: { clmap: typeof clamp }) => void u;
  // @ts-expect-error the state has no levle
  defineWorld({ ...DECLARED, functions: { ...FUNCTIONS, step: state } });
  // @ts-expect-error there is no parameter sped
  defineWorld({ ...DECLARED, functions: { ...FUNCTIONS, step: param } });
  // @ts-expect-error there is no lever psuh
  defineWorld({ ...DECLARED, functions: { ...FUNCTIONS, step: lever } });
  // @ts-expect-error nothing called clmap is among the uses
  defineWorld({ ...DECLARED, functions: { ...FUNCTIONS, step: helper } });
  // @ts-expect-error no parameter sped can vary
  defineWorld({ ...DECLARED, varying: ["sped"], functions: FUNCTIONS });
});
