import type { Command } from "commander";
import { shortName } from "../../env/economy-id.js";
import { ECONOMIES } from "../../env/registry.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { renderTable } from "../table.js";

export function addEconomies(program: Command, io: Io): void {
  program
    .command("economies")
    .description("lists the economies that there are")
    .option("--json", "print one JSON document")
    .addHelpText("after", "\nExample:\n  flyball economies --json")
    .action((options: { readonly json?: boolean }) => {
      const economies = ECONOMIES.map(describeEconomy);
      if (options.json) return writeJson(io, { economies });
      const rows = economies.map(({ id, name, doc }) => [id, name, doc]);
      writeLine(io.stdout, renderTable(["id", "name", "what it is"], rows));
    });
}

function describeEconomy(economy: (typeof ECONOMIES)[number]) {
  const { id, doc, token, actions, observations, objectives, presets, scenarios, horizon } = economy;
  return {
    id,
    name: shortName(id),
    doc,
    token,
    actions: actions.kind === "continuous" ? actions.fields : { choice: { count: actions.count, doc: actions.doc } },
    observations,
    objectives,
    presets: Object.keys(presets),
    scenarios: Object.keys(scenarios),
    horizon,
  };
}
