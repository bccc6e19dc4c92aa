import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=1 --steps 2048 --threads 1";

const configOf = (io: FakeIo, run: string) => JSON.parse(readFileSync(join(io.cwd, run, "config.json"), "utf8"));

test("a run's config.json is taken as a configuration: the same run again, bit for bit, listing and preset included", async () => {
  const io = fakeIo();
  expect((await flyball(`train akash --listed spac --preset mature ${SMALL} --out first`, io)).code).toBe(0);
  const { code, err } = await flyball("train akash --config first/config.json --out again", io);
  expect(code, err).toBe(0);
  expect(err).toMatch(/took from first\/config\.json: \d+ settings; economy akash-v1\+spac; preset mature\n/);
  expect(err).not.toContain("by the command line");
  expect(configOf(io, "again")).toEqual(configOf(io, "first"));
  const bytes = (run: string) => readFileSync(join(io.cwd, run, "checkpoint.bin"));
  expect(bytes("again").equals(bytes("first"))).toBe(true);
});

test("the command line wins over a run's config.json and says each difference", async () => {
  const io = fakeIo();
  await flyball(`train akash --preset mature ${SMALL} --out first`, io);
  const line = "train akash --config first/config.json --preset as-quoted --seed 7 --set learningRate=0.001 --out again";
  const { code, err } = await flyball(line, io);
  expect(code, err).toBe(0);
  expect(err).toContain('preset is "as-quoted" by the command line, not "mature" as in first/config.json');
  expect(err).toContain("seed is 7 by the command line, not 1 as in first/config.json");
  expect(err).toContain("learningRate is 0.001 by the command line, not 0.002 as in first/config.json");
  expect(configOf(io, "again")).toMatchObject({ preset: "as-quoted", config: { seed: 7, learningRate: 0.001, hidden: [8] } });
});

test("of a run on another economy only the settings are taken", async () => {
  const io = fakeIo();
  await flyball(`train akash --preset mature ${SMALL} --out first`, io);
  const { code, err } = await flyball("train render --config first/config.json --out other", io);
  expect(code, err).toBe(0);
  expect(err).toContain('economy is "render-v1" by the command line, not "akash-v1" as in first/config.json');
  expect(configOf(io, "other")).toMatchObject({ economy: "render-v1", preset: null, config: { hidden: [8] } });
});

test("a damaged config.json of a run is refused with what is wrong in it", async () => {
  const io = fakeIo();
  writeFileSync(join(io.cwd, "c.json"), JSON.stringify({ format: "flyball-run", version: 2, economy: "akash-v1", config: {} }));
  const { code, err } = await flyball("train akash --config c.json --out r", io);
  expect(code).toBe(2);
  expect(err).toMatch(/^error: c\.json is not what flyball wrote: preset: .+\n {2}.+\n$/);
});
