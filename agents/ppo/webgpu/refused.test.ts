import { expect, test } from "vitest";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { onGpu } from "../../../reference/webgpu-learner.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { hasGpu } from "../../../test/support/swiftshader.js";

import { firstState } from "../first-state.js";
import { planLearning } from "../plan.js";

const isHere = await hasGpu();
const OPTIONS = learnerOptions(cartpole, { hidden: [8], normalizeObservation: false });

test.skipIf(!isHere)(
  "work that a GPU refuses ends the run: the zeros that come in its place are not believed",
  async () => {
    const start = await firstState(OPTIONS, planLearning(OPTIONS));
    await onGpu(OPTIONS, start, async (learner, { gpu, buffers }) => {
      const { updates } = await learner.state();
      await learner.iterate();
      expect((await learner.state()).updates).toBeGreaterThan(updates);
      expect(gpu.refused()).toBeUndefined();
      buffers.gradient.destroy();
      await expect(learner.iterate()).rejects.toThrow(/^the GPU refused a command: .*gradient/);
      await expect(learner.state()).rejects.toThrow("the GPU refused a command");
    });
  },
  120_000,
);
