import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, hashOf, sha256Hex } from "./digest.js";

test("sha-256 of abc is the vector of FIPS 180-2", () => {
  expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("the digest agrees with OpenSSL's on any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => sha256Hex(text) === createHash("sha256").update(text).digest("hex")),
  );
});

test("the order of keys does not change the hash", () => {
  expect(hashOf({ a: 1, b: [2, { c: 3, d: 4 }] })).toBe(hashOf({ b: [2, { d: 4, c: 3 }], a: 1 }));
});

test("canonical text reads back as the same value", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("a number that JSON cannot hold is refused", () => {
  expect(() => canonicalJson({ price: Number.NaN })).toThrow("JSON cannot hold NaN");
});
