import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type FakeIo, fakeIo, flyball, interruptAfter } from "../test/support/fake-io.js";
import { decodeCheckpoint } from "../train/checkpoint.js";
import { reopenState } from "../train/train.js";
import type { TrainState } from "../train/train-state.js";

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=1 --set checkpointEvery=2 --threads 1";
const train = (io: FakeIo, steps: number) => flyball(`train akash ${SMALL} --steps ${steps} --out run`, io);
const resume = (io: FakeIo, more = "") => flyball(`resume run${more}`, { ...fakeIo(), cwd: io.cwd });
const checkpointOf = (io: FakeIo) => decodeCheckpoint(readFileSync(join(io.cwd, "run/checkpoint.bin")));
const configOf = (io: FakeIo) => JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8"));

test("a finished run is trained longer, and a resume of that ends where it does unbroken, bit for bit", async () => {
  const whole = fakeIo();
  await train(whole, 4096);
  const { code, err } = await resume(whole, " --steps 8192 --set learningRate=0.001");
  expect(code, err).toBe(0);
  expect(checkpointOf(whole).header).toMatchObject({ iteration: 8, envSteps: 8192 });
  expect(configOf(whole)).toMatchObject({
    config: { totalSteps: 8192, learningRate: 0.001 },
    changes: [
      {
        iteration: 4,
        set: { totalSteps: 8192, learningRate: 0.001 },
        was: { totalSteps: 4096, learningRate: 0.002 },
      },
    ],
  });

  const broken = fakeIo();
  await train(broken, 4096);
  const stopped = { ...interruptAfter(2), cwd: broken.cwd };
  expect((await flyball("resume run --steps 8192 --set learningRate=0.001", stopped)).code).toBe(130);
  expect(checkpointOf(broken).header["iteration"]).toBe(6);
  expect((await resume(broken)).code).toBe(0);
  expect(checkpointOf(broken)).toEqual(checkpointOf(whole));
});

test("a change in the middle, whose first checkpoint never came, is made again by a plain resume", async () => {
  const whole = interruptAfter(3);
  await train(whole, 6144);
  const before = readFileSync(join(whole.cwd, "run/checkpoint.bin"));
  expect((await resume(whole, " --set learningRate=0.0001")).code).toBe(0);
  const crashed = interruptAfter(3);
  await train(crashed, 6144);
  writeFileSync(join(crashed.cwd, "run/config.json"), readFileSync(join(whole.cwd, "run/config.json")));
  writeFileSync(join(crashed.cwd, "run/checkpoint.bin"), before);
  const { code, err } = await resume(crashed);
  expect(code, err).toBe(0);
  expect(checkpointOf(crashed)).toEqual(checkpointOf(whole));
  const unchanged = fakeIo();
  await train(unchanged, 6144);
  expect(checkpointOf(crashed).tensors["params"]).not.toEqual(checkpointOf(unchanged).tensors["params"]);
});

test("an edit that no resume made is refused, also where changes are recorded", async () => {
  const io = fakeIo();
  await train(io, 2048);
  await resume(io, " --steps 4096");
  const file = configOf(io);
  writeFileSync(join(io.cwd, "run/config.json"), JSON.stringify({ ...file, config: { ...file.config, gamma: 0.9 } }));
  const { code, err } = await resume(io);
  expect(code).toBe(2);
  expect(err).toContain("run/config.json was edited: gamma is 0.9, but its checkpoint was trained with 0.995");
});

test("settings that change a shape, too few steps and changes without effect are refused, and nothing is written", async () => {
  const io = fakeIo();
  await train(io, 2048);
  const before = readFileSync(join(io.cwd, "run/config.json"), "utf8");
  const refused = async (more: string) => (await resume(io, more)).err;
  expect(await refused(" --set hidden=16")).toMatch(
    /^error: hidden cannot change within a run\n {2}these may change: learningRate, /,
  );
  expect(await refused(" --steps 1024")).toContain(
    "--steps 1024 is too few: iterations of learning would be 1, and 2 are done",
  );
  expect(await refused(" --steps 1024")).toContain("use --steps 3072 or more");
  expect(await refused(" --set learningRate=0.001")).toContain("all 2 iterations are done: a change would have no effect");
  expect(readFileSync(join(io.cwd, "run/config.json"), "utf8")).toBe(before);
});

test("after a change evaluations without a better one count anew", () => {
  const best = { iteration: 3, envSteps: 5, mean: 0, low: 0, high: 0 };
  const state = { iteration: 3, envSteps: 40_000_000, evaluations: { best, withoutBetter: 4 } } as unknown as TrainState;
  expect(reopenState(state)).toEqual({ ...state, evaluations: { best, withoutBetter: 0 } });
});

test("the best checkpoint of before a change still opens", async () => {
  const io = fakeIo();
  // Too small steps to change the policy, and no normaliser: no later evaluation is better than the first.
  const still = "--set normalizeObservation=false --set learningRate=1e-30 --set evalEvery=1 --set evalEpisodes=8";
  await flyball(`train akash ${SMALL} ${still} --steps 2048 --out run`, io);
  await resume(io, " --steps 4096");
  const { code, out, err } = await flyball("export run --best --json --out c.json", io);
  expect(code, err).toBe(0);
  expect(JSON.parse(out).provenance.envSteps).toBe(1024);
});
