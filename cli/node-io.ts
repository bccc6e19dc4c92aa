import { readFileSync } from "node:fs";
import { availableParallelism, hostname } from "node:os";
import type { Io, Writer } from "./io.js";
import { writeAtomic } from "./write-atomic.js";

/** The real thing. `quit` ends the process at once. */
export function nodeIo(quit: (code: number) => void): Io {
  return {
    stdout: writerOf(process.stdout),
    stderr: writerOf(process.stderr),
    cwd: process.cwd(),
    now: Date.now,
    cores: availableParallelism(),
    host: hostname(),
    process: { pid: process.pid, startedAt: Math.round(performance.timeOrigin) },
    isAlive,
    writeFile: (path, content) => writeAtomic(path, content, String(process.pid)),
    onInterrupt: (handler) => onInterrupt(handler, quit),
  };
}

function writerOf(stream: NodeJS.WriteStream): Writer {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** On Linux, a process that ended but whose parent has not asked how: signals still find it. */
function isZombie(pid: number): boolean {
  try {
    // "pid (name) state …"; the name may hold anything, so the last parenthesis counts.
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
  } catch {
    return false;
  }
}

function onInterrupt(handler: () => void, quit: (code: number) => void): () => void {
  let asked = false;
  const listener = () => {
    // 130 is what shells report for a program ended by Ctrl-C.
    if (asked) quit(130);
    asked = true;
    handler();
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}
