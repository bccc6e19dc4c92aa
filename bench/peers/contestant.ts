/** Someone who takes turns: warm, and waiting to be asked for a window. */
export interface Contestant {
  readonly name: string;
  /** What it runs on, for people. */
  readonly device: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Compilation and first iterations. */
  readonly warmUpSeconds: number;
  /** Works for at least so many seconds, and says how far it came. */
  readonly window: (seconds: number) => Promise<WorkWindow>;
  readonly close: () => Promise<void>;
}

export interface WorkWindow {
  readonly envSteps: number;
  readonly seconds: number;
}
