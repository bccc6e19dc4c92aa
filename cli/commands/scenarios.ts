import type { Command } from "commander";
import { ECONOMIES } from "../../env/economies/index.js";
import { chooseEconomy } from "../economy-option.js";
import { type Io, writeJson } from "../io.js";
import { writeTable } from "../terminal/table.js";

interface Options {
  readonly economy?: string;
  readonly json?: boolean;
}

export function addScenarios(program: Command, io: Io): void {
  program
    .command("scenarios")
    .description("lists the held-out scenarios of the economies")
    .option("--economy <name>", "of this economy only")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball scenarios --economy akash")
    .action(async (options: Options) => {
      const economies = options.economy === undefined ? ECONOMIES : [(await chooseEconomy(io, options.economy)).economy];
      const scenarios = economies.flatMap((economy) =>
        Object.entries(economy.scenarios).map(([name, scenario]) => ({ economy: economy.id, name, ...scenario })),
      );
      if (options.json) return writeJson(io, { scenarios });
      const rows = scenarios.map(({ economy, name, doc }) => [economy, name, doc]);
      writeTable(io.stdout, { head: ["economy", "scenario", "what happens"], rows });
    });
}
