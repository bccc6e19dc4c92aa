// Writes the pages that follow from the code alone. `npm run docs`
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { nodeIo } from "../cli/node-io.js";
import { packageRoot } from "../cli/package-root.js";
import { writtenPages } from "./written-pages.js";

for (const [name, text] of Object.entries(writtenPages(nodeIo((code) => process.exit(code))))) {
  const path = join(packageRoot(), "docs", name);
  writeFileSync(path, text);
  console.log(`wrote ${path}`);
}
