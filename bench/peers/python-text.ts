const VARIABLE = /\bv\d+(?:_\d)?\b/g;

/**
 * Adds a `del` after the last use of every computed variable: arrays that are kept to the end of a function fill the caches, and
 * nobody writes Python like that. Lines are statements without blocks.
 */
export function releaseVariables(lines: readonly string[]): string[] {
  const last = new Map<string, number>();
  lines.forEach((line, i) => {
    for (const [name] of line.matchAll(VARIABLE)) last.set(name, i);
  });
  const free = lines.map((): string[] => []);
  for (const [name, i] of last) free[i]!.push(name);
  return lines.flatMap((line, i) =>
    free[i]!.length > 0 && !line.startsWith("return") ? [line, `del ${free[i]!.join(", ")}`] : [line],
  );
}

/** The rows of an array that a branch fills: one value for all of them, or a stack. */
export function wholeArray(texts: readonly string[]): string {
  if (texts.includes("")) throw new RangeError("the Python peers fill an array in a branch wholly or not at all");
  return new Set(texts).size === 1 ? texts[0]! : `stack(${tuple(texts)})`;
}

/** A tuple over as many lines as it has fours of elements. */
export function tuple(items: readonly string[]): string {
  const rows = Array.from({ length: Math.ceil(items.length / 4) }, (_, i) => items.slice(4 * i, 4 * i + 4));
  return `(${rows.map((row) => row.map((item) => `${item},`).join(" ")).join("\n        ")})`;
}

/** One level, as Python is written. */
export const INDENT = "    ";

export const indent = (lines: readonly string[]): string[] => lines.map((line) => (line === "" ? "" : INDENT + line));
