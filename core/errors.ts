/** Where in a piece of program text a mistake is. */
interface SourcePlace {
  /** What the text is called: a function of an economy, for example `step`. */
  readonly name: string;
  /** From 1, within the text. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The line, or the part of it around the column. */
  readonly excerpt: string;
}

/**
 * A mistake that the user can fix: a bad argument, file or value. The command line prints it as two lines (message, hint)
 * and exits with 2. Everything else that is thrown is ours: it prints a stack and exits with 1.
 *
 * Grammar of `message`: lower case, no full stop, the offending value and what is allowed included. `hint` says what to do.
 * Nobody reads anything out of a message: what another part needs of an error is a member of it.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  /** The message without its place. */
  readonly what: string;

  constructor(
    /** Stable, greppable, for example `E_CONFIG_RANGE`. */
    readonly code: string,
    what: string,
    readonly hint: string,
    readonly place?: SourcePlace,
  ) {
    super(place === undefined ? what : `${what} (${place.name} ${place.line}:${place.column}: ${place.excerpt})`);
    this.what = what;
  }
}

/** What a person reads of a UserError: exactly two lines, whatever the values in it hold. */
export function formatUserError({ message, hint }: Pick<UserError, "message" | "hint">): string {
  return `error: ${escapeControls(message)}\n  ${escapeControls(hint)}\n`;
}

/** Control characters, line separators and changes of writing direction as JavaScript writes them: text that moves no cursor. */
export function escapeControls(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.codePointAt(0)!;
    return SHORT[character] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`);
  });
}

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Another program's complaint as the end of a sentence of ours: its first letter in lower case, what it quotes as it is. */
export function continueSentence(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
