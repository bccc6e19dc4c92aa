import type { Command } from "commander";
import { listSettings } from "../train/config.js";

const HEAD = [
  "# Command line",
  "",
  "Written from the commands themselves by `npm run docs`; a test fails when this page is out of date.",
  "",
  "Results go to standard output, progress and errors to standard error. With `--json` standard output is exactly one JSON",
  "document. A reader that goes away (`| head -1`) ends the output, not the work.",
  "",
  "| exit code | what happened |",
  "| --- | --- |",
  "| 0 | done |",
  "| 1 | a fault of flyball: a stack, please report it |",
  "| 2 | refused: a mistake of yours or of the machine (disk full, GPU gone), in two lines: what, and what to do |",
  "| 130, 143, 129 | training was interrupted by Ctrl-C (SIGINT), SIGTERM or SIGHUP and has saved: `flyball resume` goes on. A second signal ends it without saving, with the same code |",
  "",
  "Files are written to a temporary name (`.flyball-HOST-PID.tmp`) and renamed; what a killed process left is removed at the next",
  "write to the same folder. `--out` takes a file or a new name; devices, pipes and sockets are refused, `/dev/stdout` too: pipe",
  "standard output instead. `nohup` does not shield from SIGHUP, as Node.js resets it; use `setsid` or a terminal multiplexer.",
  "",
  "Where a command takes a controller, it may be a rule (`affine`), a rule with the tuned values that ship with flyball",
  "(`affine:tuned`), `rules` for all of them, a file of `flyball tune` or `flyball export`, or a run folder.",
  "",
  "Where it takes an economy, it may be an id (`akash`, `akash-v1`; `bittensor@16` has 16 subnets; `akash+spac` is what `--listed spac`",
  "makes of it) or a `.ts`, `.mts`, `.js` or `.mjs` file of yours that exports one: see [writing-an-economy.md](../how-to/writing-an-economy.md).",
  "Such a file is code and is run as such, with your rights, bundled by esbuild. It is run only when you name it: a run that was trained",
  "on it is opened with `--economy FILE`, and the file must be the one that it was trained on. Files of data are never run.",
  "",
];

const SETTINGS = [
  "## Settings of training",
  "",
  "For `--set key=value` and `--config FILE`. `off` means that the setting is not used or is chosen by the economy.",
  "",
  "| setting | algorithm | default | allowed | meaning |",
  "| --- | --- | --- | --- | --- |",
];

/** docs/reference/cli.md: every command as its `--help` shows it, then the settings of training. */
export function renderCommands(program: Command): string {
  const commands = program.commands.map((command) => {
    const [help = ""] = helpOf(command).split("\n\nSettings for");
    return `## flyball ${command.name()}\n\n\`\`\`text\n${help}\n\`\`\`\n`;
  });
  const rows = listSettings().map(({ key, algorithm, fallback, allowed, doc }) => {
    const value = fallback === null ? "off" : Array.isArray(fallback) ? fallback.join(",") : String(fallback);
    return `| \`${key}\` | ${algorithm ?? "all"} | \`${value}\` | ${allowed} | ${doc} |`;
  });
  return [...HEAD, ...commands, ...SETTINGS, ...rows, ""].join("\n");
}

/** All that `--help` prints of a command, its example included. */
function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => void parts.push(text) });
  command.outputHelp();
  return parts.join("").trimEnd();
}
