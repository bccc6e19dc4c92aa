import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { Contestant } from "./contestant.js";
import type { PeerCommand } from "./matches.js";
import { lastLine } from "./python-env.js";

/** Compiling for a CPU that others use too takes its time. */
const START_SECONDS = 300;

const READY = z.object({ device: z.string(), versions: z.record(z.string(), z.string()), warmUpSeconds: z.number() });
const WINDOW = z.object({ envSteps: z.number().positive(), seconds: z.number().positive() });

interface PythonPlace {
  readonly python: string;
  /** Folder of the scripts. */
  readonly scripts: string;
  /** The generated economy. */
  readonly module: string;
}

/** Starts a peer with `--serve` and waits until it is warm. @throws Error with the last line of what it complained of */
export async function startPython(command: PeerCommand, { python, scripts, module }: PythonPlace): Promise<Contestant> {
  const [script, ...args] = command.args;
  const child = spawn(python, [join(scripts, script!), ...args, "--module", module, "--serve"], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONWARNINGS: "ignore" },
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-20_000);
  });
  // A peer that died is found out by its closed output; writing to it must not end the bench.
  child.stdin.on("error", () => undefined);
  const ended = once(child, "close");
  ended.catch(() => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (seconds: number): Promise<unknown> => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 1000 * seconds);
    const line = await lines.next();
    clearTimeout(timer);
    if (line.done) {
      await ended;
      throw new Error(lastLine(complaints));
    }
    return JSON.parse(line.value);
  };
  const failed = once(child, "error").then(([error]) => Promise.reject(error as Error));
  failed.catch(() => undefined);
  const ready = READY.parse(await Promise.race([next(START_SECONDS), failed]));
  return {
    ...ready,
    name: command.name,
    window: async (seconds) => {
      child.stdin.write(`${seconds}\n`);
      return WINDOW.parse(await next(START_SECONDS + 20 * seconds));
    },
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      await ended;
    },
  };
}
