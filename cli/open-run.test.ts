import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=7 --steps 14336 --threads 1";

/** Files of one small run, trained by the first test that asks. */
let trained: Readonly<Record<string, Buffer>> | undefined;

async function smallRun(): Promise<Readonly<Record<string, Buffer>>> {
  if (trained) return trained;
  const io = fakeIo();
  const { code, err } = await flyball(`train akash ${SMALL} --out r`, io);
  expect(code, err).toBe(0);
  const read = (name: string) => [name, readFileSync(join(io.cwd, "r", name))] as const;
  trained = Object.fromEntries([read("config.json"), read("checkpoint.bin")]);
  return trained;
}

interface RunFile {
  readonly config: Record<string, unknown>;
  params: Record<string, number>;
  preset: string | null;
}

/** A copy of the run with its config.json changed. */
async function edited(change: (file: RunFile) => unknown): Promise<FakeIo> {
  const files = await smallRun();
  const io = fakeIo();
  mkdirSync(join(io.cwd, "r"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(io.cwd, "r", name), content);
  const file = JSON.parse(files["config.json"]!.toString());
  change(file);
  writeFileSync(join(io.cwd, "r/config.json"), JSON.stringify(file));
  return io;
}

const OPENERS = ["export r --out c.json", "evaluate r --economy akash", "simulate r --economy akash --days 2", "resume r"];

describe("a run whose config.json was edited after training is refused by every command that opens it", () => {
  test.each([
    ["activation", "relu", '"tanh"'],
    ["normalizeObservation", false, "true"],
    ["decisionInterval", 1, "7"],
    ["objective", "holders", "null"],
    ["seed", 42, "1"],
    ["hidden", [8, 8], "[8]"],
    ["gamma", 0.9, "0.995"],
  ])("%s", async (name, value, before) => {
    const io = await edited(({ config }) => void Object.assign(config, { [name]: value }));
    for (const line of OPENERS) {
      const { code, err } = await flyball(line, io);
      expect({ code, err }).toEqual({
        code: 2,
        err:
          `error: r/config.json was edited: ${name} is ${JSON.stringify(value)}, but its checkpoint was trained with ${before}\n` +
          `  set "${name}": ${before} again, or train anew in another folder\n`,
      });
    }
  });

  test("a parameter", async () => {
    const io = await edited((file) => void Object.assign(file, { params: { supplyStart: 3e8 } }));
    for (const line of OPENERS) {
      const { code, err } = await flyball(line, io);
      expect(code).toBe(2);
      expect(err).toContain(
        "supplyStart is 300000000, but its checkpoint was trained with nothing\n  remove supplyStart, or train anew",
      );
    }
  });

  test("the preset", async () => {
    const io = await edited((file) => void Object.assign(file, { preset: "mature" }));
    for (const line of OPENERS) {
      const { code, err } = await flyball(line, io);
      expect(code).toBe(2);
      expect(err).toContain('preset is "mature", but its checkpoint was trained with null');
    }
  });
});

test("what changes no result may be edited: device, threads, checkpointEvery, evalEvery, earlyStop", async () => {
  const io = await edited(
    ({ config }) => void Object.assign(config, { threads: 2, checkpointEvery: 3, evalEvery: 2, earlyStop: 4 }),
  );
  for (const line of OPENERS.slice(0, 1)) {
    const { code, err } = await flyball(line, io);
    expect(code, err).toBe(0);
  }
});

test("a run of an earlier version is refused, and what still works is said", async () => {
  const io = await edited((file) => Object.assign(file, { version: 1 }));
  const { code, err } = await flyball("resume r", io);
  expect(code).toBe(2);
  expect(err).toContain("is of a run that an earlier version of flyball trained");
  expect(err).toContain("controllers that were exported from it still work");
});
