import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.js";
import { onFile } from "./files.js";
import { type Io, writeLine } from "./io.js";
import { encodeEvent, encodeFileVersion, encodeHyperparameters, type Hyperparameters } from "./run/event-file.js";
import { type Lock, takeLock } from "./run/lock.js";
import type { MetricsLine } from "./run/metrics-line.js";
import { formatMetricsLine, METRICS, readMetrics } from "./run/metrics-log.js";

/** An open run folder; nobody else can write to it until `close`. */
export interface RunFolder {
  readonly path: string;
  readonly file: (name: string) => string;
  /** Writes a whole file of the run. @throws UserError when the folder is gone or belongs to another process by now */
  readonly write: (name: string, content: string | Uint8Array) => void;
  /** Adds a line to the logs. @throws UserError as `write` does */
  readonly append: (line: MetricsLine) => void;
  readonly close: () => void;
  /** Closes a new run that has not begun, and removes all that was made for it. */
  readonly discard: () => void;
}

const LOCK = "run.lock";
const EVENTS = "events.out.tfevents.flyball";

/**
 * Makes and locks the folder of a new run.
 * @throws UserError when it holds a run already, when another process writes to it or when it cannot be written
 */
export function createRunFolder(io: Io, path: string, settings: Hyperparameters = {}): RunFolder {
  const full = resolve(io.cwd, path);
  const highest = onFile(full, "write", () => mkdirSync(full, { recursive: true }));
  const made = foldersBetween(full, highest);
  const lock = withoutTraces(made, () => takeLock(io, join(full, LOCK), path));
  const taken = ["config.json", "checkpoint.bin"].find((name) => existsSync(join(full, name)));
  if (taken) {
    lock.release();
    const hint = `continue it with flyball resume ${path}, or choose another folder with --out`;
    throw new UserError("E_RUN_EXISTS", `${path} already holds a run (${taken})`, hint);
  }
  return openFolder({ io, full, lock, kept: [], made, settings });
}

/**
 * Locks the folder of a run to be continued and cuts its logs back to `envSteps`, the step of its checkpoint. Lines that cannot be
 * read are left out, said, and kept in a copy.
 */
export function reopenRunFolder(io: Io, path: string, envSteps: number, settings: Hyperparameters = {}): RunFolder {
  const full = resolve(io.cwd, path);
  const lock = takeLock(io, join(full, LOCK), path);
  try {
    const { lines, damaged } = readMetrics(full);
    if (damaged.length > 0) keepDamaged(io, full, damaged);
    return openFolder({ io, full, lock, kept: lines.filter((line) => line.envSteps <= envSteps), made: [], settings });
  } catch (error) {
    lock.release();
    throw error;
  }
}

function keepDamaged(io: Io, full: string, damaged: readonly number[]): void {
  const names = readdirSync(full);
  let copy = "metrics.damaged.jsonl";
  for (let n = 2; names.includes(copy); n++) copy = `metrics.damaged-${n}.jsonl`;
  onFile(join(full, copy), "write", () => copyFileSync(join(full, METRICS), join(full, copy)));
  const shown = damaged.length > 10 ? `${damaged.slice(0, 10).join(", ")}, …` : damaged.join(", ");
  writeLine(io.stderr, `warning: ${METRICS} has lines that cannot be read (${shown}); they are left out, ${copy} keeps them`);
}

interface Opening {
  readonly io: Io;
  /** Absolute. */
  readonly full: string;
  readonly lock: Lock;
  readonly kept: readonly MetricsLine[];
  /** Folders that were made for this run, the deepest first. */
  readonly made: readonly string[];
  /** What TensorBoard compares runs by. */
  readonly settings: Hyperparameters;
}

function openFolder({ io, full, lock, kept, made, settings }: Opening): RunFolder {
  const file = (name: string) => join(full, name);
  const write = (name: string, content: string | Uint8Array) => {
    checkHeld(lock, full);
    onFile(file(name), "write", () => io.writeFile(file(name), content));
  };
  const discard = () => {
    for (const name of [METRICS, EVENTS]) rmSync(file(name), { force: true });
    lock.release();
    removeEmpty(made);
  };
  try {
    write(METRICS, kept.map(formatMetricsLine).join(""));
    const begin = [encodeFileVersion(io.now()), encodeHyperparameters(settings, io.now())];
    write(EVENTS, Buffer.concat([...begin, ...kept.map(encodeEvent)]));
  } catch (error) {
    if (made.length > 0) discard();
    lock.release();
    throw error;
  }
  return {
    path: full,
    file,
    write,
    append: (line) => {
      checkHeld(lock, full);
      appendTo(file(METRICS), Buffer.from(formatMetricsLine(line)));
      appendTo(file(EVENTS), encodeEvent(line));
    },
    close: lock.release,
    discard,
  };
}

/** Makes no file: one that is gone was taken away, and a log that begins in the middle tells nothing. */
function appendTo(path: string, bytes: Uint8Array): void {
  onFile(path, "write", () => {
    const file = openSync(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    } finally {
      closeSync(file);
    }
  });
}

function checkHeld(lock: Lock, full: string): void {
  if (lock.isHeld()) return;
  const message = `${full} was removed or taken over while the run wrote to it`;
  throw new UserError("E_RUN_LOST", message, "start the run again, in a folder that nobody else touches");
}

/** `full` and the folders above it, up to the highest that was made; none where the folder was there already. */
function foldersBetween(full: string, highest: string | undefined): readonly string[] {
  const made: string[] = [];
  if (highest === undefined) return made;
  for (let folder = full; !relative(highest, folder).startsWith(".."); folder = dirname(folder)) made.push(folder);
  return made;
}

function withoutTraces<T>(made: readonly string[], action: () => T): T {
  try {
    return action();
  } catch (error) {
    removeEmpty(made);
    throw error;
  }
}

/** As far up as they are empty: others may have put something there meanwhile. */
function removeEmpty(folders: readonly string[]): void {
  try {
    for (const folder of folders) rmdirSync(folder);
  } catch {
    // Not empty, or gone.
  }
}
