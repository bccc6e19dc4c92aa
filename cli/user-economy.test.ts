import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sha256Hex } from "../core/digest.js";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";
import { packageRoot } from "./package-root.js";

const SMALL =
  "--set algorithm=ppo --set numEnvs=64 --set numSteps=16 --set numMinibatches=2 --set hidden=8 --set decisionInterval=1 --steps 2048 --threads 1";

/** A fresh folder with the example in it, as a user would have it. */
function withExample(): FakeIo {
  const io = fakeIo();
  copyFileSync(join(packageRoot(), "examples/my-economy.ts"), join(io.cwd, "my-economy.ts"));
  return io;
}

async function done(line: string, io: FakeIo) {
  const result = await flyball(line, io);
  expect(result.code, result.err).toBe(0);
  return result;
}

async function refused(line: string, io: FakeIo): Promise<string> {
  const { code, err } = await flyball(line, io);
  expect(code, err).toBe(2);
  expect(err.trimEnd().split("\n").length).toBe(2);
  return err;
}

test("an economy of one file outside of the package is trained, tuned, evaluated, simulated and exported", async () => {
  const io = withExample();
  const { out: summary } = await done(`train ./my-economy.ts ${SMALL} --out runs/mine --json`, io);
  expect(JSON.parse(summary)).toMatchObject({ economy: "relays-v1", finished: true });
  const config = JSON.parse(readFileSync(join(io.cwd, "runs/mine/config.json"), "utf8"));
  const sha256 = sha256Hex(readFileSync(join(io.cwd, "my-economy.ts")));
  expect(config).toMatchObject({ economy: "relays-v1", economyFile: { path: "../../my-economy.ts", sha256 } });

  await done("export runs/mine --economy my-economy.ts --out c.json", io);
  await done("tune constant --economy my-economy.ts --budget 150000 --threads 1 --out tuned.json", io);
  const { out } = await done(
    "evaluate runs/mine c.json tuned.json --economy my-economy.ts --baseline none --scenarios base --episodes 4 --days 30 --quick --threads 1 --json",
    io,
  );
  const report = JSON.parse(out);
  expect(report.controllers.map(({ id }: { id: string }) => id).sort()).toEqual(["c", "constant (tuned)", "mine", "none"]);
  const { out: csv } = await done("simulate c.json --economy my-economy.ts --exact --days 30", io);
  expect(csv.trimEnd().split("\n").length).toBe(31);
  expect(csv).toContain("base.treasury");
});

test("a run goes on with the file that its user names, wherever both are, and refuses one that changed or is another", async () => {
  const io = withExample();
  await done(`train my-economy.ts ${SMALL} --out run`, io);
  mkdirSync(join(io.cwd, "elsewhere"));
  renameSync(join(io.cwd, "run"), join(io.cwd, "elsewhere/run"));
  renameSync(join(io.cwd, "my-economy.ts"), join(io.cwd, "elsewhere/my-economy.ts"));
  await done("export elsewhere/run --economy elsewhere/my-economy.ts --out c.json", io);
  await done("resume elsewhere/run --economy elsewhere/my-economy.ts", io);

  const file = join(io.cwd, "elsewhere/my-economy.ts");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace('"share of the supply that the treasury holds"', '"share that the treasury holds"'));
  for (const command of ["export elsewhere/run --out d.json", "resume elsewhere/run", "evaluate elsewhere/run"]) {
    expect(await refused(`${command} --economy elsewhere/my-economy.ts`, io)).toMatch(
      /my-economy.ts has changed since the run was trained on it, or is another file.*\n {2}name the file as it was \(SHA-256 [0-9a-f]{16}…\), or train anew/,
    );
  }
  rmSync(file);
  expect(await refused("resume elsewhere/run --economy elsewhere/my-economy.ts", io)).toContain("there is no ");
  await done(`train akash ${SMALL} --out shipped`, io);
  expect(await refused("export shipped --economy mine.ts --out d.json", io)).toContain("which ships with flyball");
});

