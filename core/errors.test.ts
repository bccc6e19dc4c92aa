import { expect, test } from "vitest";
import { escapeControls, formatUserError, UserError } from "./errors.js";

test("an error is two lines, whatever its values hold", () => {
  const error = new UserError("E_TEST", 'there is no "a\nb\u001b[31m\u2028"', "use\r\nanother\u202e");
  expect(formatUserError(error)).toBe('error: there is no "a\\nb\\x1b[31m\\u2028"\n  use\\r\\nanother\\u202e\n');
});

test("letters of every script, emoji and quotes stay as they are", () => {
  expect(escapeControls('größer "日本" 👩‍🚀 €')).toBe('größer "日本" 👩‍🚀 €');
});

test("a place is part of the message and a member of its own", () => {
  const place = { name: "step", line: 3, column: 7, excerpt: "s.x = y" };
  const error = new UserError("E_TEST", "y is not declared", "declare it", place);
  expect(error.message).toBe("y is not declared (step 3:7: s.x = y)");
  expect([error.what, error.place]).toEqual(["y is not declared", place]);
});
