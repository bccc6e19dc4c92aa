import { expect, test } from "vitest";
import { CONTROLLER_JSON_SCHEMA } from "../agents/controller-file.js";
import { reportJsonSchema } from "../eval/report-schema.js";
import { fakeIo } from "../test/fake-io.js";
import { CONFIG_JSON_SCHEMA, listSettings } from "../train/config.js";
import { economiesJsonSchema } from "./economies-schema.js";
import { createProgram } from "./run.js";

// Golden files: these pages are written from the code. `npx vitest run cli/docs -u` brings them up to date.

/** All that `--help` prints of a command, its example included. */
function helpOf(command: ReturnType<typeof createProgram>): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => void parts.push(text) });
  command.outputHelp();
  return parts.join("").trimEnd();
}

test("docs/cli.md shows every command as --help does", async () => {
  const program = createProgram(fakeIo());
  const commands = program.commands.map((command) => {
    const [help = ""] = helpOf(command).split("\n\nSettings for");
    return `## flyball ${command.name()}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
  });
  const rows = listSettings().map(({ key, fallback, allowed, doc }) => {
    const value = fallback === null ? "off" : Array.isArray(fallback) ? fallback.join(",") : String(fallback);
    return `| \`${key}\` | \`${value}\` | ${allowed} | ${doc} |`;
  });
  const page = [
    "# Command line",
    "",
    "Written from the commands themselves (`npx vitest run cli/docs -u`); a test fails when this page is out of date.",
    "",
    "Results go to standard output, progress and errors to standard error. With `--json` standard output is exactly one JSON",
    "document. Exit codes: 0 done, 2 your mistake (two lines: what, and what to do), 1 ours (with a stack).",
    "",
    "Where a command takes a controller, it may be a rule (`affine`), a rule with the tuned values that ship with flyball",
    "(`affine:tuned`), `rules` for all of them, a file of `flyball tune` or `flyball export`, or a run folder.",
    "",
    "Where it takes an economy, it may be an id (`akash`, `akash-v1`; `bittensor@16` has 16 subnets; `akash+spac` is what `--listed spac`",
    "makes of it) or a `.ts`, `.mts`, `.js` or `.mjs` file of yours that exports one: see [writing-an-economy.md](writing-an-economy.md).",
    "Such a file is code and is run as such, with your rights, bundled by esbuild. Files of data are never run.",
    "",
    ...commands,
    "## Settings of training",
    "",
    "For `--set key=value` and `--config FILE`. `off` means that the setting is not used or is chosen by the economy.",
    "",
    "| setting | default | allowed | meaning |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../docs/cli.md");
});

test.each([
  ["economies", economiesJsonSchema()],
  ["report", reportJsonSchema()],
  ["controller", CONTROLLER_JSON_SCHEMA],
  ["config", CONFIG_JSON_SCHEMA],
])("docs/schemas/%s.schema.json is the schema that the code checks with", async (name, schema) => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`../docs/schemas/${name}.schema.json`);
});
