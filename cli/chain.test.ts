import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { reportSchema } from "../eval/report-schema.js";
import { fakeIo, flyball } from "../test/support/fake-io.js";

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=1 --steps 4096 --threads 1";

/** Exit 2, two lines, nothing on stdout. */
async function refused(line: string, io = fakeIo()): Promise<string> {
  const { code, out, err } = await flyball(line, io);
  expect(code, err).toBe(2);
  expect(out).toBe("");
  expect(err.trimEnd().split("\n").length).toBe(2);
  return err;
}

test("train, export, evaluate and simulate work on one another's files", async () => {
  const io = fakeIo();
  await flyball(`train akash ${SMALL} --out run`, io);
  expect(await flyball("export run --out c.json --json", io)).toMatchObject({
    code: 0,
    out: expect.stringContaining("akash-v1"),
  });

  const { code, out, err } = await flyball(
    "evaluate run c.json max-burn --economy akash --scenarios base,crash --episodes 4 --days 30 --threads 1 --out report --json",
    io,
  );
  expect(code, err).toBe(0);
  const report = reportSchema.parse(JSON.parse(out));
  expect(reportSchema.parse(JSON.parse(readFileSync(join(io.cwd, "report/report.json"), "utf8")))).toEqual(report);
  expect(readFileSync(join(io.cwd, "report/report.html"), "utf8")).toContain("<svg");
  expect(report.controllers.map(({ id }) => id).sort()).toEqual(["akash-bme", "c", "max-burn", "run"]);
  expect(report.scenarios).toEqual(["base", "crash"]);
  expect(report.horizons.map(({ days }) => days)).toEqual([30, 60]);
  // Three levers, for each of the two learned controllers.
  expect(report.ablation.length).toBe(6);
  // The exported file is the run folder's controller: the same markets, the same decisions, the same numbers.
  const [run, file] = ["run", "c"].map((id) => report.controllers.find((controller) => controller.id === id)!);
  expect(file!.aggregate).toEqual(run!.aggregate);

  expect(await flyball("simulate c.json --economy akash --scenario crash --days 40 --out crash.csv", io)).toMatchObject({
    code: 0,
  });
  const csv = readFileSync(join(io.cwd, "crash.csv"), "utf8").trimEnd().split("\n");
  expect(csv.length).toBe(41);
  expect(csv[0]).toMatch(/^day,price,/);
  for (const cell of csv.slice(1).flatMap((row) => row.split(","))) expect(Number.isFinite(Number(cell))).toBe(true);
});

test("--listed puts a company on top of an economy in every command, and the run folder keeps it", async () => {
  const io = fakeIo();
  const { code, err } = await flyball(`train bittensor@2 --listed spac ${SMALL} --out run`, io);
  expect(code, err).toBe(0);
  expect(JSON.parse(readFileSync(join(io.cwd, "run/config.json"), "utf8"))).toMatchObject({ economy: "bittensor-v1@2+spac" });
  await flyball("export run --out c.json", io);
  const listed = "c.json --economy bittensor@2 --listed spac";
  const { code: compared, out } = await flyball(
    `evaluate ${listed} --baseline none --scenarios spac-fail --episodes 2 --days 20 --quick --threads 1 --json`,
    io,
  );
  expect(compared).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ economy: "bittensor-v1@2+spac", scenarios: ["spac-fail"] });
  expect((await flyball(`simulate ${listed} --days 5 --out days.csv`, io)).code).toBe(0);
  expect(await refused("simulate c.json --economy bittensor@2", io)).toContain("it is for economy bittensor-v1@2+spac");
  expect(await refused("simulate none --economy bittensor@2 --listed spak", io)).toMatch(/"spak"\n {2}did you mean spac\?/);
  expect(await refused("tune none --economy akash@4", io)).toContain("akash-v1 has no subnets");
});

test("tune writes a rule file that evaluate takes", async () => {
  const io = fakeIo();
  const { code, err } = await flyball(
    "tune constant --economy akash --budget 200000 --seeds 2 --threads 1 --out tuned.json",
    io,
  );
  expect(code, err).toBe(0);
  const interval = String.raw`−?[\d.]+ \[−?[\d.]+, −?[\d.]+\]`;
  expect(err).toMatch(new RegExp(`^generation 1 of 5  best so far ${interval}  median −?[\\d.]+$`, "m"));
  expect(err).toMatch(
    new RegExp(`mean objective ${interval} -> ${interval} over \\d+ selection markets \\(95 % intervals\\)$`, "m"),
  );
  expect(err.match(/^seed [12]: .* over \d+ selection markets$/gm)).toHaveLength(2);
  expect(err).toMatch(/^from the worst seed to the best: [\d.]+$/m);
  const { out } = await flyball(
    "evaluate tuned.json --economy akash --scenarios base --episodes 4 --days 30 --quick --json",
    io,
  );
  expect(JSON.parse(out).controllers).toContainEqual(expect.objectContaining({ id: "constant (tuned)", tuned: true }));
});

