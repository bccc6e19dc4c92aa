import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { initAgent, initNetwork } from "../init.js";
import { planAgent, planNetwork } from "../spec.js";
import { usedPart } from "./padding.js";
import { policyModel } from "./policy-model.js";
import { createTrainer, type SampleColumns, type TrainerSettings, type TrainerVectors } from "./trainer.js";

beforeAll(async () => {
  tf.enableProdMode();
  await tf.setBackend("cpu");
});

/** Any repeatable numbers in [0, 1). */
function numbers(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const shape = { inputs: 3, hidden: [5], activation: "tanh" } as const;
const AGENT = planAgent({ ...shape, outputs: 2 }, { ...shape, inputs: 4, outputs: 1 }, 2);
const COLUMNS: SampleColumns = {
  stride: 12,
  action: 4,
  numActions: 2,
  logProb: 6,
  value: 7,
  advantage: 8,
  target: 9,
};
const SETTINGS: TrainerSettings = {
  clipCoef: 0.2,
  clipValueLoss: false,
  vfCoef: 0.5,
  entCoef: 0.01,
  boundCoef: 0.1,
  normalizeAdvantage: true,
  maxGradNorm: 0.5,
  adamEpsilon: 1e-5,
};

function vectorsOf(seed = 1): TrainerVectors {
  const params = initAgent(AGENT, { actorHead: 1, criticHead: 1 }, -0.5, numbers(seed));
  return { params, firstMoment: new Float32Array(params.length), secondMoment: new Float32Array(params.length) };
}

const copyOf = ({ params, firstMoment, secondMoment }: TrainerVectors): TrainerVectors => ({
  params: params.slice(),
  firstMoment: firstMoment.slice(),
  secondMoment: secondMoment.slice(),
});

function rowsOf(count: number): Float32Array {
  const uniform = numbers(7);
  return Float32Array.from({ length: count * COLUMNS.stride }, (_, i) =>
    // The log-density of about what was drawn, so that ratios are near 1.
    i % COLUMNS.stride === COLUMNS.logProb ? -1 - uniform() : 2 * uniform() - 1,
  );
}

const INDICES = Array.from({ length: 16 }, (_, i) => (5 * i) % 32);

describe("the policy as a LayersModel", () => {
  test.each(["tanh", "relu"] as const)(
    "maps observations as the layers' formula says, and is a standard model: %s",
    (activation) => {
      const plan = planNetwork({ inputs: 3, hidden: [5, 6], outputs: 2, activation }, "actor");
      const params = initNetwork(plan, 1, numbers());
      // Biases that are not 0, where they lie.
      for (const { bias, outputs } of plan.layers) for (let i = 0; i < outputs; i++) params[bias + i] = 0.1 * (i + 1);
      const offset = 8;
      const vector = new Float32Array(offset + params.length);
      vector.set(params, offset);
      const model = policyModel(tf, plan, vector, offset);
      expect(model).toBeInstanceOf(tf.LayersModel);
      expect(model.inputs[0]!.shape).toEqual([null, 3]);
      expect(model.outputs[0]!.shape).toEqual([null, 2]);
      expect(model.getWeights().map((weight) => weight.shape)).toEqual([[3, 5], [5], [5, 6], [6], [6, 2], [2]]);
      const input = [0.3, -1.2, 2];
      let values: number[] = input;
      for (const { inputs, outputs, paddedOutputs, weight, bias, activation: kind } of plan.layers) {
        const below = values;
        values = Array.from({ length: outputs }, (_, h) => {
          let sum = params[bias + h]!;
          for (let k = 0; k < inputs; k++) sum += below[k]! * params[weight + k * paddedOutputs + h]!;
          return kind === "tanh" ? Math.tanh(sum) : kind === "relu" ? Math.max(0, sum) : sum;
        });
      }
      const predicted = (model.predict(tf.tensor2d([input])) as tf.Tensor).dataSync();
      // Sums of six float32 products.
      predicted.forEach((value, i) => {
        expect(value).toBeCloseTo(values[i]!, 5);
      });
      model.dispose();
    },
  );

  test("is saved and loaded by the library with the same outputs", async () => {
    const plan = planNetwork({ inputs: 3, hidden: [4], outputs: 2, activation: "tanh" }, "actor");
    const model = policyModel(tf, plan, initNetwork(plan, 1, numbers()));
    let saved: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(saved!));
    const input = tf.tensor2d([[1, -2, 0.5]]);
    const [before, after] = [model, loaded].map((one) => [...(one.predict(input) as tf.Tensor).dataSync()]);
    expect(after).toEqual(before);
  });
});

