import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ECONOMIES } from "../env/economies/index.js";
import { saturationRow } from "./saturation.js";

const page = readFileSync(join(import.meta.dirname, "../docs/reference/rules.md"), "utf8");

test.each(ECONOMIES.map((economy) => [economy.id, economy] as const))(
  "docs/reference/rules.md says which rules saturate on %s: `npm run docs` writes the table anew",
  (id, economy) => {
    expect(page.split("\n").find((line) => line.startsWith(`| ${id} |`))).toBe(saturationRow(economy));
  },
);
