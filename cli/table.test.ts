import { expect, test } from "vitest";
import { renderTable } from "./table.js";

test("a table is its rows: columns side by side, numbers to the right, nothing between rows and at their ends", () => {
  const rows = [
    ["one", "1", ""],
    ["three", "22", "x"],
  ];
  expect(renderTable(["name", "n", ""], rows, [1])).toBe("name    n\none     1\nthree  22  x");
});
