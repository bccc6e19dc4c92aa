import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import {
  buildController,
  findEconomy,
  type LearnedController,
  parseConfig,
  parseControllerFile,
  parseEnvOptions,
  startFromController,
  train,
  type WarmStart,
} from "../index.js";
import { fakeIo, flyball } from "./support/fake-io.js";

const EXAMPLES = join(import.meta.dirname, "../examples/library");
const files = readdirSync(EXAMPLES).sort();
const page = readFileSync(join(import.meta.dirname, "../docs/reference/library.md"), "utf8");

// `npm run typecheck` checks the files, so the page's code is checked too.
test("the code blocks of the library page are the files of examples/library", () => {
  const blocks = Array.from(page.matchAll(/```ts\n([\s\S]*?\n)```/g), ([, code]) => code!);
  expect([...blocks].sort()).toEqual(files.map((name) => readFileSync(join(EXAMPLES, name), "utf8")).sort());
});

/** What an example prints. */
async function printed(name: string): Promise<string> {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((...parts: unknown[]) => void lines.push(parts.join(" ")));
  await import(join(EXAMPLES, name));
  log.mockRestore();
  return lines.join("\n");
}

test.each([
  ["loop.ts", /^mean objective a day: -?\d+\.\d{4}$/],
  ["mechanisms.ts", /^block 840,000 creates 3\.125 BTC$/],
  ["resume.ts", /^went on from iteration 2$/],
  ["simulate.ts", /^bme( -?\d+\.\d{4}){2}\nnone( -?\d+\.\d{4}){2}$/],
  ["train.ts", /^2: [\s\S]*trained to the end\nfirst request on an empty market: [\d.,e-]+$/],
  ["vector.ts", /^mean objective a day: -?\d+\.\d{4}$/],
  ["wars.ts", /^left holds \d+\.\d % of the sector's capital after 60 days\nright holds/],
])("%s runs and prints what it says", async (name, expected) => {
  expect(await printed(name)).toMatch(expected);
});

/** A small run, exported: the folder that it is in, and `c.json`. */
async function exportController(): Promise<string> {
  const io = fakeIo();
  const small =
    "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --steps 14336 --threads 1";
  expect((await flyball(`train akash ${small} --out run`, io)).code).toBe(0);
  expect((await flyball("export run --out c.json", io)).code).toBe(0);
  return io.cwd;
}

test("a run begins with the network and the normaliser of an exported controller through the public API", async () => {
  const file = parseControllerFile(readFileSync(join(await exportController(), "c.json"), "utf8"));
  const world = findEconomy("akash");
  const { lane } = parseEnvOptions(world, {});
  const config = parseConfig({
    algorithm: "ppo",
    numEnvs: 64,
    numSteps: 16,
    numMinibatches: 2,
    hidden: [8],
    totalSteps: 14_336,
  });
  const warmStart: WarmStart = startFromController(file.controller, file.provenance.envSteps);
  const controllers: LearnedController[] = [];
  for await (const event of train({ world, lane, config, numThreads: 1, warmStart })) {
    if (event.kind !== "checkpoint") continue;
    controllers.push(buildController({ world, config, lane }, event.state));
    break;
  }
  const [first] = controllers;
  expect(first!.network).toEqual(file.controller.network);
  first!.normalizer.mean.forEach((mean, i) => {
    expect(mean).toBeCloseTo(file.controller.normalizer.mean[i]!, 6);
  });
});

test("controller-file.ts acts with an exported controller, within its bands", async () => {
  const folder = await exportController();
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  const { firstRequests } = await import("../examples/library/controller-file.js");
  const requests = firstRequests(join(folder, "c.json"), 3);
  expect(log.mock.calls[0]).toEqual(["trained for 14336 env-steps on akash-v1"]);
  log.mockRestore();
  const { actions } = JSON.parse(readFileSync(join(folder, "c.json"), "utf8"));
  expect(requests.length).toBe(3);
  for (const request of requests) {
    for (const { name, low, high } of actions) {
      expect(request[name]).toBeGreaterThanOrEqual(low);
      expect(request[name]).toBeLessThanOrEqual(high);
    }
  }
});
