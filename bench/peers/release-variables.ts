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
