import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { InterruptSignal } from "../../cli/interrupt.js";
import type { Io } from "../../cli/io.js";
import { runCli } from "../../cli/run.js";

export interface FakeIo extends Io {
  readonly out: () => string;
  readonly err: () => string;
  readonly interrupt: (signal?: InterruptSignal) => void;
}

/** An Io on a fresh temporary folder that the test's end removes. The clock stands still unless `now` says otherwise. */
export function fakeIo(overrides: Partial<Io> = {}): FakeIo {
  const cwd = mkdtempSync(join(tmpdir(), "flyball-test-"));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const out: string[] = [];
  const err: string[] = [];
  const handlers = new Set<(signal: InterruptSignal) => void>();
  return {
    stdout: { write: (part) => void out.push(part), isTTY: false, columns: 120, failure: () => undefined },
    stderr: { write: (part) => void err.push(part), isTTY: false, columns: 120, failure: () => undefined },
    cwd,
    now: () => 1_700_000_000_000,
    cores: 2,
    host: "test",
    process: { pid: 1234, started: "1" },
    isRunning: () => false,
    writeFile: (path, content) => writeFileSync(path, content),
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    out: () => out.join(""),
    err: () => err.join(""),
    interrupt: (signal = "SIGINT") => {
      for (const handler of handlers) handler(signal);
    },
    ...overrides,
  };
}

/** Stops a run as Ctrl-C does, after `iterations` of them. */
export function interruptAfter(iterations: number, signal: InterruptSignal = "SIGINT"): FakeIo {
  let seen = 0;
  const io: FakeIo = fakeIo({
    stderr: {
      isTTY: true,
      columns: 200,
      failure: () => undefined,
      write: (text) => {
        if (text.includes("steps") && ++seen === iterations) io.interrupt(signal);
      },
    },
    now: () => (clock += 1000),
  });
  let clock = 0;
  return io;
}

/** Runs a command line in a fresh folder (or `io`'s) and returns all that a user would see. */
export async function flyball(line: string | readonly string[], io: FakeIo = fakeIo()) {
  const before = { out: io.out().length, err: io.err().length };
  const words = typeof line === "string" ? line.split(" ").filter((word) => word !== "") : line;
  const code = await runCli(words, io);
  return { code, out: io.out().slice(before.out), err: io.err().slice(before.err), io };
}
