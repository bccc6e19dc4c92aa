import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
/** What a project of a user has besides flyball: the types of Node.js. */
const USER_PACKAGES = ["@types/node"];

// A project that has installed the packed tarball: its dependencies are links, the development tools are absent.
let project = "";
let installed = "";

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "flyball-package-"));
  installed = join(project, "node_modules/flyball");
  const [packed] = JSON.parse(run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", project], ROOT));
  mkdirSync(dirname(installed));
  run("tar", ["-xzf", packed.filename], project);
  renameSync(join(project, "package"), installed);
  const { dependencies, optionalDependencies } = MANIFEST;
  for (const name of [...Object.keys({ ...dependencies, ...optionalDependencies }), ...USER_PACKAGES]) {
    mkdirSync(dirname(join(project, "node_modules", name)), { recursive: true });
    symlinkSync(join(ROOT, "node_modules", name), join(project, "node_modules", name), "junction");
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What a program prints. */
function run(command: string, args: readonly string[], cwd: string): string {
  // On Windows npm is a script that only a shell can start.
  const shell = process.platform === "win32" && command === "npm";
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", shell });
  expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

test("the examples compile strictly against the package, and run", () => {
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "user", type: "module" }));
  const compilerOptions = {
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: false },
    ...{ target: "ES2022", lib: ["ES2023"], module: "NodeNext", types: ["node"] },
    ...{ rootDir: "examples", outDir: "out" },
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["examples"] }));
  cpSync(join(installed, "examples"), join(project, "examples"), { recursive: true });
  run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", project], project);
  expect(run(process.execPath, ["out/library/mechanisms.js"], project)).toBe("block 840,000 creates 3.125 BTC\n");
});

test("it has every file that its files import, and nothing of scripts or validation", () => {
  const files = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" });
  const missing = files
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .flatMap((file) => {
      const path = join(installed, "dist", file);
      const targets = readFileSync(path, "utf8").matchAll(/(?:from|import|new URL)\s*\(?\s*"(\.{1,2}\/[^"]+\.js)"/g);
      return Array.from(targets, ([, target]) => join(dirname(path), target!)).filter((target) => !existsSync(target));
    });
  expect(missing).toEqual([]);
  expect(files).toContain("index.js");
  expect(files.filter((file) => /^(scripts|validation)/.test(file))).toEqual([]);
});

test("its program starts", () => {
  const program = join(installed, MANIFEST.bin.flyball);
  expect(run(process.execPath, [program, "--version"], project)).toBe(`${MANIFEST.version}\n`);
  expect(run(process.execPath, [program, "--help"], project)).toContain("evaluate");
});
