import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { canonicalJson } from "../../core/digest.js";
import { onFile } from "../files.js";
import type { MetricsLine } from "./metrics-line.js";

export const METRICS = "metrics.jsonl";

const lineSchema = z.object({
  update: z.number(),
  envSteps: z.number(),
  time: z.number(),
  metrics: z.record(z.string(), z.number()),
});

/** What metrics.jsonl holds. */
interface MetricsLog {
  readonly lines: readonly MetricsLine[];
  /** Numbers of the lines that cannot be read, from 1. A last line without its end is none of them: a crash cut it off. */
  readonly damaged: readonly number[];
}

export function formatMetricsLine(line: MetricsLine): string {
  return `${canonicalJson(line)}\n`;
}

/** @param folder absolute */
export function readMetrics(folder: string): MetricsLog {
  const path = join(folder, METRICS);
  if (!existsSync(path)) return { lines: [], damaged: [] };
  const texts = onFile(path, "read", () => readFileSync(path, "utf8")).split("\n");
  const lines: MetricsLine[] = [];
  const damaged: number[] = [];
  for (const [index, text] of texts.entries()) {
    const line = parseLine(text);
    if (line) lines.push(line);
    else if (index < texts.length - 1) damaged.push(index + 1);
  }
  return { lines, damaged };
}

function parseLine(text: string): MetricsLine | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
