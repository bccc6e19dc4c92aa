/** What asks a program to end: Ctrl-C, a supervisor, a terminal that closes. */
export type InterruptSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** How a command can end. Those of signals are what a shell reports for a program that the signal ended: 128 + its number. */
export const EXIT_CODES = { done: 0, fault: 1, refused: 2, SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Work was cut short by a signal, and all that there is has been saved and said: `runCli` only gives the exit code. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";

  constructor(readonly signal: InterruptSignal) {
    super(`interrupted by ${signal}`);
  }
}
