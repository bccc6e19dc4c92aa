import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_JSON_DEPTH, parseJson } from "./parse-json.js";

test("reads what JSON.parse reads", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      fc.pre(!text.includes("__proto__"));
      expect(parseJson(text)).toEqual(JSON.parse(text));
    }),
  );
});

test("brackets within strings are no nesting", () => {
  const text = JSON.stringify(`${"[".repeat(500)}\\"{`);
  expect(parseJson(text)).toBe(JSON.parse(text));
});

test.each([
  ["", "it is empty"],
  ["[".repeat(MAX_JSON_DEPTH + 1), "it is nested more than 64 levels deep"],
  [`${"[".repeat(1e5)}${"]".repeat(1e5)}`, "it is nested more than 64 levels deep"],
  ['{"a":{"b":[0,1e999]}}', "a.b.1 is a number too large for float64"],
  ["-1e999", "it is a number too large for float64"],
  ['{"a":{"__proto__":{"polluted":1}}}', "a has the key __proto__, which is not allowed"],
])("%.24s is refused", (text, why) => {
  expect(() => parseJson(text)).toThrow(why);
});

test("the reason is one line that keeps the text's own letters", () => {
  expect(() => parseJson('{\n"A": Nope}')).toThrow(/^unexpected token .*Nope/);
  expect(() => parseJson("// Note\n{}")).toThrow(/^[^\n]*$/);
});
