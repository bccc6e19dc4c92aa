import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Which folders a folder may import from, besides itself. That nothing imports in a circle is counted in counts.test.ts. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  compiler: ["core"],
  env: ["compiler", "core"],
  models: ["compiler", "core"],
  agents: ["env", "models", "compiler", "core"],
  train: ["agents", "env", "models", "compiler", "core"],
  eval: ["agents", "env", "models", "compiler", "core"],
};

/** The same for folders that may touch files and the clock. Programs (cli, probes, scripts) may import all. */
const PROGRAM_ARROWS: Readonly<Record<string, readonly string[]>> = {
  reference: ["agents", "models"],
  validation: ["eval", "train", "agents", "env", "models", "compiler", "core"],
  bench: ["reference", "train", "agents", "env", "models", "compiler", "core"],
};

/** The same within the compiler: rooms that a room may import from. Files at its top are what step functions import. */
const COMPILER_ARROWS: Readonly<Record<string, readonly string[]>> = {
  ir: [],
  float32: [],
  analysis: ["ir"],
  adjoint: ["ir", "analysis"],
  trace: ["ir", "analysis"],
  text: ["ir", "analysis"],
  js: ["ir", "text"],
  wasm: ["ir", "analysis", "float32"],
  wgsl: ["ir", "text", "float32"],
  decimal: ["ir"],
};

function sourcesOf(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((name) => `${folder}/${name}`)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !name.endsWith(".d.ts"))
    .filter((name) => !name.includes("/assembly/") && !name.includes("/generated/"));
}

/** Files of this repository that a file imports, types included. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const found = text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g);
  return [...found].map(([, path]) => normalize(join(dirname(file), path!)).replace(/\.js$/, ".ts"));
}

const FILES = Object.keys(ARROWS).flatMap(sourcesOf);
const GRAPH = new Map(
  [...FILES, ...[...Object.keys(PROGRAM_ARROWS), "cli", "probes", "scripts"].flatMap(sourcesOf)].map((file) => [
    file,
    importsOf(file),
  ]),
);

test("the search finds the files and their imports", () => {
  expect(FILES.length).toBeGreaterThan(100);
  expect(GRAPH.get("models/init.ts")).toEqual(["models/spec.ts"]);
});

describe.each(Object.entries({ ...ARROWS, ...PROGRAM_ARROWS }))("%s", (folder, allowed) => {
  test(`imports only from itself and ${allowed.join(", ") || "nothing else"}`, () => {
    const wrong = sourcesOf(folder).flatMap((file) =>
      GRAPH.get(file)!
        .filter((target) => ![folder, ...allowed].includes(target.split("/")[0]!))
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(Object.keys(ARROWS))("%s", (folder) => {
  test("touches neither console nor files, clock or process", () => {
    const wrong = sourcesOf(folder).filter((file) => {
      // A device is one of the two places for effects.
      if (file.startsWith("models/wasm/")) return false;
      // Comments and texts may speak of them.
      const code = readFileSync(join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$|"(?!node:)[^"\n]*"/gm, "");
      return /\bconsole\.|"node:(fs|process|os|path)|\bprocess\.|Date\.now|new Date\(\)|\bperformance\.|Math\.random/.test(
        code,
      );
    });
    expect(wrong).toEqual([]);
  });
});

test("rooms of the compiler import one way", () => {
  const files = sourcesOf("compiler");
  expect(new Set(files.map(roomOf))).toEqual(new Set([...Object.keys(COMPILER_ARROWS), "top"]));
  const wrong = files.flatMap((file) => {
    const allowed = [roomOf(file), "top", ...(COMPILER_ARROWS[roomOf(file)] ?? [])];
    const targets = GRAPH.get(file)!.filter((target) => target.startsWith("compiler/") && !allowed.includes(roomOf(target)));
    return targets.map((target) => `${file} -> ${target}`);
  });
  expect(wrong).toEqual([]);
});

/** `trace` for compiler/trace/source.ts, `top` for compiler/schema.ts. */
function roomOf(file: string): string {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1]! : "top";
}

test("process.exit is called in one place", () => {
  const callers = sourcesOf("cli").filter((file) => readFileSync(join(ROOT, file), "utf8").includes("process.exit("));
  expect(callers).toEqual(["cli/main.ts"]);
});
