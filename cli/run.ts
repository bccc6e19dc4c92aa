import { Command, CommanderError } from "commander";
import { formatUserError, UserError } from "../core/errors.js";
import { COMMANDS } from "./commands.js";
import { EXIT_CODES, InterruptedError } from "./interrupt.js";
import { type Io, writeLine } from "./io.js";
import { explainUsage } from "./usage-error.js";
import { VERSION } from "./version.js";

/** Runs one command line. Returns the exit code, see `EXIT_CODES`. */
export async function runCli(argv: readonly string[], io: Io): Promise<number> {
  const program = createProgram(io);
  try {
    await program.parseAsync([...argv], { from: "user" });
    return EXIT_CODES.done;
  } catch (error) {
    if (error instanceof InterruptedError) return EXIT_CODES[error.signal];
    if (!(error instanceof CommanderError)) return reportError(error, io);
    return error.exitCode === 0 ? EXIT_CODES.done : reportError(explainUsage(error, program, argv), io);
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

function reportError(error: unknown, io: Io): number {
  if (error instanceof UserError) {
    io.stderr.write(formatUserError(error));
    return EXIT_CODES.refused;
  }
  writeLine(io.stderr, error instanceof Error ? (error.stack ?? error.message) : String(error));
  writeLine(io.stderr, "this is a fault of flyball, not yours; please report it with the lines above");
  return EXIT_CODES.fault;
}
