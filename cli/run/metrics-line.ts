/** One line of metrics.jsonl: figures of one update. */
export interface MetricsLine {
  readonly update: number;
  readonly envSteps: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly metrics: Readonly<Record<string, number>>;
}
