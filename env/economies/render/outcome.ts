import type { Jobs } from "./jobs.js";
import type { Settlement } from "./settle.js";

/** What a step brought: the work, what users owed for it, and how it was paid. */
export interface Outcome {
  /** 1 if the calendar's event falls into the step. */
  readonly event: number;
  readonly jobs: Jobs;
  /** USD that users owed. */
  readonly bill: number;
  readonly settlement: Settlement;
}
