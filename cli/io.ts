import type { InterruptSignal } from "./interrupt.js";
import type { ProcessId } from "./process-id.js";

/** Where text goes. */
export interface Writer {
  /** Never throws: once nobody reads any more, or the text cannot be written, the rest is dropped. */
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** Width in characters, now. */
  readonly columns: number;
  /** Why text was lost that somebody wanted: the system's code, `ENOSPC`. A reader that has gone wants nothing more. */
  readonly failure: () => string | undefined;
}

/**
 * Everything that a command may do to the world, so that commands run in tests as they run for a user.
 * Files are read and appended with node:fs; whole files are written by `writeFile` alone.
 */
export interface Io {
  /** Results only; with `--json` exactly one JSON document. */
  readonly stdout: Writer;
  /** Progress, logs and errors. */
  readonly stderr: Writer;
  /** Relative paths start here. */
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly cores: number;
  readonly host: string;
  /** This process. */
  readonly process: ProcessId;
  /** Whether that very process of this host is running. */
  readonly isRunning: (process: ProcessId) => boolean;
  /** Atomic and durable: after a crash the file is the old one or the new one, whole. Makes no folder. */
  readonly writeFile: (path: string, content: string | Uint8Array) => void;
  /** Calls `handler` on Ctrl-C, a request to end or a closed terminal; returns the undo. A second one quits without asking. */
  readonly onInterrupt: (handler: (signal: InterruptSignal) => void) => () => void;
}

export function writeLine(writer: Writer, text: string): void {
  writer.write(`${text}\n`);
}

/** The one JSON document of a `--json` run. */
export function writeJson(io: Io, document: unknown): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
