// Writes the pages that follow from the code alone: docs/assumptions.md. `npm run docs`
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../cli/package-root.js";
import { renderAssumptions } from "../env/assumptions.js";
import { ASSUMPTIONS, LAYERS } from "../env/assumptions-pages.js";

const path = join(packageRoot(), "docs/assumptions.md");
writeFileSync(path, renderAssumptions(ASSUMPTIONS, LAYERS));
console.log(`wrote ${path}`);
