import type { Command } from "commander";
import { rulesFor } from "../../agents/rules/registry.js";
import { ECONOMIES } from "../../env/economies/index.js";
import type { Economy } from "../../env/economy.js";
import { shortName } from "../../env/economy-id.js";
import { LISTING } from "../../env/registry.js";
import { type EconomiesDocument, economiesSchema } from "../economies-schema.js";
import { type Io, writeJson, writeLine } from "../io.js";
import { writeTable } from "../terminal/table.js";

export function addEconomies(program: Command, io: Io): void {
  program
    .command("economies")
    .description("lists the economies that there are; --json tells all about them")
    .option("--json", "print one JSON document (docs/schemas/economies.schema.json)")
    .addHelpText("after", "\nExample:\n  flyball economies --json")
    .action((options: { readonly json?: boolean }) => {
      if (options.json) {
        const document: EconomiesDocument = { economies: ECONOMIES.map(describeEconomy), listed: [...LISTING.kinds] };
        return writeJson(io, economiesSchema.parse(document));
      }
      const rows = ECONOMIES.map(({ id, doc }) => [id, shortName(id), doc]);
      writeTable(io.stdout, { head: ["id", "name", "what it is"], rows });
      writeLine(io.stdout, `\nkinds of --listed: ${LISTING.kinds.join(", ")}`);
    });
}

type Described = EconomiesDocument["economies"][number];

function describeEconomy(economy: Economy): Described {
  const { id, doc, token, subnets, actions, observations, presets, objectives, horizon, observationDelay, actionDelay } =
    economy;
  const { terms, constraints, scenarios } = economy;
  return {
    id,
    name: shortName(id),
    doc,
    token,
    subnets: subnets === undefined ? null : { least: subnets.least, most: subnets.most },
    actions: actions.kind === "continuous" ? actions.fields : { choice: { count: actions.count, doc: actions.doc } },
    observations,
    params: mapValues(economy.params, (spec, name) => ({ ...spec, varied: economy.varying.includes(name) })),
    presets: mapValues(presets, ({ doc, overrides }) => ({ doc, overrides })),
    scenarios: mapValues(scenarios, ({ doc, overrides }) => ({ doc, overrides })),
    rules: Object.fromEntries(rulesFor(economy).map(({ id, doc, tunable }) => [id, { doc, tunable: [...tunable] }])),
    terms: mapValues(terms, ({ unit, doc }) => ({ unit, doc })),
    objectives,
    constraints,
    horizon,
    observationDelay,
    actionDelay,
  };
}

function mapValues<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
