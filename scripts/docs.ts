// Writes the pages that follow from the code alone: docs/assumptions.md. `npm run docs`
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../cli/package-root.js";
import { renderAssumptions } from "../env/assumptions.js";
import { WEAK_POINTS } from "../env/economies/akash/weak-points.js";
import { akash } from "../env/economies/akash.js";

const path = join(packageRoot(), "docs/assumptions.md");
writeFileSync(path, renderAssumptions(akash, WEAK_POINTS));
console.log(`wrote ${path}`);
