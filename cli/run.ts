import { Command, CommanderError } from "commander";
import { UserError } from "../core/errors.js";
import { suggest } from "../core/nearest.js";
import { COMMANDS } from "./commands.js";
import { type Io, writeLine } from "./io.js";
import { VERSION } from "./version.js";

/**
 * Runs one command line. Returns the exit code: 0 done, 2 the user's mistake (two lines on stderr: what, and what to do),
 * 1 ours (with a stack).
 */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  try {
    await createProgram(io).parseAsync([...argv], { from: "user" });
    return 0;
  } catch (error) {
    return reportError(error, argv, io);
  }
}

/** All commands on a program that throws instead of ending the process. */
export function createProgram(io: Io): Command {
  const program = new Command("flyball")
    .description("Trains, tests and ships governors for token economies.")
    .version(VERSION, "--version", "print the version")
    .helpOption("--help", "print this help")
    .helpCommand(false)
    .exitOverride()
    // The same width everywhere, so that docs/reference/cli.md is the same on every machine.
    .configureHelp({ helpWidth: 110 })
    .configureOutput({ writeOut: io.stdout.write, writeErr: () => undefined })
    .addHelpText(
      "after",
      "\nExample:\n  flyball train akash --out runs/first\n\n`flyball <command> --help` has an example for each command.",
    );
  for (const add of COMMANDS) add(program, io);
  for (const command of program.commands)
    command.exitOverride().helpOption("--help", "print this help").copyInheritedSettings(program);
  return program;
}

function reportError(error: unknown, argv: readonly string[], io: Io): number {
  if (error instanceof CommanderError) return reportUsage(error, argv, io);
  if (error instanceof UserError) {
    writeLine(io.stderr, `error: ${error.message}`);
    writeLine(io.stderr, `  ${error.hint}`);
    return 2;
  }
  writeLine(io.stderr, error instanceof Error ? (error.stack ?? error.message) : String(error));
  writeLine(io.stderr, "this is a fault of flyball, not yours; please report it with the lines above");
  return 1;
}

/** Commander's own complaints, in our two lines. */
function reportUsage(error: CommanderError, argv: readonly string[], io: Io): number {
  if (error.exitCode === 0) return 0;
  const names = COMMANDS_BY_NAME(io);
  if (error.code === "commander.help") {
    writeLine(io.stderr, "error: no command given");
    writeLine(io.stderr, `  one of: ${names.join(", ")}; for example flyball train akash`);
    return 2;
  }
  const [first = "", second] = error.message.replace(/^error: /, "").split("\n");
  const command = names.find((name) => name === argv[0]);
  const fallback = command ? `see flyball ${command} --help` : "see flyball --help";
  const unknown = error.code === "commander.unknownCommand" ? (argv[0] ?? "") : undefined;
  const hint = unknown === undefined ? (second?.replace(/^\(D(.*)\)$/, "d$1") ?? fallback) : suggest(unknown, names);
  writeLine(io.stderr, `error: ${first}`);
  writeLine(io.stderr, `  ${hint}`);
  return 2;
}

function COMMANDS_BY_NAME(io: Io): readonly string[] {
  return createProgram(io).commands.map((command) => command.name());
}
