import { closeSync, fsyncSync, openSync, readdirSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { UserError } from "../core/errors.js";

/** Writes some of `bytes` from `from` on and says how many: a disk that fills up takes fewer than were offered. */
export type WriteSome = (file: number, bytes: Uint8Array, from: number) => number;

const writeSome: WriteSome = (file, bytes, from) => writeSync(file, bytes, from);

/** Whose temporary files they are. */
interface Writing {
  readonly host: string;
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
}

/**
 * Writes a whole file or nothing: under a temporary name beside it, to the disk, then renamed. After a crash the file is the old
 * one or the new one. Links are followed. The temporary file goes when the write fails; what dead processes of this host have
 * left in the folder goes first.
 * @throws UserError when something is there that is no regular file: a device or pipe would be gone once a file has its name
 */
export function writeAtomic(path: string, content: string | Uint8Array, writing: Writing, write: WriteSome = writeSome): void {
  refuseIrregular(path);
  const target = realPath(path);
  removeStale(dirname(target), writing);
  const temporary = temporaryFile(dirname(target), writing);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    const file = openSync(temporary, "w");
    try {
      for (let done = 0; done < bytes.length; ) done += write(file, bytes, done);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(dirname(target));
}

/** @throws UserError when `path` is a device, pipe or socket; the system's own error when it is a folder */
export function refuseIrregular(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || stat.isFile()) return;
  if (stat.isDirectory()) throw Object.assign(new Error(`EISDIR: ${path}`), { code: "EISDIR" });
  const message = `cannot write ${path}: it is not a regular file but a pipe, socket or device`;
  throw new UserError("E_FILE_KIND", message, "name a file; what goes to standard output can be piped");
}

const TEMPORARY = /^\.flyball-(.*)-(\d+)\.tmp$/;

/** The one temporary file that a process has in a folder: writes are one after another. Short, whatever the target is called. */
export function temporaryFile(folder: string, { host, pid }: Pick<Writing, "host" | "pid">): string {
  return join(folder, `.flyball-${shortHost(host)}-${pid}.tmp`);
}

function shortHost(host: string): string {
  return host.replace(/[^A-Za-z0-9.-]/g, "_").slice(0, 60);
}

/** Another host may share the folder, and whether its processes live cannot be told from here. */
function removeStale(folder: string, { host, pid, isAlive }: Writing): void {
  for (const name of readdirSync(folder)) {
    const [, ofHost, ofPid] = TEMPORARY.exec(name) ?? [];
    if (ofHost !== shortHost(host) || Number(ofPid) === pid || isAlive(Number(ofPid))) continue;
    rmSync(join(folder, name), { force: true });
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Makes the new name durable; systems that cannot sync a folder go without. */
function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {
    // Windows has no such thing.
  }
}
