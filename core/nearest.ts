import { distance } from "fastest-levenshtein";

/** The allowed name that is closest to `name` by edit distance, if it is close enough to be meant; ties go to the first. */
export function nearest(name: string, allowed: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of allowed) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits >= least) continue;
    least = edits;
    best = candidate;
  }
  return best;
}

/** The hint of an error about an unknown name: the nearest allowed one, or else the allowed ones (the first `most` of them). */
export function suggest(name: string, allowed: Iterable<string>, most = 20): string {
  const names = [...allowed];
  const close = nearest(name, names);
  if (close !== undefined) return `did you mean ${close}?`;
  return `allowed: ${names.slice(0, most).join(", ")}${names.length > most ? ", …" : ""}`;
}
