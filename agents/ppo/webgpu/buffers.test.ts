import { expect, test } from "vitest";
import { UserError } from "../../../core/errors.js";
import { akash } from "../../../env/economies/akash/index.js";
import type { World } from "../../../env/world.js";
import type { Gpu } from "../../../models/webgpu/device.js";
import { cartpole } from "../../../probes/worlds/cartpole.js";
import { learnerOptions } from "../../../test/support/learner-memory.js";
import { planLearning } from "../plan.js";
import { checkFits, createBuffers } from "./buffers.js";
import { planGpuLearner } from "./gpu-layout.js";

const MB = 2 ** 20;
const limited = (bytes: number, binding = bytes) =>
  ({ device: { limits: { maxBufferSize: bytes, maxStorageBufferBindingSize: binding } } }) as unknown as Gpu;

function planOf(world: World, settings: Readonly<Record<string, unknown>>) {
  const options = learnerOptions(world, settings);
  const plan = { ...planLearning(options), ppo: options.ppo };
  const withEnvs = (numEnvs: number) => {
    const ppo = learnerOptions(world, { ...settings, numEnvs }).ppo;
    return [planGpuLearner(plan.programs, plan.agent, ppo), { ...plan, ppo }] as const;
  };
  return { withEnvs };
}

test.each([
  ["akash", akash, { numEnvs: 65_536, numSteps: 32, hidden: [64, 64], numMinibatches: 4 }, 128 * MB],
  [
    "akash, with minibatches that only some numbers of environments divide into",
    akash,
    { numEnvs: 4608, numSteps: 5, numMinibatches: 6 },
    3 * MB,
  ],
  ["cartpole", cartpole, { numEnvs: 32_768, numSteps: 64, hidden: [16] }, 20 * MB],
])(
  "too many environments for a GPU's buffers: the error names the largest number that fits, %s",
  (_name, world, settings, bytes) => {
    const { withEnvs } = planOf(world, settings);
    const attempt = (numEnvs: number, gpu = limited(bytes)): UserError | undefined => {
      try {
        checkFits(gpu, ...withEnvs(numEnvs));
        return undefined;
      } catch (error) {
        if (error instanceof UserError) return error;
        throw error;
      }
    };
    const error = attempt(settings.numEnvs)!;
    expect(error.code).toBe("E_WEBGPU_MEMORY");
    expect(error.message).toMatch(
      /^numEnvs=\d+ with numSteps=\d+ takes \S+ .B of GPU memory: its \w+ alone \S+ MB, where the GPU has buffers of up to \S+ MB$/,
    );
    const most = Number(/^use --set numEnvs=(\d+) or fewer, fewer numSteps, or --device wasm$/.exec(error.hint)?.[1]);
    expect(attempt(most)).toBeUndefined();
    expect(attempt(most, limited(1e12, bytes))).toBeUndefined();
    // The next larger number that the configuration takes does not fit.
    const { numSteps, numMinibatches = 2 } = { numMinibatches: 2, ...settings };
    let next = most + 64;
    while ((next * numSteps) % (64 * numMinibatches) !== 0) next += 64;
    expect(attempt(next)?.code).toBe("E_WEBGPU_MEMORY");
    expect(attempt(settings.numEnvs, limited(1e12, bytes))?.code).toBe("E_WEBGPU_MEMORY");
  },
);

test("a network that does not fit however few the environments is what the error tells to make smaller", () => {
  const [layout, plan] = planOf(akash, { numEnvs: 64, hidden: [512, 512] }).withEnvs(64);
  expect(() => checkFits(limited(100_000), layout, plan)).toThrow(
    expect.objectContaining({ code: "E_WEBGPU_MEMORY", hint: expect.stringContaining("use a smaller network") }),
  );
});

/** A device that makes buffers, and then says whether it had the memory for them. */
function roomy(failure: { readonly message: string } | null) {
  const alive = new Map<object, number>();
  let most = 0;
  const device = {
    limits: { maxBufferSize: 1e12, maxStorageBufferBindingSize: 1e12 },
    pushErrorScope: () => {},
    createBuffer: ({ size }: { size: number }) => {
      const buffer = { destroy: () => alive.delete(buffer) };
      alive.set(buffer, size);
      most = Math.max(
        most,
        [...alive.values()].reduce((sum, each) => sum + each, 0),
      );
      return buffer;
    },
    popErrorScope: async () => failure,
  };
  return { gpu: { device } as unknown as Gpu, alive, most: () => most };
}

test("a GPU without room for all buffers together says so, names half as many environments, and keeps none of them", async () => {
  const [layout, plan] = planOf(akash, { numEnvs: 1024 }).withEnvs(1024);
  const { gpu, alive } = roomy({ message: "out of memory" });
  await expect(createBuffers(gpu, layout, plan)).rejects.toMatchObject({
    code: "E_WEBGPU_MEMORY",
    message: expect.stringContaining("more than the GPU has free"),
    hint: expect.stringContaining("--set numEnvs=512 or fewer"),
  });
  expect(alive.size).toBe(0);
});

test("room for reading a state is tried as well, and given back", async () => {
  const [layout, plan] = planOf(akash, { numEnvs: 1024 }).withEnvs(1024);
  const { gpu, alive, most } = roomy(null);
  const buffers = await createBuffers(gpu, layout, plan);
  expect(new Set(alive.keys())).toEqual(new Set(Object.values(buffers)));
  expect(most()).toBeGreaterThanOrEqual(layout.bytes + layout.stateBytes);
});
