import type { EpisodeMetrics, EpisodeSeries } from "../agents/rollout/episode-metrics.js";

export type { EpisodeMetrics, EpisodeSeries };

export interface ControllerRun {
  /** Unique in a report, for example `affine (tuned)` or the name of a run folder. */
  readonly id: string;
  readonly kind: "learned" | "rule";
  readonly tuned: boolean;
  /** Of a learned controller: the same for all runs that differ in the training seed alone. */
  readonly settings?: string;
  readonly scenarios: Readonly<Record<string, { readonly metrics: EpisodeMetrics; readonly series?: EpisodeSeries }>>;
}
