import { describe, expect, it } from "vitest";
import { readersOf, renderAssumptions } from "./assumptions.js";
import { WEAK_POINTS } from "./economies/akash/weak-points.js";
import { akash } from "./economies/akash.js";

describe("docs/assumptions.md", () => {
  it("is what `npm run docs` writes from the economy", async () => {
    await expect(renderAssumptions(akash, WEAK_POINTS)).toMatchFileSnapshot("../docs/assumptions.md");
  });

  it("has a row with unit and range for every parameter, and no cell is broken by a bar", () => {
    const page = renderAssumptions(akash, WEAK_POINTS);
    for (const [name, { unit }] of Object.entries(akash.params)) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${name}\` |`));
      expect(row, name).toContain(` | ${unit} | `);
      expect(row!.match(/(?<!\\)\|/g), name).toHaveLength(9);
    }
  });
});

describe("readersOf", () => {
  it("names the functions that read a parameter, each once", () => {
    const first = (p: { a: number; b: number }) => p.a + p.a * p.b;
    const second = (p: { b: number }, up: { c: number }) => p.b + up.c;
    expect(readersOf({ first, second, CONSTANT: 3 })).toEqual(
      new Map([
        ["a", ["first"]],
        ["b", ["first", "second"]],
      ]),
    );
  });

  it("finds a reader of every parameter of akash", () => {
    const readers = readersOf({ ...akash.functions, ...akash.uses });
    expect(Object.keys(akash.params).filter((name) => !readers.has(name))).toEqual([]);
  });
});