test("one trajectory is the same whoever asks again, another seed is another", async () => {
  const line = "simulate affine --economy akash --days 20";
  const [first, again, other] = [await flyball(line), await flyball(line), await flyball(`${line} --seed 2`)];
  expect(again.out).toBe(first.out);
  expect(other.out).not.toBe(first.out);
});

describe("what evaluate, export, simulate and tune refuse", () => {
  test("unknown names, with the nearest", async () => {
    expect(await refused("evaluate afine --economy akash")).toMatch(/"afine"\n {2}did you mean "?affine/);
    expect(await refused("evaluate pid --economy akash --scenarios base,crsh")).toMatch(/"crsh".*\n {2}did you mean "?crash/);
    expect(await refused("evaluate pid --economy akash --baseline pidd")).toMatch(/did you mean "?pid/);
    expect(await refused("evaluate pid --economy aksh")).toMatch(/did you mean "?akash/);
    expect(await refused("simulate pid --economy akash --scenario crsh")).toMatch(/did you mean "?crash/);
    expect(await refused("tune pidd --economy akash")).toMatch(/did you mean "?pid/);
    expect(await refused("tune max-burn --economy akash")).toContain("has no tunable parameters");
    expect(await refused("tune pid --economy akash --budget 10")).toContain("a budget of 10 env-steps is too small");
  });

  test("truncated, altered and foreign controller files", async () => {
    const io = fakeIo();
    await flyball(`train akash ${SMALL} --out run`, io);
    await flyball("export run --out c.json", io);
    const good = readFileSync(join(io.cwd, "c.json"), "utf8");
    const tryFile = (text: string) => {
      writeFileSync(join(io.cwd, "bad.json"), text);
      return refused("simulate bad.json --economy akash", io);
    };
    expect(await tryFile(good.slice(0, -100))).toContain("cut off or damaged");
    expect(await tryFile(good.replace('"low":0', '"low":1'))).toContain("SHA-256 does not match");
    expect(await tryFile('{"format":"onnx"}')).toContain("this is not a controller file");
    expect(await tryFile("")).toContain("this is not a controller file");
    expect(await refused("export run --out d.json --format onnx", io)).toContain("--format onnx is not in this version yet");
    mkdirSync(join(io.cwd, "folder"));
    expect(await refused("export run --out folder", io)).toContain("it is a folder");
    expect(await refused("export folder --out d.json", io)).toContain("is not a run folder");
    expect(existsSync(join(io.cwd, "d.json"))).toBe(false);
  });

  test("an output folder that cannot be made is found out before the work", async () => {
    const io = fakeIo();
    writeFileSync(join(io.cwd, "taken"), "");
    for (const line of ["evaluate pid --economy akash --out taken/report", "tune pid --economy akash --out taken/pid.json"]) {
      expect(await refused(line, io)).toContain("a part of the path is a file");
    }
  });
});

describe("what calibrate and --params refuse", () => {
  const day = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 86_400_000).toISOString().slice(0, 10);
  const rows = Array.from({ length: 200 }, (_, i) => `${day(i)},${1 + 0.1 * Math.sin(i)}`);
  const withRow = (at: number, row: string) => ["date,price_usd", ...rows.slice(0, at), row, ...rows.slice(at + 1)].join("\n");

  test.each([
    ["an empty file", "", /empty/],
    ["a missing column", ["date,worth", ...rows].join("\n"), /price_usd/],
    ["unsorted dates", withRow(50, rows[20]!), /row 52/],
    ["a duplicate date", withRow(50, rows[49]!), /row 52/],
    ["a gap", withRow(50, rows[51]!), /row 5[23]/],
    ["a zero price", withRow(50, `${day(50)},0`), /row 52/],
    ["a negative price", withRow(50, `${day(50)},-3`), /row 52/],
    ["text for a price", withRow(50, `${day(50)},cheap`), /row 52/],
  ])("%s", async (_, text, message) => {
    const io = fakeIo();
    writeFileSync(join(io.cwd, "p.csv"), text);
    expect(await refused("calibrate akash --prices p.csv --out p.json", io)).toMatch(message);
    expect(existsSync(join(io.cwd, "p.json"))).toBe(false);
  });

  test("a file of 100 MB, unread", async () => {
    const io = fakeIo();
    writeFileSync(join(io.cwd, "p.csv"), new Uint8Array(100 * 2 ** 20));
    expect(await refused("calibrate akash --prices p.csv", io)).toContain("p.csv has 100 MiB");
  });

  test("params files of another kind or economy, or out of range", async () => {
    const io = fakeIo();
    const tryParams = (text: string) => {
      writeFileSync(join(io.cwd, "p.json"), text);
      return refused("simulate pid --economy akash --params p.json", io);
    };
    expect(await tryParams("{}")).toContain("params file");
    expect(await tryParams("[")).toContain("not JSON");
    expect(await refused("simulate pid --economy akash --params nowhere.json", io)).toContain("there is no");
  });
});