/** A run folder as a stranger might hand it over: its economy is within it and writes a file when it is run. */
async function poisoned(io: FakeIo): Promise<{ readonly ran: () => boolean }> {
  await done(`train my-economy.ts ${SMALL} --out gift`, io);
  const trap = join(io.cwd, "trap");
  const poison = `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(trap)}, "ran");\n`;
  const text = `${poison}${readFileSync(join(io.cwd, "my-economy.ts"), "utf8")}`;
  writeFileSync(join(io.cwd, "gift/economy.ts"), text);
  const sha256 = sha256Hex(text);
  const config = JSON.parse(readFileSync(join(io.cwd, "gift/config.json"), "utf8"));
  Object.assign(config, { economyFile: { path: "economy.ts", sha256, entrySha256: sha256 } });
  writeFileSync(join(io.cwd, "gift/config.json"), JSON.stringify(config));
  return { ran: () => existsSync(trap) };
}

test("a run folder from someone else runs no code, and the error says what to type", async () => {
  const io = withExample();
  const { ran } = await poisoned(io);
  for (const line of [
    "export gift --out c.json",
    "resume gift",
    "evaluate gift --economy akash",
    "simulate gift --economy akash --days 2",
  ]) {
    expect(await refused(line, io)).toMatch(
      /gift was trained on an economy of your own \(gift\/economy.ts\), whose code is run only when you name it\n {2}if you trust that file, give --economy gift\/economy.ts/,
    );
    expect(ran(), line).toBe(false);
  }
  // The file that the user did train on is not the one that the folder asks for now: neither runs.
  expect(await refused("export gift --economy my-economy.ts --out c.json", io)).toContain("is another file");
  expect(ran()).toBe(false);
  // Named by the user it may run, and still is not what the checkpoint was trained on.
  expect(await refused("export gift --economy gift/economy.ts --out c.json", io)).toContain("economyFile.sha256 is");
});

test("a file that differs from the run's is neither bundled nor run", async () => {
  const io = withExample();
  await done(`train my-economy.ts ${SMALL} --out run`, io);
  const trap = join(io.cwd, "trap");
  // Not TypeScript at all: bundling it would fail in another way.
  writeFileSync(join(io.cwd, "my-economy.ts"), `require("fs").writeFileSync(${JSON.stringify(trap)}, ""); }{`);
  expect(await refused("resume run --economy my-economy.ts", io)).toContain("has changed since");
  expect(existsSync(trap)).toBe(false);
});

test("a run folder that names a shipped economy and a file runs no code either", async () => {
  const io = withExample();
  const { ran } = await poisoned(io);
  const config = JSON.parse(readFileSync(join(io.cwd, "gift/config.json"), "utf8"));
  writeFileSync(join(io.cwd, "gift/config.json"), JSON.stringify({ ...config, economy: "akash-v1" }));
  for (const line of ["export gift --out c.json", "evaluate gift --economy akash", "resume gift"]) {
    await refused(line, io);
    expect(ran(), line).toBe(false);
  }
});

test("what a file imports belongs to it", async () => {
  const io = withExample();
  const text = readFileSync(join(io.cwd, "my-economy.ts"), "utf8");
  writeFileSync(join(io.cwd, "speed.ts"), "export const SPEED = 0.02;\n");
  const split = text.replace("assumed(0.02, 0, 0.2,", "assumed(SPEED, 0, 0.2,");
  expect(split).not.toBe(text);
  writeFileSync(join(io.cwd, "my-economy.ts"), `import { SPEED } from "./speed.js";\n${split}`);
  await done(`train my-economy.ts ${SMALL} --out run`, io);
  writeFileSync(join(io.cwd, "speed.ts"), "export const SPEED = 0.03;\n");
  expect(await refused("resume run --economy my-economy.ts", io)).toContain("my-economy.ts has changed since");
});

