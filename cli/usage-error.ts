import type { Command, CommanderError } from "commander";
import { UserError } from "../core/errors.js";
import { nearest, suggest } from "../core/nearest.js";

/** What commander refuses, in our two lines: by its code, the command's own declarations and the command line. */
export function explainUsage({ code, exitCode }: CommanderError, program: Command, argv: readonly string[]): UserError {
  const names = program.commands.map((each) => each.name());
  const command = program.commands.find((each) => each.name() === argv.find((word) => !word.startsWith("-"))) ?? program;
  const refuse = (what: string, hint = helpOf(command, program)) => new UserError("E_USAGE", what, hint);
  switch (code) {
    case "commander.help":
      return refuse("no command given", `one of: ${names.join(", ")}; for example flyball train akash`);
    case "commander.unknownCommand":
      return refuse(`unknown command '${command.args[0] ?? ""}'`, suggest(command.args[0] ?? "", names));
    case "commander.unknownOption":
      return explainOption(command, program);
    case "commander.excessArguments":
      return refuse(
        `${command.name()} takes ${countOf(command.registeredArguments.length)}, got ${command.args.length}: ${command.args.join(" ")}`,
      );
    case "commander.missingArgument":
      return refuse(`missing argument <${command.registeredArguments[command.args.length]?.name() ?? "name"}>`);
    case "commander.optionMissingArgument":
      // An option takes whatever comes next, so only the last word of a line can lack its value.
      return refuse(`option ${argv.at(-1)} needs a value`);
    case "commander.missingMandatoryOptionValue":
      return refuse(`option ${missingOption(command)} is not given`);
    default:
      return refuse(`the command line cannot be read (${code}, ${exitCode})`);
  }
}

function explainOption(command: Command, program: Command): UserError {
  const word = command.args.find((each) => each.startsWith("-")) ?? "";
  const [flag = ""] = word.split("=");
  const close = nearest(
    flag,
    command.options.map(({ long }) => long ?? ""),
  );
  return new UserError(
    "E_USAGE",
    `unknown option '${flag}'`,
    close === undefined ? helpOf(command, program) : `did you mean ${close}?`,
  );
}

function missingOption(command: Command): string {
  const missing = command.options.find(
    (option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined,
  );
  return missing?.flags ?? "";
}

function helpOf(command: Command, program: Command): string {
  return command === program ? "see flyball --help" : `see flyball ${command.name()} --help`;
}

function countOf(count: number): string {
  return count === 0 ? "no arguments" : count === 1 ? "one argument" : `${count} arguments`;
}
