import cliProgress from "cli-progress";
import type { Io } from "./io.js";

/** What the progress line shows beside the speed. */
export interface ProgressFigures {
  readonly envSteps: number;
  /** As `kl 0.0040`. */
  readonly notes: readonly string[];
}

export interface Progress {
  /** @returns env-steps per second over the last seconds */
  readonly update: (figures: ProgressFigures) => number;
  /** Ends the line. */
  readonly stop: () => void;
}

/** The speed is that of the last seconds: an average since the start hides that a run has slowed down. */
const WINDOW_MS = 10_000;
/** Where nobody watches, a line every so often. */
const LOG_EVERY_MS = 5_000;
const REDRAW_MS = 100;
const BAR_WIDTH = 24;

export function createProgress(io: Io, total: number, startSteps = 0): Progress {
  const { stderr } = io;
  const samples = [{ time: io.now(), envSteps: startSteps }];
  let shown = Number.NEGATIVE_INFINITY;
  return {
    update: (figures) => {
      const time = io.now();
      samples.push({ time, envSteps: figures.envSteps });
      while (samples.length > 2 && samples[1]!.time < time - WINDOW_MS) samples.shift();
      const first = samples[0]!;
      const speed = time > first.time ? (1000 * (figures.envSteps - first.envSteps)) / (time - first.time) : 0;
      const due = time - shown >= (stderr.isTTY ? REDRAW_MS : LOG_EVERY_MS);
      if (due || figures.envSteps >= total) {
        shown = time;
        const line = progressLine(figures, total, speed);
        if (stderr.isTTY) stderr.write(`\r${line.slice(0, Math.max(20, stderr.columns - 1))}\x1b[K`);
        else stderr.write(`${line.replace(/^\[.*?\] */, "")}\n`);
      }
      return speed;
    },
    stop: () => {
      if (stderr.isTTY && shown > Number.NEGATIVE_INFINITY) stderr.write("\n");
    },
  };
}

function progressLine({ envSteps, notes }: ProgressFigures, total: number, speed: number): string {
  const done = Math.min(1, envSteps / total);
  const bar = cliProgress.Format.BarFormat(done, {
    barsize: BAR_WIDTH,
    barCompleteString: "█".repeat(BAR_WIDTH),
    barIncompleteString: "░".repeat(BAR_WIDTH),
    barGlue: "",
  });
  const eta = speed > 0 ? duration((total - envSteps) / speed) : "?";
  return [
    `[${bar}] ${String(Math.floor(100 * done)).padStart(3)} %`,
    `${thousands(envSteps)} of ${thousands(total)} steps`,
    `${thousands(speed)}/s`,
    `eta ${eta}`,
    ...notes,
  ].join("  ");
}

/** 2097152 -> `2.10 M`. */
export function thousands(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)} M`;
  return count >= 1e4 ? `${Math.round(count / 1e3)} k` : String(Math.round(count));
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
