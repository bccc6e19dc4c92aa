import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { sha256Hex } from "../core/digest.js";
import { continueSentence, UserError } from "../core/errors.js";
import { readInputFile } from "./input-file.js";

/** A user's TypeScript or JavaScript file, loaded. */
export interface UserModule {
  readonly exports: Readonly<Record<string, unknown>>;
  /** Of the file's bytes; with imports of its own, of the list of `<SHA-256>  <path>` lines of all files, as sha256sum writes it. */
  readonly sha256: string;
  /** Of the named file's bytes alone. */
  readonly entrySha256: string;
  /** where a place in a function's running text is in the user's file, `economy.ts:12:5`; undefined when it cannot be told. */
  readonly locate: (fn: (...args: never[]) => unknown, line: number, column: number) => string | undefined;
}

/** What the files must be for any of them to be run: hashes of a {@link UserModule}. */
export interface ModulePin {
  readonly sha256: string;
  /** Absent in runs that flyball made before it was kept. */
  readonly entrySha256?: string | undefined;
}

/** The public API that `import … from "flyball"` means: the very modules that run here, so that primitives are recognised. */
const API = new URL(import.meta.url.endsWith(".ts") ? "../index.ts" : "../index.js", import.meta.url);

/**
 * Bundles a file with what it imports, runs it and keeps the map back to its source. This runs the user's code, with the
 * user's rights: it is a file that they named.
 * @param pinned compared before anything is bundled, and again with all that was bundled before anything runs
 * @throws UserError when it cannot be read, parsed or run, `E_ECONOMY_FILE_CHANGED` when it is not what was pinned
 */
export async function loadUserModule(path: string, pinned?: ModulePin): Promise<UserModule> {
  const entrySha256 = sha256Hex(readInputFile({ cwd: dirname(path) }, path));
  if (pinned?.entrySha256 !== undefined) checkPin(path, entrySha256, pinned.entrySha256);
  const { code, map, sha256 } = await bundle(path);
  if (pinned) checkPin(path, sha256, pinned.sha256);
  const folder = mkdtempSync(join(tmpdir(), "flyball-check-"));
  try {
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const file = join(folder, "module.js");
    writeFileSync(file, code);
    const exports = await runModule(file, path);
    const sources = new SourceMap(JSON.parse(map));
    return { exports, sha256, entrySha256, locate: (fn, line, column) => locate(code, sources, fn, line, column) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @throws UserError when the files at `path` are not those with the hash `pinned` */
export function checkPin(path: string, sha256: string, pinned: string): void {
  if (sha256 === pinned) return;
  const message = `${basename(path)} has changed since the run was trained on it, or is another file: its SHA-256 is ${sha256.slice(0, 16)}…`;
  throw new UserError(
    "E_ECONOMY_FILE_CHANGED",
    message,
    `name the file as it was (SHA-256 ${pinned.slice(0, 16)}…), or train anew`,
  );
}

async function bundle(path: string): Promise<{ readonly code: string; readonly map: string; readonly sha256: string }> {
  const { build } = await import("esbuild").catch((error: unknown) => {
    throw esbuildError(error);
  });
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [path],
      absWorkingDir: dirname(path),
      metafile: true,
      bundle: true,
      format: "esm",
      platform: "node",
      target: "es2022",
      write: false,
      outdir: dirname(path),
      sourcemap: "external",
      logLevel: "silent",
      plugins: [
        {
          name: "flyball",
          setup: (hooks) => hooks.onResolve({ filter: /^flyball$/ }, () => ({ path: API.href, external: true })),
        },
      ],
    });
    const text = (end: string) => outputFiles.find((file) => file.path.endsWith(end))!.text;
    return { code: text(".js"), map: text(".js.map"), sha256: hashInputs(dirname(path), Object.keys(metafile.inputs)) };
  } catch (error) {
    throw explainBuild(error, path);
  }
}

/** @param inputs paths within `folder` of the files that went into the bundle */
function hashInputs(folder: string, inputs: readonly string[]): string {
  const hashes = inputs.toSorted().map((input) => [sha256Hex(readFileSync(join(folder, input))), input] as const);
  if (hashes.length === 1) return hashes[0]![0];
  return sha256Hex(hashes.map(([hash, input]) => `${hash}  ${input}\n`).join(""));
}

interface BuildFailure {
  readonly errors: readonly {
    readonly text: string;
    readonly location: {
      readonly file: string;
      readonly line: number;
      readonly column: number;
      readonly lineText: string;
    } | null;
  }[];
}

function explainBuild(error: unknown, path: string): unknown {
  const first = (error as Partial<BuildFailure>).errors?.[0];
  if (!first) return esbuildError(error);
  const { location, text } = first;
  const where = location ? `${basename(location.file)}:${location.line}:${location.column + 1}` : basename(path);
  const shown = location ? `: ${location.lineText.trim().slice(0, 80)}` : "";
  return new UserError("E_CHECK_SYNTAX", `${where}: ${continueSentence(text)}${shown}`, "fix it, then check again");
}

/** esbuild itself, or its binary, which is an optional package for each platform, is missing or does not start. */
function esbuildError(error: unknown): UserError {
  const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return new UserError(
    "E_CHECK_ESBUILD",
    `esbuild, which reads economy files, does not run: ${continueSentence(reason).replace(/\.$/, "")}`,
    "install the optional packages too, its binary is one of them: npm install --include=optional",
  );
}

async function runModule(file: string, path: string): Promise<UserModule["exports"]> {
  try {
    return await import(/* @vite-ignore */ pathToFileURL(file).href);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    throw new UserError("E_CHECK_RUN", `${basename(path)} fails when it is loaded: ${why}`, "fix it, then check again");
  }
}

function locate(
  code: string,
  map: SourceMap,
  fn: (...args: never[]) => unknown,
  line: number,
  column: number,
): string | undefined {
  const start = code.indexOf(Function.prototype.toString.call(fn));
  if (start < 0) return undefined;
  const before = code.slice(0, start).split("\n");
  const firstColumn = before.at(-1)!.length;
  const entry = map.findEntry(before.length - 1 + line - 1, (line === 1 ? firstColumn : 0) + column - 1);
  if (!("originalSource" in entry)) return undefined;
  const source = resolve(entry.originalSource);
  return `${basename(source)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}
