import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FORESIGHT_NOTE } from "../eval/foresight.js";
import { reportSchema } from "../eval/report-schema.js";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";

const MARKETS = "--scenarios base,crash --episodes 3 --days 30 --seed 5";
const SMALL = `foresight akash ${MARKETS} --starts 0 --iterations 6 --threads 1`;

test("foresight finds no less than the rules and the starts, and evaluate takes its file on the same markets", async () => {
  const io = fakeIo();
  const { code, out, err } = await flyball(`${SMALL} --out found.json --json`, io);
  expect(code, err).toBe(0);
  const result = JSON.parse(out);
  expect(result).toMatchObject({
    economy: "akash-v1",
    ruleInForce: "akash-bme",
    note: FORESIGHT_NOTE,
    starts: 3,
    finished: true,
  });
  for (const { ruleInForce, bestRule, bestFound } of Object.values<Record<string, number[]>>(result.scenarios)) {
    expect(bestFound).toHaveLength(3);
    for (const [i, found] of bestFound!.entries())
      expect(found).toBeGreaterThanOrEqual(Math.max(ruleInForce![i]!, bestRule![i]!));
  }
  expect(result.summary.all.bestFound.mean).toBeGreaterThan(result.summary.all.bestRule.mean);
  const { summary: _, ...file } = result;
  expect(JSON.parse(readFileSync(join(io.cwd, "found.json"), "utf8"))).toEqual(file);
  expect(err).toMatch(/18 of 18 searches done, about 0 s left/);

  const line = `evaluate none akash-bme --economy akash ${MARKETS} --quick --threads 1 --foresight found.json`;
  const report = reportSchema.parse(JSON.parse((await flyball(`${line} --json`, io)).out));
  // The rule's own figures are those of the comparison, to the bit: the markets are the same.
  const inForce = report.controllers.find(({ id }) => id === "akash-bme")!;
  expect(inForce.aggregate.return.mean).toBeCloseTo(result.summary.all.ruleInForce.mean, 12);
  expect(report.attainable!.controllers.map(({ id }) => id)).toEqual(["none"]);
  const words = (text: string) => text.replace(/\s+/g, " ");
  expect(words((await flyball(line, io)).out)).toContain(FORESIGHT_NOTE);
  const other = await flyball(line.replace("--seed 5", "--seed 6"), io);
  expect(other.code).toBe(2);
  expect(other.err).toContain("the foresight file has seed 5, the comparison 6");
});

test("Ctrl-C ends the search; what was found so far is written and marked", async () => {
  const io: FakeIo = fakeIo({
    stderr: {
      ...{ isTTY: true, columns: 100, failure: () => undefined },
      write: (text) => {
        if (text.includes("searches done")) io.interrupt();
      },
    },
  });
  const { code } = await flyball(`${SMALL} --listed traditional --out found.json`, io);
  expect(code).toBe(130);
  expect(io.out().replace(/\s+/g, " ")).toContain("The search was stopped");
  expect(JSON.parse(readFileSync(join(io.cwd, "found.json"), "utf8"))).toMatchObject({ finished: false });
});

test.each([
  ["foresight nowhere", "nowhere"],
  ["foresight akash --scenarios flood", 'unknown scenario "flood"'],
  ["foresight akash --split train", "--split must be one of test, selection"],
  ["foresight akash --every 0", "--every must be a whole number from 1"],
  ["foresight akash --days 10000 --threads 16 --episodes 200", "a WebAssembly memory has 4"],
  ["foresight akash --params missing.json", "there is no"],
  ["foresight akash --out .", "is a folder"],
])("%s is refused before the search", async (line, message) => {
  const { code, err } = await flyball(line);
  expect(code).toBe(2);
  expect(err).toContain(message);
  expect(err).not.toContain("searches");
});
