import { appendFileSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { canonicalJson } from "../core/digest.js";
import { UserError } from "../core/errors.js";
import { encodeEvent, encodeFileVersion } from "./event-file.js";
import { onFile, writeWhole } from "./files.js";
import type { Io } from "./io.js";
import type { MetricsLine } from "./metrics-line.js";

/** An open run folder; nobody else can write to it until `close`. */
export interface RunFolder {
  readonly path: string;
  readonly file: (name: string) => string;
  readonly append: (line: MetricsLine) => void;
  readonly close: () => void;
}

interface Lock {
  readonly pid: number;
  readonly startedAt: number;
  readonly host: string;
}

const LOCK = "run.lock";
const METRICS = "metrics.jsonl";
const EVENTS = "events.out.tfevents.flyball";

/**
 * Makes and locks the folder of a new run.
 * @throws UserError when it holds a run already, when another process writes to it or when it cannot be written
 */
export function createRunFolder(io: Io, path: string): RunFolder {
  const full = resolve(io.cwd, path);
  onFile(full, "write", () => mkdirSync(full, { recursive: true }));
  const unlock = lock(io, full);
  const taken = ["config.json", "checkpoint.bin"].find((name) => existsSync(join(full, name)));
  if (taken) {
    unlock();
    const hint = `continue it with flyball resume ${path}, or choose another folder with --out`;
    throw new UserError("E_RUN_EXISTS", `${path} already holds a run (${taken})`, hint);
  }
  return openFolder(io, full, unlock, []);
}

/** Locks the folder of a run to be continued and cuts its logs back to `envSteps`, the step of its checkpoint. */
export function reopenRunFolder(io: Io, path: string, envSteps: number): RunFolder {
  const full = resolve(io.cwd, path);
  const unlock = lock(io, full);
  const kept = readMetrics(full).filter((line) => line.envSteps <= envSteps);
  return openFolder(io, full, unlock, kept);
}

/** The lines of metrics.jsonl up to the first that is not whole (a crash may have cut the last one off). */
export function readMetrics(folder: string): readonly MetricsLine[] {
  const path = join(folder, METRICS);
  if (!existsSync(path)) return [];
  const lines: MetricsLine[] = [];
  for (const text of onFile(path, "read", () => readFileSync(path, "utf8")).split("\n")) {
    try {
      lines.push(JSON.parse(text));
    } catch {
      break;
    }
  }
  return lines;
}

function openFolder(io: Io, full: string, unlock: () => void, kept: readonly MetricsLine[]): RunFolder {
  const metrics = join(full, METRICS);
  const events = join(full, EVENTS);
  try {
    writeWhole(io, metrics, kept.map(textOf).join(""));
    writeWhole(io, events, Buffer.concat([encodeFileVersion(io.now()), ...kept.map(encodeEvent)]));
  } catch (error) {
    unlock();
    throw error;
  }
  return {
    path: full,
    file: (name) => join(full, name),
    append: (line) => {
      onFile(metrics, "write", () => appendFileSync(metrics, textOf(line)));
      onFile(events, "write", () => appendFileSync(events, encodeEvent(line)));
    },
    close: unlock,
  };
}

function textOf(line: MetricsLine): string {
  return `${canonicalJson(line)}\n`;
}

/** Takes the folder's lock, from a dead process if need be; returns the undo. */
function lock(io: Io, folder: string): () => void {
  const path = join(folder, LOCK);
  const mine: Lock = { ...io.process, host: io.host };
  for (let attempt = 0; ; attempt++) {
    const file = onFile(path, "write", () => openExclusive(path));
    if (file !== undefined) {
      writeSync(file, JSON.stringify(mine));
      closeSync(file);
      return () => rmSync(path, { force: true });
    }
    const holder = readLock(path);
    if (attempt > 2 || (holder && isHeld(io, holder))) {
      const who = holder ? `process ${holder.pid} on ${holder.host}` : "another process";
      const message = `${folder} is in use by ${who}`;
      throw new UserError(
        "E_RUN_LOCKED",
        message,
        `wait for it, choose another folder, or remove ${path} if you know that it ended`,
      );
    }
    rmSync(path, { force: true });
  }
}

function openExclusive(path: string): number | undefined {
  try {
    return openSync(path, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
}

function readLock(path: string): Lock | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** A process on another host may live; one with our pid but another start was ours in an earlier life. */
function isHeld(io: Io, holder: Lock): boolean {
  if (holder.host !== io.host) return true;
  if (holder.pid === io.process.pid) return holder.startedAt === io.process.startedAt;
  return io.isAlive(holder.pid);
}
