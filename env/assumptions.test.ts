import { describe, expect, it } from "vitest";
import { readersOf, renderAssumptions } from "./assumptions.js";
import { ASSUMPTIONS, LAYERS } from "./assumptions-pages.js";
import { ECONOMIES } from "./economies/index.js";

describe("docs/reference/assumptions.md", () => {
  const page = renderAssumptions(ASSUMPTIONS, LAYERS);
  const lines = page.split("\n");

  it.each(ECONOMIES.map((economy) => [economy.id, economy] as const))(
    "has a section of %s with all its parameters",
    (id, economy) => {
      const from = lines.indexOf(`## ${id}`);
      const to = lines.findIndex((line, i) => i > from && line.startsWith("## "));
      const section = lines.slice(from, to);
      for (const [name, { unit }] of Object.entries(economy.params)) {
        const rows = section.filter((line) => line.startsWith(`| \`${name}\` |`));
        const row = rows.find((line) => line.includes(` | ${unit} | `));
        expect(row, name).toBeDefined();
        // No cell is broken by a bar.
        expect(row!.match(/(?<!\\)\|/g), name).toHaveLength(9);
      }
    },
  );

  it("links to every section that it names", () => {
    const headings = lines
      .filter((line) => line.startsWith("## "))
      .map((line) => line.slice(3).toLowerCase().replaceAll(",", "").replaceAll(" ", "-"));
    const links = Array.from(page.matchAll(/\]\(#([^)]+)\)/g), ([, anchor]) => anchor);
    expect(links.length).toBe(ASSUMPTIONS.length + LAYERS.length);
    for (const link of links) expect(headings).toContain(link);
  });
});

describe("readersOf", () => {
  it("names the functions that read a parameter, each once", () => {
    const first = (p: { a: number; b: number }) => p.a + p.a * p.b;
    const second = (p: { b: number }, up: { c: number }) => p.b + up.c;
    const third = (p: Record<string, number>, k: string) => p[`cost.${k}`];
    const fourth = new Function("p", "k", 'return p["gain." + k]');
    expect(
      readersOf({ first, second, third, fourth, CONSTANT: 3 }, ["a", "b", "c", "cost.x", "cost.y", "gain.x", "loss.x"]),
    ).toEqual(
      new Map([
        ["a", ["first"]],
        ["b", ["first", "second"]],
        ["cost.x", ["third"]],
        ["cost.y", ["third"]],
        ["gain.x", ["fourth"]],
      ]),
    );
  });

  it.each(ECONOMIES.map((economy) => [economy.id, economy] as const))(
    "finds a reader of every parameter of %s",
    (_, economy) => {
      const readers = readersOf({ ...economy.functions, ...economy.uses }, Object.keys(economy.params));
      expect(Object.keys(economy.params).filter((name) => !readers.has(name))).toEqual([]);
    },
  );
});
