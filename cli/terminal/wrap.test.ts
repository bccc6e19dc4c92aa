import { expect, test } from "vitest";
import { wrapText } from "./wrap.js";

test("text is broken between words, and where its own lines end", () => {
  expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("+0.263\n[+0.195, +0.345]", 20)).toEqual(["+0.263", "[+0.195, +0.345]"]);
  expect(wrapText("", 7)).toEqual([""]);
});

test("a word that is too long is cut behind its last hyphen or slash, or anywhere, and no character is lost", () => {
  expect(wrapText("seed-utilization (tuned)", 12)).toEqual(["seed-", "utilization", "(tuned)"]);
  expect(wrapText("runs/results/seed-1", 14)).toEqual(["runs/results/", "seed-1"]);
  expect(wrapText("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
});
