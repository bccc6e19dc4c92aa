import { continueSentence } from "./errors.js";

/** What no file of flyball reaches; the parser itself recurses and fails at some ten thousand. */
export const MAX_JSON_DEPTH = 64;

/** Why a text is not JSON that flyball takes: one line that goes behind a colon. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/**
 * Reads JSON from anywhere: at most {@link MAX_JSON_DEPTH} levels, no number beyond float64, no key `__proto__`.
 * @throws JsonError
 */
export function parseJson(text: string): unknown {
  if (text.trim() === "") throw new JsonError("it is empty");
  if (depthOf(text) > MAX_JSON_DEPTH) throw new JsonError(`it is nested more than ${MAX_JSON_DEPTH} levels deep`);
  const value = parse(text);
  checkValue(value, "");
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine quotes a part of the text, line breaks included.
    const why = (error as Error).message.replace(/\s+/g, " ");
    throw new JsonError(continueSentence(why));
  }
}

/** The deepest nesting of brackets outside of strings, without recursion. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "\\" && quoted) at++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return deepest;
}

function checkValue(value: unknown, path: string): void {
  if (typeof value === "number" && !Number.isFinite(value))
    throw new JsonError(`${path || "it"} is a number too large for float64`);
  if (typeof value !== "object" || value === null) return;
  // Where such an object is copied key by key, the key would change the copy's prototype.
  if (Object.hasOwn(value, "__proto__")) throw new JsonError(`${path || "it"} has the key __proto__, which is not allowed`);
  for (const [key, item] of Object.entries(value)) checkValue(item, path === "" ? key : `${path}.${key}`);
}