test("a controller is refused by an economy of the same id whose numbers mean something else, with both values", async () => {
  const io = fakeIo();
  const text = readFileSync(join(packageRoot(), "examples/minimal-economy.ts"), "utf8");
  writeFileSync(join(io.cwd, "a.ts"), text);
  await done(`train a.ts ${SMALL} --out run`, io);
  await done("export run --economy a.ts --out c.json", io);
  await done("simulate c.json --economy a.ts --days 3", io);
  type Change = readonly (readonly [from: string, to: string])[];
  const perYear: Change = [
    ['issuance: { unit: "1"', 'issuance: { unit: "1/year"'],
    ["a.issuance * supply", "a.issuance * u.STEP * supply"],
    ["START_PRICE: 1,", "START_PRICE: 1, STEP: 1 / 365,"],
    ["useUnits: {", 'useUnits: { STEP: "year",'],
  ];
  const variants: readonly (readonly [message: string, change: Change])[] = [
    ['actions.issuance.unit is "1" in the controller, but "1/year" in the economy', perYear],
    ["actions.issuance.high is 0.001 in the controller, but 1 in the economy", [["high: 0.001", "high: 1"]]],
    [
      "actions.issuance.maxMove is 0.0005 in the controller, but 0.0001 in the economy",
      [["maxMove: 0.0005", "maxMove: 0.0001"]],
    ],
    ["delays.action is 0 in the controller, but 3 in the economy", [["actionDelay: 0", "actionDelay: 3"]]],
  ];
  for (const [message, change] of variants) {
    for (const [from] of change) expect(text).toContain(from);
    const other = change.reduce((changed, [from, to]) => changed.replace(from, to), text);
    writeFileSync(join(io.cwd, "b.ts"), other);
    for (const line of ["simulate c.json --economy ./b.ts --days 3", "evaluate c.json --economy ./b.ts"]) {
      expect(await refused(line, io)).toContain(message);
    }
  }
});

test("files that are no economy are refused where a command takes one", async () => {
  const io = withExample();
  expect(await refused(`train nowhere.ts ${SMALL}`, io)).toContain("there is no ");
  writeFileSync(join(io.cwd, "none.js"), "export const x = 1;\n");
  expect(await refused(`train none.js ${SMALL}`, io)).toContain("none.js exports no economy");
  const text = readFileSync(join(io.cwd, "my-economy.ts"), "utf8");
  writeFileSync(join(io.cwd, "two.ts"), `${text}\nexport const more: Economy = { ...relays, id: "more-v1" };\n`);
  expect(await refused("simulate none --economy two.ts", io)).toContain("exports more than one economy: more, relays");
  writeFileSync(join(io.cwd, "taken.ts"), text.replace('id: "relays-v1"', 'id: "akash-v1"'));
  expect(await refused("check taken.ts", io)).toContain("relays of taken.ts has the id akash-v1 of an economy that ships");
  writeFileSync(join(io.cwd, "free.ts"), text.replace("const wanted = Math.exp(s.demand);", "const wanted = GROWTH;"));
  expect(await refused("tune constant --economy free.ts", io)).toMatch(/^error: free.ts:\d+:\d+: .*GROWTH/);
  writeFileSync(join(io.cwd, "start.ts"), text.replace("s.capacity = 1.1;", "s.capacity = CAPACITY;"));
  expect(await refused("train start.ts", io)).toMatch(/^error: start.ts:\d+:\d+: .*CAPACITY/);
  writeFileSync(join(io.cwd, "helper.ts"), text.replace("u.moveSize(s, a, u)", "u.moveSise(s, a, u)"));
  expect(await refused("simulate none --economy helper.ts", io)).toMatch(
    /^error: helper.ts:\d+:\d+: .*moveSise.*did you mean "moveSize"/,
  );
  writeFileSync(
    join(io.cwd, "unit.ts"),
    text.replace("const wanted = Math.exp(s.demand);", "const wanted = Math.exp(s.demand * s.price);"),
  );
  expect(await refused("evaluate none --economy unit.ts", io)).toMatch(/^error: unit.ts:\d+:\d+: .*pure number.*USD\/RLY/);
  expect(await refused("simulate none --economy my-economy.ts --listed spak", io)).toContain(
    'there is no listed layer of kind "spak"',
  );
});
