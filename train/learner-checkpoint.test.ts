import { expect, test } from "vitest";
import { momentsShape, packMoments, type StateShape } from "../agents/learner/state.js";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { checkpointOf, observationsOf, parseState } from "./learner-checkpoint.js";
import type { TrainState } from "./train-state.js";

const STATE: TrainState = {
  iteration: 3,
  envSteps: 6_000_000_000,
  counters: { clock: 96, updates: 96 },
  observationMoments: { count: 6e9, mean: [Math.PI, -1e-300], deviations: [1 / 3, 0] },
  params: Float32Array.of(1, -0, 1e-40),
  tensors: {
    firstMoment: Float32Array.of(1, 2, 3),
    secondMoment: Float32Array.of(4, 5, 6),
    lanes: Uint32Array.of(0, 4_294_967_295, 0x7fc00001),
    ...packMoments("gain", { count: 6e9, mean: [0.1, -1.5], deviations: [7, 4] }),
  },
};
const POLICY = { observations: 2, parameters: 3 };
const SHAPE: StateShape = {
  counters: ["clock", "updates"],
  tensors: {
    firstMoment: { type: "f32", length: 3, range: "finite" },
    secondMoment: { type: "f32", length: 3, range: "not negative" },
    lanes: { type: "u32", length: 3 },
    ...momentsShape("gain", 2),
  },
};

test("a learner's state survives its checkpoint bit for bit", () => {
  const bytes = encodeCheckpoint(
    checkpointOf(
      STATE,
      [
        [0.1, -0],
        [2, 3],
      ],
      { economy: "toy-v1" },
    ),
  );
  expect(parseState(decodeCheckpoint(bytes), POLICY, SHAPE)).toStrictEqual(STATE);
  expect(observationsOf(decodeCheckpoint(bytes), 2)).toStrictEqual([
    [0.1, -0],
    [2, 3],
  ]);
});

test("a checkpoint of another shape is refused with the sizes", () => {
  const checkpoint = checkpointOf(STATE, [], {});
  const read = (changed: Partial<Checkpoint>, policy = POLICY) => parseState({ ...checkpoint, ...changed }, policy, SHAPE);
  const tensors = (changed: Checkpoint["tensors"]) => ({ tensors: { ...checkpoint.tensors, ...changed } });
  expect(() => read({}, { ...POLICY, parameters: 4 })).toThrow("params has 3 elements, but the run needs 4");
  expect(() => read({ tensors: {} })).toThrow("it has no observation.count of type f64");
  expect(() => read({ header: { envSteps: -1 } })).toThrow("envSteps is -1");
  const header = { ...checkpoint.header, evaluations: { best: "1" } };
  expect(() => read({ header })).toThrow('evaluations is {"best":"1"}');
  expect(() => read(tensors({ lanes: new Uint32Array(64) }))).toThrow("lanes has 64 elements, but the run needs 3");
  expect(() => read(tensors({ secondMoment: Float32Array.of(4) }))).toThrow("secondMoment has 1 elements, but the run needs 3");
  expect(() => read(tensors({ lanes: new Float32Array(3) }))).toThrow("it has no lanes of type u32");
});

test("numbers that no run leaves in a checkpoint are refused with their place", () => {
  const checkpoint = checkpointOf(STATE, [], {});
  const read = (changed: Checkpoint["tensors"]) =>
    parseState({ ...checkpoint, tensors: { ...checkpoint.tensors, ...changed } }, POLICY, SHAPE);
  expect(() => read({ params: Float32Array.of(1, Number.NaN, 0) })).toThrow("params holds NaN at place 1");
  expect(() => read({ secondMoment: Float32Array.of(4, 5, -1) })).toThrow("secondMoment holds -1 at place 2");
  expect(() => read({ "observation.count": Float64Array.of(-6) })).toThrow("observation.count holds -6 at place 0");
  expect(() => read({ "gain.deviations": Float64Array.of(7, Number.POSITIVE_INFINITY) })).toThrow(
    "gain.deviations holds Infinity at place 1",
  );
});
