import type { Io } from "../io.js";

/** What the progress line shows besides the speed. */
interface ProgressFigures {
  readonly envSteps: number;
  /** As `kl 0.0040`, the most important first. */
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
        const parts = progressParts(figures, total, speed);
        if (stderr.isTTY) stderr.write(`\r${fitLine(parts, figures.envSteps / total, stderr.columns - 1)}\x1b[K`);
        else stderr.write(`${parts.join(GAP)}\n`);
      }
      return speed;
    },
    stop: () => {
      if (stderr.isTTY && shown > Number.NEGATIVE_INFINITY) stderr.write("\n");
    },
  };
}

const GAP = "  ";

/** In the order in which they are kept when the terminal is narrow. */
function progressParts({ envSteps, notes }: ProgressFigures, total: number, speed: number): readonly string[] {
  const percent = Math.floor(100 * Math.min(1, envSteps / total));
  const eta = speed > 0 ? formatDuration((total - envSteps) / speed) : "?";
  return [
    `${String(percent).padStart(3)} %`,
    `eta ${eta}`,
    `${formatCount(speed)}/s`,
    `${formatCount(envSteps)} of ${formatCount(total)} steps`,
    ...notes,
  ];
}

const MAX_BAR = 24;
const MIN_BAR = 6;

/** A bar and as many whole parts as `width` characters hold; percentage and ETA are always there. */
export function fitLine(parts: readonly string[], done: number, width: number): string {
  const room = width - (MIN_BAR + 3);
  let count = 2;
  while (count < parts.length && parts.slice(0, count + 1).join(GAP).length <= room) count++;
  const text = parts.slice(0, count).join(GAP);
  const size = Math.min(MAX_BAR, width - text.length - 3);
  return size < MIN_BAR ? text : `[${drawBar(done, size)}] ${text}`;
}

function drawBar(done: number, size: number): string {
  const full = Math.round(Math.min(1, done) * size);
  return "█".repeat(full) + "░".repeat(size - full);
}

/** 2097152 -> `2.10 M`. */
function formatCount(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(2)} M`;
  return count >= 1e4 ? `${Math.round(count / 1e3)} k` : String(Math.round(count));
}

function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
