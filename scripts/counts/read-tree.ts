import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseTree, type Source } from "./tree.js";

/** Not counted: kernels in AssemblyScript and generated files, and what is not source. */
const LEFT_OUT = /^(node_modules|dist|docs|models\/wasm\/assembly)$|(^|\/)(generated|\.[^/]+)$/;

/** Every TypeScript file below the root, parsed. */
export function readTree(root: string): readonly Source[] {
  const files = filesBelow(root, "").filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
  return parseTree(new Map(files.map((path) => [path, readFileSync(join(root, path), "utf8")])));
}

/** Lines of the tuned rules that the package ships. */
export function tunedRuleLines(root: string): number {
  const files = filesBelow(root, "agents/rules/tuned").filter((path) => path.endsWith(".json"));
  return files.reduce((sum, path) => sum + readFileSync(join(root, path), "utf8").trimEnd().split("\n").length, 0);
}

function filesBelow(root: string, folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (LEFT_OUT.test(path)) return [];
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
}
