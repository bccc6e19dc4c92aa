import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { reportSchema } from "../eval/report-schema.js";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=1 --steps 4096 --threads 1";
const QUICK = "--scenarios base --episodes 3 --days 20 --threads 1 --quick --json";

async function evaluated(io: FakeIo, words: string) {
  const { code, out, err } = await flyball(`evaluate run ${QUICK} ${words}`, io);
  expect(code, err).toBe(0);
  const report = reportSchema.parse(JSON.parse(out));
  const run = report.controllers.find(({ id }) => id === "run")!;
  return {
    report,
    caveats: run.caveats ?? [],
    warnings: err.split("\n").filter((line) => line.startsWith("warning: run")),
  };
}

test("evaluate takes economy, preset and objective from the run folder, and warns where it is compared otherwise than trained", async () => {
  const io = fakeIo();
  await flyball(`train akash --preset dated-2026q1 --set objective=holders ${SMALL} --out run`, io);

  const same = await evaluated(io, "--out report");
  expect(same.report.economy).toBe("akash-v1");
  expect(same.report.provenance.objective.name).toBe("holders");
  expect(same.report.provenance.preset?.name).toBe("dated-2026q1");
  expect(same.caveats).toEqual([]);
  expect(same.warnings).toEqual([]);
  // Two controllers of three episodes, and the head.
  expect(readFileSync(join(io.cwd, "report/episodes.csv"), "utf8").trimEnd().split("\n")).toHaveLength(7);

  const otherObjective = await evaluated(io, "--objective balanced");
  expect(otherObjective.caveats).toEqual(["was trained for objective holders and is compared by balanced"]);
  expect(otherObjective.warnings).toEqual(["warning: run was trained for objective holders and is compared by balanced"]);

  const otherParams = await evaluated(io, "--preset mature");
  expect(otherParams.report.provenance.preset?.name).toBe("mature");
  expect(otherParams.caveats[0]).toContain("was trained on other parameters");
  expect(otherParams.warnings).toHaveLength(1);
});

test("run folders that differ in the seed alone are training seeds of one configuration; another setting is none of them", async () => {
  const io = fakeIo();
  for (const seed of [1, 2, 3]) await flyball(`train akash ${SMALL} --seed ${seed} --out seed-${seed}`, io);
  await flyball(`train akash ${SMALL} --set gamma=0.9 --out other`, io);
  const line = `evaluate seed-1 seed-2 seed-3 other --baseline none ${QUICK}`;
  const { code, out, err } = await flyball(line, io);
  expect(code, err).toBe(0);
  const { trainingSeeds, controllers } = reportSchema.parse(JSON.parse(out));
  expect(trainingSeeds).toHaveLength(1);
  const [group] = trainingSeeds;
  expect(group).toMatchObject({ ids: ["seed-1", "seed-2", "seed-3"], against: "none" });
  const gains = group!.ids.map((id) => controllers.find((one) => one.id === id)!.aggregate.minusBaseline.mean);
  for (const [i, gain] of gains.entries()) expect(group!.seedMeans[i]).toBeCloseTo(gain, 10);
  expect(group!.mean).toBeCloseTo(gains.reduce((sum, gain) => sum + gain, 0) / 3, 10);
  expect(group!.low).toBeLessThan(Math.min(...gains));
});
