import { expect, test } from "vitest";
import { cartpole } from "../../probes/worlds/cartpole.js";
import { learnerOptions } from "../../test/support/learner-memory.js";
import { firstState } from "./first-state.js";
import { planLearning } from "./plan.js";
import { createLearner } from "./wasm/wasm-learner.js";

test("the first state is the wasm learner's", async () => {
  const makeOptions = () => learnerOptions(cartpole, { hidden: [8], decisionInterval: 2, numEnvs: 128 });
  const learner = await createLearner(makeOptions());
  const state = await learner.state();
  await learner.dispose();
  expect(await firstState(makeOptions(), planLearning(makeOptions()))).toEqual(state);
});

test("environments that no WebAssembly memory holds are refused without a word of other devices", async () => {
  const options = learnerOptions(cartpole, { hidden: [8] }, { numEnvs: 2 ** 24 });
  await expect(firstState(options, planLearning(options))).rejects.toMatchObject({
    code: "E_WASM_MEMORY",
    message: "numEnvs=16777216: a run's first lanes are made on the CPU, in at most 4 GiB",
    hint: "use fewer numEnvs",
  });
});
