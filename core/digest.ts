import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/**
 * JSON with keys in code-unit order and no white space, so that equal values have equal text. Numbers print as JavaScript
 * prints them (shortest form that reads back the same). Keys whose value is undefined are left out, as in JSON.stringify.
 * @throws RangeError for NaN and infinities, which JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`JSON cannot hold ${value}`);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}

/** SHA-256 of text (as UTF-8) or bytes, 64 hexadecimal digits. */
export function sha256Hex(content: string | Uint8Array): string {
  return bytesToHex(sha256(typeof content === "string" ? utf8ToBytes(content) : content));
}

/** A plain object with the digest of its other keys, by which a later change shows. */
export function withDigest<Value extends object>(value: Value): Value & { readonly digest: string } {
  return { ...value, digest: hashOf(value) };
}

/** Whether an object of `withDigest` has been changed since; one without a digest tells nothing. */
export function isChanged({ digest, ...value }: { readonly digest?: string | undefined }): boolean {
  return digest !== undefined && digest !== hashOf(value);
}

/** SHA-256 of a plain value, independent of the order of its keys. */
export function hashOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}
