import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "../core/errors.js";
import type { Io } from "./io.js";

/** Writes a whole file, its folder included, or nothing. @throws UserError when the place cannot be written */
export function writeWhole(io: Io, path: string, content: string | Uint8Array): void {
  const full = resolve(io.cwd, path);
  onFile(full, "write", () => {
    mkdirSync(dirname(full), { recursive: true });
    io.writeFile(full, content);
  });
}

/**
 * Finds out before long work whether a file can be written there. What is there stays as it is; its folder is made.
 * @throws UserError when it cannot
 */
export function checkWritable(io: Io, path: string): void {
  const full = resolve(io.cwd, path);
  onFile(full, "write", () => {
    mkdirSync(dirname(full), { recursive: true });
    const isNew = !existsSync(full);
    closeSync(openSync(full, "a"));
    if (isNew) rmSync(full);
  });
}

export function exists(io: Io, path: string): boolean {
  return existsSync(resolve(io.cwd, path));
}

export function isFolder(io: Io, path: string): boolean {
  return statSync(resolve(io.cwd, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Runs `action`; turns the file system's complaints about `path` into the user's errors. */
export function onFile<T>(path: string, doing: "read" | "write", action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw explainFileError(path, doing, error);
  }
}

function explainFileError(path: string, doing: "read" | "write", error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      if (doing === "write")
        return new UserError("E_FILE_UNWRITABLE", `cannot write ${path}: its folder is missing`, ELSEWHERE);
      return new UserError("E_FILE_MISSING", `there is no ${path}`, "check the path; it is relative to the current folder");
    case "ENOSPC":
    case "EDQUOT":
      return new UserError("E_FILE_FULL", `cannot write ${path}: the disk is full`, "free some space or choose another place");
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new UserError(
        "E_FILE_DENIED",
        `cannot ${doing} ${path}: permission denied`,
        doing === "write" ? ELSEWHERE : "check its owner and mode",
      );
    case "ENOTDIR":
    case "EEXIST":
      return new UserError(
        "E_FILE_UNWRITABLE",
        `cannot ${doing} ${path}: a part of the path is a file, not a folder`,
        ELSEWHERE,
      );
    case "EISDIR":
      return new UserError("E_FILE_FOLDER", `cannot ${doing} ${path}: it is a folder`, "name a file");
    default:
      return error;
  }
}

const ELSEWHERE = "choose a place that you may write to, with --out";
