import type { RecordSpec } from "../../compiler/schema.js";
import { uniform4 } from "../../core/random.js";
import { defineWorld } from "../../env/define-world.js";
import type { DrawKey, StateValues, Values, World } from "../../env/world.js";

type Random = { readonly uniform4: typeof uniform4 };

const count = { unit: "1", doc: "" };
const nothing = () => {};

/**
 * Counts its steps: reward n in the n-th step, and n is all that is observed. Every second episode or so is ruined in its
 * third step. Nothing depends on the action, so that returns are known.
 */
export const countingWorld = defineWorld({
  id: "counting-v1",
  doc: "counts its steps",
  state: { n: count, doomed: count },
  params: {},
  varying: [],
  actions: {
    kind: "continuous",
    fields: { push: { unit: "1", low: -1, high: 1, maxMove: 2, start: 0, doc: "without effect" } },
  },
  shocks: {},
  flows: {},
  observations: { n: { unit: "1", low: 0, high: 1000, doc: "steps so far", onChain: "none" } },
  terms: { n: count },
  objectives: { balanced: { n: 1 } },
  constraints: {},
  horizon: 4,
  observationDelay: 0,
  actionDelay: 0,
  scenarios: { base: { doc: "the only one", overrides: {} } },
  uses: { uniform4 },
  functions: {
    drawParams: nothing,
    reset: (s: StateValues, _p: Values, d: DrawKey, u: Random) => {
      s.n = 0;
      s.doomed = u.uniform4(d.seed, d.episode, d.day, d.stream).a < 0.5 ? 1 : 0;
    },
    draw: nothing,
    step: (s: StateValues) => {
      s.n = s.n! + 1;
    },
    observe: (o: Values, s: StateValues) => {
      o.n = s.n!;
    },
    objective: (r: Values, s: StateValues) => {
      r.n = s.n!;
    },
    costs: nothing,
    terminated: (s: StateValues) => (s.doomed! > 0.5 && s.n! > 2.5 ? 1 : 0),
  },
});

export type Poison = "state" | "reward" | "observation" | "cost";

type PoisonUses = Readonly<Record<"STEP" | "INFINITE" | "IN_STATE" | "IN_REWARD" | "IN_OBSERVATION" | "IN_COST", number>> & {
  readonly poison: (n: number, u: { readonly INFINITE: number }) => number;
};

/** A counting world in which something stops being a number in step `step` of the few episodes that are doomed. */
export function poisonedWorld(what: Poison, step: number, value: "NaN" | "Infinity", horizon = 64): World {
  const at = (name: Poison) => (what === name ? 1 : 0);
  const state: RecordSpec = { n: count, doomed: count, level: count };
  return defineWorld({
    ...countingWorld,
    id: "poisoned-v1",
    horizon,
    state,
    observations: {
      n: countingWorld.observations["n"]!,
      level: { unit: "1", low: 0, high: 1000, doc: "a level", onChain: "none" },
    },
    constraints: { level: { unit: "1", kind: "expectation", limit: 1, doc: "" } },
    uses: {
      uniform4,
      STEP: step,
      INFINITE: value === "Infinity" ? 1 : 0,
      IN_STATE: at("state"),
      IN_REWARD: at("reward"),
      IN_OBSERVATION: at("observation"),
      IN_COST: at("cost"),
      // NaN is log(-n), infinity 1 / (n - n).
      poison: (n: number, u: { readonly INFINITE: number }) => (u.INFINITE > 0.5 ? 1 / (n - n) : Math.log(-n)),
    },
    functions: {
      ...countingWorld.functions,
      reset: (s: StateValues, _p: Values, d: DrawKey, u: Random) => {
        s.n = 0;
        s.level = 1;
        s.doomed = u.uniform4(d.seed, d.episode, d.day, d.stream).a < 0.05 ? 1 : 0;
      },
      step: (s: StateValues, _p: Values, _a: Values, _z: Values, _f: Values, u: PoisonUses) => {
        s.n = s.n! + 1;
        if (u.IN_STATE > 0.5 && s.doomed! > 0.5 && s.n === u.STEP) s.level = u.poison(s.n, u);
      },
      observe: (o: Values, s: StateValues, _p: Values, _z: Values, u: PoisonUses) => {
        o.n = s.n!;
        o.level = u.IN_OBSERVATION > 0.5 && s.doomed! > 0.5 && s.n === u.STEP ? u.poison(s.n, u) : 1;
      },
      objective: (r: Values, s: StateValues, _p: Values, _a: Values, _f: Values, u: PoisonUses) => {
        r.n = u.IN_REWARD > 0.5 && s.doomed! > 0.5 && s.n === u.STEP ? u.poison(s.n, u) : s.n! / 64;
      },
      costs: (k: Values, s: StateValues, _p: Values, _a: Values, _f: Values, u: PoisonUses) => {
        k.level = u.IN_COST > 0.5 && s.doomed! > 0.5 && s.n === u.STEP ? u.poison(s.n, u) : 0;
      },
      terminated: () => 0,
    },
  });
}
