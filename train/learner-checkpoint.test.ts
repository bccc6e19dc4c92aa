import { expect, test } from "vitest";
import { decodeCheckpoint, encodeCheckpoint } from "./checkpoint.js";
import { checkpointOf, observationsOf, stateOf } from "./learner-checkpoint.js";
import type { TrainState } from "./train.js";

const STATE: TrainState = {
  iteration: 3,
  envSteps: 6_000_000_000,
  clock: 96,
  updates: 96,
  observationMoments: { count: 6e9, mean: [Math.PI, -1e-300], deviations: [1 / 3, 0] },
  hiddenMoments: { count: 7, mean: [0.1], deviations: [2] },
  gainMoments: { count: 6e9, mean: [0.1, -1.5], deviations: [7, 4] },
  params: Float32Array.of(1, -0, 1e-40),
  firstMoment: Float32Array.of(1, 2, 3),
  secondMoment: Float32Array.of(4, 5, 6),
  polish: { weights: [1.5, 0], biases: [0.1, -1], decisionInterval: 1 },
  lanes: Uint32Array.of(0, 4_294_967_295, 0x7fc00001),
};
const SHAPE = { observations: 2, parameters: 3 };

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
  expect(stateOf(decodeCheckpoint(bytes), SHAPE)).toStrictEqual(STATE);
  expect(observationsOf(decodeCheckpoint(bytes), 2)).toStrictEqual([
    [0.1, -0],
    [2, 3],
  ]);
});

test("a checkpoint of another shape is refused with the sizes", () => {
  const checkpoint = checkpointOf(STATE, [], {});
  expect(() => stateOf(checkpoint, { ...SHAPE, parameters: 4 })).toThrow("params has 3 elements, but the run needs 4");
  expect(() => stateOf({ ...checkpoint, tensors: {} }, SHAPE)).toThrow("it has no params");
  expect(() => stateOf({ ...checkpoint, header: { envSteps: -1 } }, SHAPE)).toThrow("envSteps is -1");
  const header = { ...checkpoint.header, polish: { weights: "1" } };
  expect(() => stateOf({ ...checkpoint, header }, SHAPE)).toThrow('polish is {"weights":"1"}');
});
