/**
 * A mistake that the user can mend: a bad argument, file or value. The command line prints it as two lines (message, hint)
 * and exits with 2. Everything else that is thrown is ours: it prints a stack and exits with 1.
 *
 * Grammar of `message`: lower case, no full stop, the offending value and what is allowed included. `hint` says what to do.
 */
export class UserError extends Error {
  override readonly name = "UserError";

  constructor(
    /** Stable, greppable, for example `E_CONFIG_RANGE`. */
    readonly code: string,
    message: string,
    readonly hint: string,
  ) {
    super(message);
  }
}
