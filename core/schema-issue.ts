import type { z } from "zod";
import { continueSentence } from "./errors.js";

/** What a schema complains about, as the end of a sentence; names and values of the schema stay as they are. */
export function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `it must be ${withArticle(issue.expected)}`;
    case "invalid_value":
      return `it must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
    case "unrecognized_keys":
      return `it has the unknown key ${issue.keys.map((key) => JSON.stringify(key)).join(", ")}`;
    default:
      return continueSentence(issue.message);
  }
}

function withArticle(noun: string): string {
  if (noun === "int") return "a whole number";
  return `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun}`;
}
