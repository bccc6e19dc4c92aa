import { availableParallelism, hostname } from "node:os";
import { EXIT_CODES, type InterruptSignal } from "./interrupt.js";
import type { Io, Writer } from "./io.js";
import { identifyProcess, isRunning } from "./process-id.js";
import { writeAtomic } from "./write-atomic.js";

/** The real thing. `quit` ends the process at once. */
export function nodeIo(quit: (code: number) => void): Io {
  const host = hostname();
  const writing = { host, pid: process.pid, isAlive: (pid: number) => isRunning({ pid, started: null }) };
  return {
    stdout: openWriter(process.stdout),
    stderr: openWriter(process.stderr),
    cwd: process.cwd(),
    now: Date.now,
    cores: availableParallelism(),
    host,
    process: identifyProcess(process.pid),
    isRunning,
    writeFile: (path, content) => writeAtomic(path, content, writing),
    onInterrupt: (handler) => onInterrupt(handler, quit),
  };
}

/** Nobody reads any more: the end of output, not of work. EIO is a terminal that was closed. */
const READER_GONE: readonly string[] = ["EPIPE", "EIO", "ECONNRESET", "ERR_STREAM_DESTROYED"];

function openWriter(stream: NodeJS.WriteStream): Writer {
  let failure: string | undefined;
  stream.on("error", ({ code = "unknown" }: NodeJS.ErrnoException) => {
    failure ??= code;
  });
  return {
    write: (text) => {
      if (failure === undefined) stream.write(text);
    },
    isTTY: stream.isTTY === true,
    // Asked anew each time: terminals are resized.
    get columns() {
      return stream.columns ?? 80;
    },
    failure: () => (failure === undefined || READER_GONE.includes(failure) ? undefined : failure),
  };
}

const SIGNALS: readonly InterruptSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

function onInterrupt(handler: (signal: InterruptSignal) => void, quit: (code: number) => void): () => void {
  let asked = false;
  const listener = (signal: InterruptSignal) => {
    if (asked) quit(EXIT_CODES[signal]);
    asked = true;
    handler(signal);
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener);
  };
}
