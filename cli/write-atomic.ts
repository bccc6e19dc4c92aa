import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/** Writes some of `bytes` from `from` on and says how many: a disk that fills up takes fewer than were offered. */
export type WriteSome = (file: number, bytes: Uint8Array, from: number) => number;

const writeSome: WriteSome = (file, bytes, from) => writeSync(file, bytes, from);

/**
 * Writes a whole file or nothing: under a temporary name beside it, to the disk, then renamed. After a crash the file is the old
 * one or the new one. Links are followed. The temporary file goes when the write fails.
 * @param unique tells this process's temporary files from all others
 */
export function writeAtomic(path: string, content: string | Uint8Array, unique: string, write: WriteSome = writeSome): void {
  const target = realPath(path);
  const temporary = `${target}.${unique}.tmp`;
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
