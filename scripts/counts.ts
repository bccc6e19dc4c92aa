// Prints figures of the source tree. `npm run counts`, `npm run counts -- --list any env/market`
import { Command, Option } from "commander";
import { packageRoot } from "../cli/package-root.js";
import { COUNTS, countTree } from "./counts/counts.js";
import { readTree, tunedRuleLines } from "./counts/read-tree.js";

const program = new Command("counts")
  .description("Figures of the source tree; with a folder, those of its files.")
  .argument("[folders...]", "only places in these folders or files")
  .addOption(new Option("--list <name>", "print the places of one figure").choices(Object.keys(COUNTS)))
  .parse();
const { list } = program.opts<{ list?: string }>();
const within = (path: string) =>
  program.args.length === 0 || program.args.some((folder) => `${path}/`.startsWith(`${folder.replace(/\/$/, "")}/`));
const tree = readTree(packageRoot());

if (list === undefined) {
  console.log("product tests");
  for (const [name, { title }] of Object.entries(COUNTS)) {
    const { product, tests } = countTree(tree, name);
    const figure = (places: typeof product) => String(places.filter(({ path }) => within(path)).length);
    console.log(`${figure(product).padStart(7)} ${figure(tests).padStart(5)}  ${name.padEnd(13)} ${title}`);
  }
  console.log(`${String(tunedRuleLines(packageRoot())).padStart(7)}        tuned         lines of shipped tuned rules`);
} else {
  const { product, tests } = countTree(tree, list);
  for (const { path, line, what } of [...product, ...tests].filter((place) => within(place.path))) {
    console.log(`${path}:${line}  ${what}`);
  }
}
