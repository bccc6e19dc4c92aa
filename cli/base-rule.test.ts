import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";

/** Four iterations of 16 episodes of 20 days. */
const SMALL = "--set algorithm=apg --set horizon=20 --set episodes=16 --set hidden=4 --steps 1280 --threads 1";

const trainSmall = (io: FakeIo, more: string) => flyball(`train akash ${SMALL} --out run ${more}`, io);

function baseIn(io: FakeIo): { readonly rule: string; readonly values: Readonly<Record<string, number>> } | null {
  return JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8")).config.base;
}

describe("the base of a run by gradients", () => {
  test("is a rule by its name, written down with its values", async () => {
    const io = fakeIo();
    const { code, err } = await trainSmall(io, "--set base=akash-bme:tuned");
    expect(code, err).toBe(0);
    const tuned = JSON.parse(readFileSync("agents/rules/tuned/akash-v1/akash-bme.json", "utf8"));
    expect(baseIn(io)).toMatchObject({ rule: "akash-bme", values: tuned.values });
  });

  test("is by default the rule that does best on selection markets, and said", async () => {
    const io = fakeIo();
    const { code, err } = await trainSmall(io, "--set evalEpisodes=16");
    expect(code, err).toBe(0);
    expect(err).toMatch(/base: \S+.*, the best of \d+ rules on 16 selection markets a scenario/);
    expect(err).toContain(baseIn(io)!.rule);
  });

  test("may be off: then it is the middle of each band", async () => {
    const io = fakeIo();
    const { code, err } = await trainSmall(io, "--set base=off");
    expect(code, err).toBe(0);
    expect(baseIn(io)).toBeNull();
  });

  test("goes into the exported controller, which evaluates and resumes", async () => {
    const io = fakeIo();
    await trainSmall(io, "--set base=akash-bme --set evalEvery=2");
    const exported = await flyball("export run --out controller.json", io);
    expect(exported.code, exported.err).toBe(0);
    const { structure } = JSON.parse(readFileSync(join(io.cwd, "controller.json"), "utf8"));
    expect(structure).toMatchObject({ base: { rule: "akash-bme" }, memoryRates: [0.2, 0.04], lastRequest: true });
    const compared = await flyball(
      "evaluate run controller.json akash-bme --episodes 4 --days 20 --scenarios base --quick --json",
      io,
    );
    expect(compared.code, compared.err).toBe(0);
    const { code, err } = await flyball("resume run --steps 1920", io);
    expect(code, err).toBe(0);
  });

  test.each([
    ["nonsense", "there is no rule"],
    ["subnet-quality", "rule subnet-quality"],
    ["agents/rules/tuned/bittensor-v1/affine.json", "no rule"],
  ])("%s is refused before a folder is made", async (base, message) => {
    const io = fakeIo();
    const { code, err } = await trainSmall(io, `--set base=${base}`);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });
});