describe("the trainer", () => {
  test("gives back what it was given, and leaves padding alone", () => {
    const given = vectorsOf();
    given.firstMoment.fill(0.25);
    const taken = copyOf(given);
    for (const vector of Object.values(taken)) vector.fill(7);
    const trainer = createTrainer(tf, AGENT, COLUMNS, SETTINGS);
    trainer.load(given);
    trainer.store(taken);
    trainer.dispose();
    for (const name of ["params", "firstMoment", "secondMoment"] as const) {
      let used = 0;
      for (const plan of AGENT.tensors) {
        const part = usedPart(plan, taken[name]);
        expect(part).toEqual(usedPart(plan, given[name]));
        used += part.length;
      }
      expect(taken[name].filter((value) => value === 7).length).toBe(AGENT.parameterCount - used);
    }
  });

  test("takes the same steps as the library's own Adam with the same gradients", () => {
    const vectors = vectorsOf();
    const trainer = createTrainer(tf, AGENT, COLUMNS, { ...SETTINGS, maxGradNorm: 1e6 });
    trainer.takeSamples(rowsOf(32));
    const peer = tf.variable(tf.tensor1d(vectors.params));
    const adam = tf.train.adam(0.01, 0.9, 0.999, SETTINGS.adamEpsilon);
    const now = copyOf(vectors);
    for (let updates = 1; updates <= 20; updates++) {
      trainer.load(now);
      const gradient = trainer.gradient(INDICES);
      adam.applyGradients([{ name: peer.name, tensor: tf.tensor1d(gradient) }]);
      trainer.update(INDICES, 0.01, updates);
      trainer.store(now);
      const want = peer.dataSync();
      now.params.forEach((param, i) => {
        // The library keeps powers of beta in float32.
        expect(Math.abs(param - want[i]!)).toBeLessThan(1e-5);
      });
    }
    expect(Math.abs(now.params[0]! - vectors.params[0]!)).toBeGreaterThan(0.05);
    trainer.dispose();
  });

  test("scales a gradient that is too long down to maxGradNorm, and reports its length before", () => {
    const vectors = vectorsOf();
    const trainer = createTrainer(tf, AGENT, COLUMNS, { ...SETTINGS, maxGradNorm: 0.01 });
    trainer.takeSamples(rowsOf(32));
    trainer.load(vectors);
    const gradient = trainer.gradient(INDICES);
    const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
    expect(norm).toBeGreaterThan(0.1);
    const { gradNorm } = trainer.update(INDICES, 0.01, 1);
    expect(gradNorm / norm).toBeCloseTo(1, 5);
    const after = copyOf(vectors);
    trainer.store(after);
    // From moments of 0 the first moment is a tenth of the clipped gradient.
    const clipped = Math.sqrt(after.firstMoment.reduce((sum, m) => sum + (10 * m) ** 2, 0));
    expect(clipped / 0.01).toBeCloseTo(1, 3);
    trainer.dispose();
  });

  test("leaves no tensor behind in 1,000 updates", () => {
    const before = tf.memory().numTensors;
    const trainer = createTrainer(tf, AGENT, COLUMNS, SETTINGS);
    const vectors = vectorsOf();
    const rows = rowsOf(32);
    const memory: { readonly numTensors: number; readonly numBytes: number; readonly numDataBuffers: number }[] = [];
    for (let updates = 1; updates <= 1000; updates++) {
      // As in training: new samples and a copy in and out once per iteration, here of 10 updates.
      if (updates % 10 === 1) {
        trainer.load(vectors);
        trainer.takeSamples(rows);
      }
      trainer.update(INDICES, 1e-3, updates);
      if (updates % 10 === 0) {
        trainer.store(vectors);
        memory.push(tf.memory());
      }
    }
    expect(memory.length).toBe(100);
    const { numTensors, numBytes, numDataBuffers } = memory[0]!;
    for (const later of memory) expect(later).toMatchObject({ numTensors, numBytes, numDataBuffers });
    trainer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test("says when it has no samples yet", () => {
    const trainer = createTrainer(tf, AGENT, COLUMNS, SETTINGS);
    expect(() => trainer.update(INDICES, 0.01, 1)).toThrow("takeSamples comes before");
    trainer.dispose();
  });
});
