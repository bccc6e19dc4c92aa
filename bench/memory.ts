import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

interface MemoryUse {
  /** The learner's shared memory, and the largest resident set of a process that trains, Node.js included. */
  readonly lanes4096Bytes: number | null;
  readonly rssBytes: number | null;
  /** Why there is no figure; empty when there is. */
  readonly why: string;
}

const LANES = 4096;

/** Two iterations with 4,096 lanes on two threads, in a process of their own. */
export function measureMemory(economy: string): MemoryUse {
  const script = fileURLToPath(new URL("./memory-main.js", import.meta.url));
  if (!existsSync(script)) return { lanes4096Bytes: null, rssBytes: null, why: "flyball is not built: npm run build" };
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, economy, String(LANES), "2"], { encoding: "utf8" });
  if (status !== 0) return { lanes4096Bytes: null, rssBytes: null, why: stderr.trim().split("\n").at(-1) ?? "it failed" };
  const { bytes, rssBytes } = JSON.parse(stdout) as { readonly bytes: number; readonly rssBytes: number };
  return { lanes4096Bytes: bytes, rssBytes, why: "" };
}
