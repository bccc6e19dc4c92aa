import { beforeAll, describe, expect, test } from "vitest";
import type { RecordSpec } from "../../../compiler/schema.js";
import { defineWorld } from "../../../env/define-world.js";
import type { StateValues, Values } from "../../../env/world.js";
import { onGpu } from "../../../reference/webgpu-learner.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { hasGpu } from "../../../test/support/swiftshader.js";
import { countingWorld } from "../../../test/support/tiny-worlds.js";

import { NotFiniteError } from "../../learner/not-finite.js";
import { writeField } from "../../rollout/lane-block.js";
import type { PpoState } from "../state.js";
import { createLearner } from "../wasm/wasm-learner.js";
import type { GpuContext } from "./gpu-context.js";

const count = { unit: "1", doc: "" };
/** What stops being a number, by the lane's field `kind`, from its fifth step on; the state, which nothing shows, is bad from the start. */
const KINDS = { reward: 1, "observation level": 2, "cost level": 3, state: 4 } as const;

const STATE: RecordSpec = { ...countingWorld.state, kind: count, worst: count };
const bad = (s: StateValues, kind: number) => (s.kind === kind && s.n! > 4.5 ? s.worst! : 0);
type Marks = { readonly bad: typeof bad };

/** The counting world, in which a test marks lanes for one or the other. */
const markedWorld = defineWorld({
  ...countingWorld,
  id: "marked-v1",
  horizon: 64,
  state: STATE,
  observations: {
    n: countingWorld.observations["n"]!,
    level: { unit: "1", low: 0, high: 1000, doc: "a level", onChain: "none" },
  },
  constraints: { level: { unit: "1", kind: "expectation", limit: 1, doc: "" } },
  uses: { ...countingWorld.uses, bad },
  functions: {
    ...countingWorld.functions,
    reset: (s: StateValues) => {
      s.n = 0;
      s.kind = 0;
      s.worst = 0;
    },
    observe: (o: Values, s: StateValues, _p: Values, _z: Values, u: Marks) => {
      o.n = s.n!;
      o.level = 1 + u.bad(s, 2);
    },
    objective: (r: Values, s: StateValues, _p: Values, _a: Values, _f: Values, u: Marks) => {
      r.n = s.n! / 64 + u.bad(s, 1);
    },
    costs: (k: Values, s: StateValues, _p: Values, _a: Values, _f: Values, u: Marks) => {
      k.level = u.bad(s, 3);
    },
    terminated: () => 0,
  },
});

const OPTIONS = learnerOptions(markedWorld, { hidden: [8], boundCoef: 0.1, normalizeObservation: false });

/** The error that an iteration ends with, and the state then; the first iteration after it where the next was called at once. */
interface Failure {
  readonly error: unknown;
  readonly next: unknown;
  readonly state: PpoState;
}

const isHere = await hasGpu();
let start: PpoState;
const failures = new Map<string, Failure>();
let recovered: PpoState | undefined;
let unbroken: PpoState | undefined;

/** The first state with one lane marked. */
function marked({ block }: GpuContext, kind: number, worst: number): PpoState {
  const lanes = start.lanes.slice();
  const placed = { block, start: 0, buffer: lanes.buffer };
  writeField(placed, "state", "kind", (lane) => (lane === 37 ? kind : 0));
  writeField(placed, "state", "worst", (lane) => (lane === 37 ? worst : 0));
  return { ...start, lanes };
}

/** Its square, in the penalty on means beyond the band, is more than float32 holds; the world sees a clipped action. */
function extreme({ agent }: GpuContext): PpoState {
  const params = start.params.slice();
  params[agent.actor.layers.at(-1)!.bias] = 1e25;
  return { ...start, params };
}

beforeAll(async () => {
  if (!isHere) return;
  const wasm = await createLearner(OPTIONS);
  start = await wasm.state();
  await wasm.dispose();
  await onGpu(OPTIONS, start, async (learner, context) => {
    const fail = async (name: string, state: PpoState) => {
      learner.restore(state);
      const [error, next] = await Promise.all(
        [learner.iterate(), learner.iterate()].map((each) => each.then(() => undefined).catch((reason: unknown) => reason)),
      );
      failures.set(name, { error, next, state: await learner.state() });
    };
    for (const [what, kind] of Object.entries(KINDS)) {
      for (const worst of [Number.NaN, Number.POSITIVE_INFINITY]) await fail(`${what} ${worst}`, marked(context, kind, worst));
    }
    await fail("gradient", extreme(context));
    learner.restore(start);
    await learner.iterate();
    recovered = await learner.state();
  });
  await onGpu(OPTIONS, start, async (learner) => {
    await learner.iterate();
    unbroken = await learner.state();
  });
});

describe.skipIf(!isHere).each(Object.keys(KINDS))("a %s", (what) => {
  test.each(["NaN", "Infinity"])("that is %s in one lane is named and stops the run, with parameters as they were", (worst) => {
    const { error, next, state } = failures.get(`${what} ${worst}`)!;
    expect(error).toBeInstanceOf(NotFiniteError);
    expect((error as Error).message).toBe(`${what} of 1 lane is not finite in iteration 1`);
    expect(next).toBeInstanceOf(NotFiniteError);
    expect(state.params).toEqual(start.params);
    expect(state.firstMoment).toEqual(start.firstMoment);
    expect(state.secondMoment).toEqual(start.secondMoment);
    expect(state.observationMoments).toEqual(start.observationMoments);
    expect(state.gainMoments).toEqual(start.gainMoments);
  });
});

describe.skipIf(!isHere)("a gradient that is not finite", () => {
  test("is named and stops the run, with parameters as they were", () => {
    const { error, state } = failures.get("gradient")!;
    expect(error).toBeInstanceOf(NotFiniteError);
    expect((error as Error).message).toBe("the gradient norm is not finite in iteration 1");
    expect(state.params.every(Number.isFinite)).toBe(true);
    expect(Math.max(...state.params)).toBe(Math.fround(1e25));
    expect(state.firstMoment).toEqual(start.firstMoment);
    expect(state.secondMoment).toEqual(start.secondMoment);
  });
});

test.skipIf(!isHere)("a learner that failed learns from a good state as one that never did", () => {
  expect(recovered).toEqual(unbroken);
});
