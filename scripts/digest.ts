// Prints what training, tuning, evaluation, export and simulation compute, as one line of hash each, and compares it with
// scripts/digest/expected.txt. A change that only moves code leaves every line as it is. `npm run digest [-- --update]`
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeIo } from "../cli/node-io.js";
import { packageRoot } from "../cli/package-root.js";
import { digestLines } from "./digest/lines.js";

const EXPECTED = join(packageRoot(), "scripts/digest/expected.txt");

const cwd = mkdtempSync(join(tmpdir(), "flyball-digest-"));
process.on("exit", () => rmSync(cwd, { recursive: true, force: true }));

const written: string[] = [];
const lastWords: string[] = [];
const silent = { isTTY: false, columns: 80, write: () => undefined, failure: () => undefined };
const stderr = { ...silent, write: (text: string) => void lastWords.push(text) };
try {
  for await (const line of digestLines({ ...nodeIo((code) => process.exit(code)), cwd, stdout: silent, stderr })) {
    console.log(line);
    written.push(line);
    lastWords.length = 0;
  }
} catch (error) {
  console.error(lastWords.slice(-6).join(""));
  throw error;
}

if (process.argv.includes("--update")) {
  writeFileSync(EXPECTED, `${written.join("\n")}\n`);
} else {
  const expected = readFileSync(EXPECTED, "utf8").trimEnd().split("\n");
  const wrong = expected.filter((line, i) => line !== written[i]);
  if (wrong.length > 0 || expected.length !== written.length) {
    console.error(`\n${wrong.length} of ${expected.length} lines differ from ${EXPECTED}; there they are`);
    for (const line of wrong) console.error(line);
    console.error("\na change that is meant to compute something else: npm run digest -- --update, and say why in the commit");
    process.exit(1);
  }
  console.log(`all ${expected.length} lines as expected`);
}
process.exit(0);
