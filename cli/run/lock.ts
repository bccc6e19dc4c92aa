import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../../core/errors.js";
import { onFile } from "../files.js";
import type { Io } from "../io.js";
import { temporaryFile } from "../write-atomic.js";

/** A lock file that this process holds. */
export interface Lock {
  /** False once somebody removed or replaced the file. */
  readonly isHeld: () => boolean;
  /** Never throws. */
  readonly release: () => void;
}

interface Holder {
  readonly pid: number;
  /** Absent in locks of other programs and of systems that do not tell. */
  readonly started: string | null;
  readonly host: string;
}

/** Each process that died while it took over a dead one's lock leaves one more to take over. */
const MAX_DEPTH = 8;
/** The holder may release it just when it is looked at. */
const ATTEMPTS = 3;

/**
 * Takes the lock file, from a dead process if need be. However many processes try at once, one has it: the file appears whole by a
 * link, and only the holder of a second lock, `PATH.takeover`, may replace the file of a dead process.
 * @param folder what is locked, for messages
 * @throws UserError when another process has it or it cannot be written
 */
export function takeLock(io: Io, path: string, folder: string): Lock {
  const mine = JSON.stringify({ ...io.process, host: io.host } satisfies Holder);
  take({ io, path, folder, mine, depth: 0 });
  return {
    isHeld: () => holds(path, mine),
    release: () => {
      if (holds(path, mine)) remove(path);
    },
  };
}

interface Taking {
  readonly io: Io;
  readonly path: string;
  readonly folder: string;
  readonly mine: string;
  readonly depth: number;
}

function take(taking: Taking): void {
  const { io, path, folder, depth } = taking;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (place(taking, linkSync)) return;
    const text = read(path);
    if (text === undefined) continue;
    const holder = parseHolder(text);
    if (depth === MAX_DEPTH || (holder && lives(io, holder))) throw inUse(folder, path, holder);
    const takeover = `${path}.takeover`;
    take({ ...taking, path: takeover, depth: depth + 1 });
    try {
      // Whoever held the second lock before may have replaced the file already.
      if (read(path) === text && place(taking, renameSync)) return;
    } finally {
      remove(takeover);
    }
  }
  throw inUse(folder, path);
}

/** Puts a whole file there at once; false when `link` finds one. */
function place({ io, path, mine }: Taking, put: (from: string, to: string) => void): boolean {
  return onFile(path, "write", () => {
    const whole = temporaryFile(dirname(path), { host: io.host, pid: io.process.pid });
    try {
      writeFileSync(whole, mine);
      put(whole, path);
      return true;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (put !== linkSync) throw error;
      if (code === "EEXIST") return false;
      if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") return create(path, mine);
      throw error;
    } finally {
      remove(whole);
    }
  });
}

/** On disks without links. */
function create(path: string, mine: string): boolean {
  try {
    writeFileSync(path, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Undefined where there is no file. @throws UserError when it is no file */
function read(path: string): string | undefined {
  return onFile(path, "read", () => {
    try {
      return readFileSync(path, "utf8");
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "ENOENT" || code === "ENOTDIR") return undefined;
      throw error;
    }
  });
}

function holds(path: string, mine: string): boolean {
  try {
    return read(path) === mine;
  } catch {
    return false;
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // On a disk that has become read-only it stays, and is a dead process's from now on.
  }
}

/** Undefined for what no flyball wrote, or wrote in half: nobody's. */
function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, started = null, host } = JSON.parse(text) as Partial<Holder>;
    return typeof pid === "number" && typeof host === "string" ? { pid, started, host } : undefined;
  } catch {
    return undefined;
  }
}

/** A process on another host may live. */
function lives(io: Io, { host, ...id }: Holder): boolean {
  if (host !== io.host) return true;
  if (id.pid === io.process.pid) return id.started === io.process.started;
  return io.isRunning(id);
}

function inUse(folder: string, path: string, holder?: Holder): UserError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
  const hint = `wait for it, choose another folder, or remove ${path} if you know that it ended`;
  return new UserError("E_RUN_LOCKED", `${folder} is in use by ${who}`, hint);
}
