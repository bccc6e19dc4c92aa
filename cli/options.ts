import { UserError } from "../core/errors.js";

/** A parser for commander of whole numbers in low..high; `1_000_000` and `2e6` are fine. */
export function wholeNumber(option: string, low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text.replaceAll("_", ""));
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= low && value <= high) return value;
    const message = `${option} must be a whole number from ${low} to ${high}, got "${text}"`;
    throw new UserError("E_OPTION_VALUE", message, `for example ${option} ${Math.max(low, 1)}`);
  };
}

/** For options that may be given many times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** Refuses a choice that a later version will have, and unknown ones. */
export function oneOf<Choice extends string>(option: string, choices: readonly Choice[], later: readonly string[] = []) {
  return (text: string): Choice => {
    const choice = choices.find((known) => known === text);
    if (choice !== undefined) return choice;
    const allowed = choices.join(", ");
    if (later.includes(text)) {
      throw new UserError("E_OPTION_LATER", `${option} ${text} is not in this version yet`, `use one of: ${allowed}`);
    }
    throw new UserError(
      "E_OPTION_VALUE",
      `${option} must be one of ${allowed}, got "${text}"`,
      `for example ${option} ${choices[0]}`,
    );
  };
}
