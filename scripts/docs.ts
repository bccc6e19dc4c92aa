// Writes the pages that follow from the code alone, and one table of another. `npm run docs`
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeIo } from "../cli/node-io.js";
import { packageRoot } from "../cli/package-root.js";
import { insertSaturation } from "./saturation.js";
import { writtenPages } from "./written-pages.js";

const RULES = "reference/rules.md";
const pages = {
  ...writtenPages(nodeIo((code) => process.exit(code))),
  [RULES]: insertSaturation(readFileSync(join(packageRoot(), "docs", RULES), "utf8")),
};
for (const [name, text] of Object.entries(pages)) {
  const path = join(packageRoot(), "docs", name);
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}
