import { expect, test } from "vitest";
import type { Writer } from "../io.js";
import { renderTable, writeTable } from "./table.js";

test("a table is its rows: columns side by side, numbers to the right, nothing between rows and at their ends", () => {
  const rows = [
    ["one", "1", ""],
    ["three", "22", "x"],
  ];
  expect(renderTable(["name", "n", ""], rows, [1])).toBe("name    n\none     1\nthree  22  x");
});

const WORDS = "a few words that say what happens in this scenario, to whom and for how long";
const ROWS = [
  ["akash-v1", "crash", WORDS.repeat(3)],
  ["bittensor-v1", "long-winter", WORDS],
];

test("a table is as wide as the terminal at most, from 80 to 200 columns, and loses no word", () => {
  for (let width = 80; width <= 200; width += 10) {
    const lines = renderTable(["economy", "scenario", "what happens"], ROWS, [], width).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
    const words = lines
      .slice(1)
      .flatMap((line) => line.split(/ +/))
      .sort();
    expect(words.filter((word) => word !== "")).toEqual(ROWS.flatMap((row) => row.flatMap((cell) => cell.split(" "))).sort());
  }
});

test("a word wider than its column is broken, not cut off", () => {
  const text = renderTable(["a", "b"], [["x".repeat(100), "y".repeat(90)]], [], 80);
  expect(text.replace(/[^x]/g, "").length).toBe(100);
  expect(text.replace(/[^y]/g, "").length).toBe(90);
});

test("in a file each row is one line; a terminal's width is asked when the table is printed", () => {
  const written = (isTTY: boolean, columns: number) => {
    const parts: string[] = [];
    const writer: Writer = { isTTY, columns, failure: () => undefined, write: (part) => void parts.push(part) };
    writeTable(writer, { head: ["economy", "scenario", "what happens"], rows: ROWS });
    return parts.join("").trimEnd().split("\n");
  };
  expect(written(false, 80).length).toBe(3);
  const longest = (lines: readonly string[]) => Math.max(...lines.map((line) => line.length));
  expect(longest(written(true, 40))).toBeLessThanOrEqual(80);
  expect(longest(written(true, 120))).toBeGreaterThan(80);
  expect(longest(written(true, 500))).toBeLessThanOrEqual(200);
});
