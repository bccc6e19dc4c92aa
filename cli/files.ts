import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "../core/errors.js";
import type { Io } from "./io.js";
import { refuseIrregular } from "./write-atomic.js";

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
    refuseIrregular(full);
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

/** What standard output lost, by the system's code. */
export function explainOutputFailure(code: string): UserError {
  return (
    explainCode("standard output", "write", code) ?? new UserError("E_FILE_IO", `cannot write standard output: ${code}`, IO)
  );
}

function explainFileError(path: string, doing: "read" | "write", error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? (explainCode(path, doing, code) ?? error) : error;
}

/** Undefined for codes that tell of a mistake of ours. */
function explainCode(path: string, doing: "read" | "write", code: string): UserError | undefined {
  if (code === "ENOENT" && doing === "read")
    return new UserError("E_FILE_MISSING", `there is no ${path}`, "check the path; it is relative to the current folder");
  const [name, why, hint] = REASONS[code] ?? [];
  if (name === undefined) return undefined;
  return new UserError(name, `cannot ${doing} ${path}: ${why}`, hint ?? (doing === "write" ? ELSEWHERE : "check the path"));
}

const ELSEWHERE = "choose a place that you may write to";
const SPACE = "free some space or choose another place";
const IO = "check the disk and the limits of the system, then try again";

/** By the system's code: our code, why, what to do (otherwise: choose another place). Source: errno(3). */
const REASONS: Readonly<Record<string, readonly [code: string, why: string, hint?: string]>> = {
  ENOENT: ["E_FILE_UNWRITABLE", "its folder is missing"],
  ENOSPC: ["E_FILE_FULL", "the disk is full", SPACE],
  EDQUOT: ["E_FILE_FULL", "the disk is full for you: your quota is used up", SPACE],
  EFBIG: ["E_FILE_FULL", "it would be larger than the system allows", "raise the limit (ulimit -f) or choose another place"],
  EACCES: ["E_FILE_DENIED", "permission denied", "check its owner and mode, or choose another place"],
  EPERM: ["E_FILE_DENIED", "permission denied", "check its owner and mode, or choose another place"],
  EROFS: ["E_FILE_DENIED", "the disk is read-only"],
  ENOTDIR: ["E_FILE_UNWRITABLE", "a part of the path is a file, not a folder"],
  EEXIST: ["E_FILE_UNWRITABLE", "a part of the path is a file, not a folder"],
  EISDIR: ["E_FILE_FOLDER", "it is a folder", "name a file"],
  ENAMETOOLONG: ["E_FILE_NAME", "its name is too long", "give it a shorter name"],
  ELOOP: ["E_FILE_NAME", "its links lead in a circle", "name the file itself"],
  ERR_INVALID_ARG_VALUE: ["E_FILE_NAME", "its name holds a character that no path may have", "give it another name"],
  EINVAL: ["E_FILE_NAME", "the system does not allow that name", "give it another name"],
  EBUSY: ["E_FILE_UNWRITABLE", "it is in use"],
  ETXTBSY: ["E_FILE_UNWRITABLE", "it is a program that runs"],
  ENXIO: ["E_FILE_KIND", "it is a device or pipe that nobody serves", "name a file"],
  ENODEV: ["E_FILE_KIND", "it is a device or pipe that nobody serves", "name a file"],
  EMFILE: ["E_FILE_IO", "too many files are open", IO],
  ENFILE: ["E_FILE_IO", "too many files are open", IO],
  EIO: ["E_FILE_IO", "the disk reports an error", IO],
  ESTALE: ["E_FILE_IO", "the network disk has lost it", IO],
  ETIMEDOUT: ["E_FILE_IO", "the network disk does not answer", IO],
};
