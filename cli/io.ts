/** Where text goes. */
export interface Writer {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  /** Width in characters. */
  readonly columns: number;
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
  /** Names this process among all that ever had its pid. */
  readonly process: { readonly pid: number; readonly startedAt: number };
  readonly isAlive: (pid: number) => boolean;
  /** Atomic and durable: after a crash the file is the old one or the new one, whole. */
  readonly writeFile: (path: string, content: string | Uint8Array) => void;
  /** Calls `handler` on Ctrl-C or a request to terminate; returns the undo. A second Ctrl-C quits without asking. */
  readonly onInterrupt: (handler: () => void) => () => void;
}

export function writeLine(writer: Writer, text: string): void {
  writer.write(`${text}\n`);
}

/** The one JSON document of a `--json` run. */
export function writeJson(io: Io, document: unknown): void {
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}
