import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startController } from "../agents/controller/start-controller.js";
import { formatControllerFile } from "../agents/learned/controller-file.js";
import type { PolicyStructure } from "../agents/learned/structure.js";
import { recordPairs } from "../agents/rollout/record-pairs.js";
import { makeEnv } from "../env/environment.js";
import { findEconomy } from "../env/registry.js";
import { parseEnvOptions } from "../env/settings.js";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";
import { structuredController } from "../test/support/structured-controller.js";

const world = findEconomy("akash");
const { lane } = parseEnvOptions(world, {});
const STRUCTURE: PolicyStructure = { base: { rule: "akash-bme", values: {} }, memoryRates: [0.2, 0.04], lastRequest: true };

const PROVENANCE = { seed: 1, envSteps: 0, configHash: "0", flyball: "0", node: "20", platform: "linux-x64" };

const makeController = (scale = 1) => structuredController(world, STRUCTURE, { decisionInterval: 2, scale });

interface Written {
  readonly name?: string;
  /** Of the weights: with 0 the network adds nothing to its base. */
  readonly scale?: number;
  /** Another structure for the file, of the same sizes. */
  readonly acting?: PolicyStructure;
}

async function writeController(io: FakeIo, { name = "structured", scale = 1, acting = STRUCTURE }: Written = {}) {
  const controller = makeController(scale);
  const selfTest = await recordPairs({ world, lane, controller }, []);
  const content = { controller: { ...controller, structure: acting }, provenance: PROVENANCE, selfTest };
  const text = formatControllerFile(content);
  writeFileSync(join(io.cwd, `${name}.json`), text);
}

describe("the file of a controller with structure", () => {
  test("is simulated as the controller acts in the float64 environment", async () => {
    const io = fakeIo();
    await writeController(io);
    const run = await flyball("simulate structured.json --economy akash --days 20 --seed 5 --out days.csv", io);
    expect(run.code, run.err).toBe(0);
    const [header, ...rows] = readFileSync(join(io.cwd, "days.csv"), "utf8").trimEnd().split("\n");
    const env = makeEnv(world, { split: "test", horizon: 20 });
    const act = startController(makeController(), world);
    const name = env.spec.actionNames[0]!;
    const column = header!.split(",").indexOf(`requested.${name}`);
    let { observation } = env.reset({ seed: 5 });
    for (const row of rows) {
      const { observation: next, info } = env.step(act(observation));
      expect(Number(row.split(",")[column])).toBe(info.requested[name]);
      observation = next;
    }
    expect(rows).toHaveLength(20);
  });

  test("is evaluated, and a network that adds nothing is worth what its base is", async () => {
    const io = fakeIo();
    await writeController(io);
    await writeController(io, { name: "idle", scale: 0 });
    const run = await flyball("evaluate structured.json idle.json akash-bme --economy akash --episodes 8 --days 60 --json", io);
    expect(run.code, run.err).toBe(0);
    const report = JSON.parse(run.out) as { controllers: { id: string; aggregate: { return: { mean: number } } }[] };
    const mean = (id: string) => report.controllers.find((controller) => controller.id === id)!.aggregate.return.mean;
    expect(mean("idle")).toBeCloseTo(mean("akash-bme"), 5);
    expect(Math.abs(mean("structured") - mean("akash-bme"))).toBeGreaterThan(1e-3);
  });

  test("of one network for every subnet acts with another number of them, and adds nothing to its base where its weights are 0", async () => {
    const io = fakeIo();
    const small = findEconomy("bittensor@3");
    const base = { rule: "subnet-quality", values: {} };
    const structure = { ...STRUCTURE, base, group: small.group };
    for (const [name, scale] of Object.entries({ idle: 0, sets: 1 })) {
      const controller = structuredController(small, structure, { scale });
      const deployment = { world: small, lane: parseEnvOptions(small, {}).lane, controller };
      const selfTest = await recordPairs(deployment, []);
      const text = formatControllerFile({ controller, provenance: PROVENANCE, selfTest });
      writeFileSync(join(io.cwd, `${name}.json`), text);
    }
    const files = "sets.json idle.json subnet-quality";
    const run = await flyball(`evaluate ${files} --economy bittensor@5 --episodes 4 --days 40 --json`, io);
    expect(run.code, run.err).toBe(0);
    const report = JSON.parse(run.out) as { controllers: { id: string; aggregate: { return: { mean: number } } }[] };
    const mean = (id: string) => report.controllers.find((controller) => controller.id === id)!.aggregate.return.mean;
    expect(mean("idle")).toBeCloseTo(mean("subnet-quality"), 5);
    expect(Math.abs(mean("sets") - mean("subnet-quality"))).toBeGreaterThan(1e-3);
    const other = await flyball("evaluate sets.json --economy akash", io);
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining("it is for economy bittensor-v1, not akash-v1") });
  });

  test.each([
    [{ rule: "akash-bne", values: {} }, "its base akash-bne does not fit: unknown rule akash-bne"],
    [
      { rule: "akash-bme", values: { nothing: 1 } },
      "its base akash-bme does not fit: unknown parameter nothing of rule akash-bme",
    ],
  ])("whose base is %j is refused in two lines, by its name", async (base, why) => {
    const io = fakeIo();
    await writeController(io, { acting: { ...STRUCTURE, base } });
    for (const command of ["simulate", "evaluate"]) {
      const { code, err } = await flyball(`${command} structured.json --economy akash`, io);
      expect({ code, err }).toMatchObject({
        code: 2,
        err: expect.stringContaining(`structured cannot act in akash-v1: ${why}`),
      });
      expect(err.trimEnd().split("\n")).toHaveLength(2);
    }
  });
});
