import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FakeIo, fakeIo, flyball } from "../test/support/fake-io.js";
import { nodeIo } from "./node-io.js";
import { createProgram } from "./run.js";

const program = createProgram(nodeIo(() => undefined));
const COMMANDS = new Map(program.commands.map((command) => [command.name(), command.options.map(({ long }) => long)]));

/** Files of a folder in which the lines below are run. */
const FILES: Readonly<Record<string, string>> = {
  "commented.json": '// Calibrated\n{ "format": "flyball-params" }\n',
  "mixed-case.yaml": "Hello: World\nLearningRate: 0.1\n",
  "empty.json": "",
  "array.json": "[1, 2]",
  "null.json": "null",
  "text.json": '"Quite A Text"',
  "deep.json": "[".repeat(100_000),
  "huge.json": '{"gamma": 1e999}',
  "proto.json": '{"__proto__": {"gamma": 1}}',
  "typed.json": '{"gamma": "high", "hidden": {"a": 1}}',
  "newline.json": '{"gam\\nma\\u001b[31m": 1}',
  // Every value in its range, but a random draw of the collateral ratio puts more into the vault than there is.
  "tight.json":
    '{"format":"flyball-params","version":1,"economy":"akash-v1","values":{"supplyStart":196997159.1758076,"priceStart":23.267354587146546,"usageReference":43820537.210649244,"escrowTime":31.45913331536576},"source":{"kind":"prices.csv","from":"2021-01-01","to":"2021-01-02","days":2,"sha256":"0000000000000000000000000000000000000000000000000000000000000000","seed":0,"distance":0,"notes":[]}}',
  "params.json": '{"format": "flyball-params", "version": 1, "economy": "render-v1", "values": {}, "source": 7}',
  "rule.json": '{"format": "flyball-rule", "version": 1, "rule": "Affine", "economy": "akash-v1", "values": [1]}',
  "controller.json": '{"format": "flyball-controller", "version": 1, "sha256": "0"}',
  "prices.csv": "date,price_usd\n2024-01-01,abc\n",
  "empty.csv": "",
  "broken.ts": "export const = 3;\n",
  "throws.ts": 'throw new Error("Two\\nLines\\u001b[31m");\n',
  "nothing.ts": "export const answer = 42;\n",
  "run/config.json": '{"format": "flyball-run", "version": 2}',
  "bare/notes.txt": "no run",
};

/** `\n` in a line is a line break in an argument, `\e` an escape. */
const LINES = [
  "",
  "trian akash",
  "train",
  "train akash extra",
  "train akash --stpes 5",
  "train akash --steps",
  "train akash --steps 0",
  "train akash --steps 1e400",
  "train akash --steps many\\nlines\\e[31m",
  "train akash --seed -1",
  "train akash --seed 1.5",
  "train akash --device cuda",
  "train akash --threads 100000",
  "train akash --listed mnav",
  "train akash --preset matur",
  "train akash --params gone.json",
  "train akash --params commented.json",
  "train akash --params params.json",
  "train akash --params tight.json",
  "train akash --params bare",
  "train akash --config mixed-case.yaml",
  "train akash --config empty.json",
  "train akash --config array.json",
  "train akash --config null.json",
  "train akash --config text.json",
  "train akash --config deep.json",
  "train akash --config huge.json",
  "train akash --config proto.json",
  "train akash --config typed.json",
  "train akash --config newline.json",
  "train akash --config /dev/zero",
  "train akash --set gamma",
  "train akash --set gama=1",
  "train akash --set gamma=x\\ny",
  "train akash --set algorithm=ppo --set numEnvs=65",
  "train akash --set apg.rate=1",
  "train akash --set base=afine",
  "foresight akahs",
  "foresight akash --split train",
  "train akash --set hidden=0,0",
  "train akash --set hidden=64,",
  "train akash --device wasm --out commented.json",
  "train broken.ts",
  "train throws.ts",
  "train nothing.ts",
  "train gone.ts",
  "train bittensor@1000",
  "train akash+",
  "train a\\nb\\e[2J",
  "resume gone",
  "resume bare",
  "resume run",
  "resume run --out x",
  "export bare --out x.json",
  "export run",
  "export run --out x.json --format onnxx",
  "tune affin --economy akash --out x.json",
  "tune affine",
  "tune affine --economy akash --budget 5 --out x.json",
  "tune affine --economy akash --objective balancd --out x.json",
  "tune none --economy akash --out x.json",
  "tune affine --economy akash --out bare",
  "tune affine --economy akash --out commented.json/x",
  "evaluate --economy akash",
  "evaluate affine",
  "evaluate affine --economy akash --episodes 1",
  "evaluate affine --economy akash --scenarios crsh",
  "evaluate affine --economy akash --baseline nobody",
  "evaluate controller.json --economy akash",
  "evaluate rule.json --economy akash",
  "evaluate text.json --economy akash",
  "evaluate deep.json --economy akash",
  "evaluate gone:tuned --economy akash",
  "evaluate affine --economy akash --out commented.json",
  "simulate affine --economy akash --scenario all",
  "simulate affine --economy akash --scenario crsh",
  "simulate affine --economy akash --days 0",
  "simulate affine --economy akash --params commented.json --days 2",
  "simulate affine --economy akash --out bare",
  "simulate prices.csv --economy akash",
  "calibrate akash",
  "calibrate akash --prices gone.csv",
  "calibrate akash --prices empty.csv",
  "calibrate akash --prices prices.csv",
  "calibrate akash --prices bare",
  "check gone.ts",
  "check broken.ts",
  "check throws.ts",
  "check nothing.ts",
  "check prices.csv",
  "check bare",
  "rules --economy akahs",
  "scenarios --economy akash --json extra",
  "bench --seconds 0",
  "bench --into gone.md",
  "bench --into commented.json",
  "doctor --jsn",
  "--versoin",
];

