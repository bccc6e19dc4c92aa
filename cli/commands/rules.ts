import type { Command } from "commander";
import { rulesFor } from "../../agents/rules/registry.js";
import { chooseEconomy } from "../economy-option.js";
import { type Io, writeJson } from "../io.js";
import { writeTable } from "../terminal/table.js";

interface Options {
  readonly economy: string;
  readonly json?: boolean;
}

export function addRules(program: Command, io: Io): void {
  program
    .command("rules")
    .description("lists the fixed rules with their parameters")
    .option("--economy <name>", "economy that they are made for", "akash")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball rules --json")
    .action(async (options: Options) => {
      const { economy } = await chooseEconomy(io, options.economy);
      const rules = rulesFor(economy).map(({ id, doc, params, tunable }) => ({ id, doc, tunable, params }));
      if (options.json) return writeJson(io, { economy: economy.id, rules });
      const rows = rules.map(({ id, doc, tunable }) => [id, String(tunable.length), doc]);
      writeTable(io.stdout, { head: ["rule", "tunable", "what it does"], rows, right: [1] });
    });
}
