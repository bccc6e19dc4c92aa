/** One thing that `flyball doctor` looked at. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  /** `ok` fine; `missing` something works less well or not; `later` not in this version. */
  readonly state: "ok" | "missing" | "later";
  /** What to do; empty when nothing is to be done. */
  readonly fix: string;
}