describe("wrong input of every command", () => {
  test.each(LINES)("%s", async (line) => {
    const io = folderWith(FILES);
    const words = line === "" ? [] : line.split(" ").map((word) => word.replaceAll("\\n", "\n").replaceAll("\\e", "\u001b"));
    const { code, out, err } = await flyball(words, io);
    expect(code, err).toBe(2);
    expect(out).toBe("");
    // Two lines, no control characters but their ends, no stack.
    expect(err).toMatch(/^error: [^\p{Cc}]+\n {2}[^\p{Cc}]+\n$/u);
    const [what = "", hint = ""] = err.slice("error: ".length).split("\n  ");
    expect(what).not.toMatch(/^[A-Z][a-z]|\.$|undefined|\[object|at .*\.js:|TypeError/);
    namesOnlyWhatIs(hint, words[0] ?? "");
  });

  test("params whose random draws overdraw an account are refused before the start by train and tune, naming the draw", async () => {
    for (const line of [
      "train akash --params tight.json --seed 3",
      "tune affine --economy akash --params tight.json --seed 3",
    ]) {
      const io = folderWith(FILES);
      const { code, err } = await flyball(line.split(" "), io);
      expect(code).toBe(2);
      expect(err).toMatch(
        /^error: random draws from .* start the account liquid at -\d+ AKT \(seed 3, episode \d+, collateralStart drawn [\d.]+\): supplyStart .*\n {2}more tokens .*\n$/,
      );
      expect(readdirSync(io.cwd).sort()).toEqual(
        Object.keys(FILES)
          .map((name) => name.split("/")[0])
          .filter((x, i, all) => all.indexOf(x) === i)
          .sort(),
      );
    }
  });

  test("text of the user's is shown as it was written", async () => {
    const io = folderWith(FILES);
    expect((await flyball("train akash --config mixed-case.yaml", io)).err).toContain('"Hello: Wor"');
    expect((await flyball("simulate affine --economy akash --scenario all", io)).err).not.toContain("all,");
  });

  test("every command is among the lines", () => {
    const used = new Set(LINES.map((line) => line.split(" ")[0]));
    expect([...COMMANDS.keys()].filter((name) => !used.has(name) && name !== "economies")).toEqual([]);
  });
});

/** Options of the command itself, or of one that the hint names; `flyball X` is a command. */
function namesOnlyWhatIs(hint: string, command: string): void {
  const named = [...hint.matchAll(/flyball ([a-z]+)(?= |$|,)/g)].map(([, name]) => name!);
  for (const name of named.filter((word) => !["again", "that", "wrote"].includes(word)))
    expect(COMMANDS.has(name), hint).toBe(true);
  const options = [command, ...named].flatMap((name) => COMMANDS.get(name) ?? []);
  for (const [option] of hint.matchAll(/--[a-z]+/g)) expect([...options, "--help", "--version"], hint).toContain(option);
}

function folderWith(files: Readonly<Record<string, string>>): FakeIo {
  const io = fakeIo();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(io.cwd, name, ".."), { recursive: true });
    writeFileSync(join(io.cwd, name), text);
  }
  return io;
}
