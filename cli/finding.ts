/** One thing that `flyball doctor` looked at. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  /** `ok` fine; `missing` something works less well or not. */
  readonly state: "ok" | "missing";
  /** What to do; empty when nothing is to be done. */
  readonly fix: string;
}
