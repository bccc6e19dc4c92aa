import { expect, test } from "vitest";
import { akash } from "../../../env/economies/akash.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { learnerOptions } from "../../../test/learner-memory.js";
import { planLearner } from "../layout.js";
import { createLearner } from "../learner.js";
import { planLearning } from "../plan.js";
import { startOptions, startState } from "./learner.js";

test("the first state of many environments with wide networks takes little of the host's memory", () => {
  const { ppo, ...rest } = startOptions(learnerOptions(akash, { numEnvs: 262_144, hidden: [512, 512, 512] }));
  const { programs, agent } = planLearning({ ppo, ...rest });
  const minibatchSize = (ppo.numEnvs * ppo.numSteps) / ppo.numMinibatches;
  const { bytes } = planLearner(programs, agent, { ...ppo, minibatchSize, numThreads: 1 });
  // Lanes, and a few copies of the 1.1 million parameters.
  expect(bytes).toBeLessThan(0.5 * 2 ** 30);
});

test("the first state is the wasm learner's", async () => {
  const makeOptions = () => learnerOptions(cartpole, { hidden: [8], decisionInterval: 2, numEnvs: 128 });
  const learner = await createLearner(makeOptions());
  const state = await learner.state();
  await learner.dispose();
  expect(await startState(makeOptions())).toEqual(state);
});

test("environments that no WebAssembly memory holds are refused without a word of other devices", async () => {
  await expect(startState(learnerOptions(cartpole, { hidden: [8] }, { numEnvs: 2 ** 24 }))).rejects.toMatchObject({
    code: "E_WASM_MEMORY",
    message: "numEnvs=16777216: a run's first lanes are made on the CPU, in at most 4 GiB",
    hint: "use fewer numEnvs",
  });
});
