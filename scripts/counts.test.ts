import { describe, expect, test } from "vitest";
import { COUNTS } from "./counts/counts.js";
import { parseTree } from "./counts/tree.js";

/** What a figure finds in small sources, as "path:line". */
function found(name: string, files: Readonly<Record<string, string>>): readonly string[] {
  return COUNTS[name]!.places(parseTree(new Map(Object.entries(files)))).map(({ path, line }) => `${path}:${line}`);
}

const ALIASES = {
  "a/loose.ts": "export type Loose = any;\ntype Own = Loose[];\nlet x: Own;",
  "a/again.ts": 'export type { Loose as Vague } from "./loose.js";',
  "b/uses.ts": 'import type { Vague } from "../a/again.js";\nexport const f = (u: Vague, v: Fine) => u;\ntype Fine = number;',
};

describe("any", () => {
  test("counts the word, its aliases and arrays of them, through imports under other names", () => {
    expect(found("any", ALIASES)).toEqual(["a/loose.ts:1", "a/loose.ts:2", "a/loose.ts:3", "b/uses.ts:2"]);
  });

  test("is not found in comments, texts and names", () => {
    expect(found("any", { "a.ts": 'const any = "any"; // any\nlet x: unknown = any;' })).toEqual([]);
  });

  test("is not confused by an alias of itself", () => {
    expect(found("any", { "a.ts": "type A = B[];\ntype B = A | number;\nlet x: A;" })).toEqual([]);
  });
});

test("casts through unknown are counted, single casts are not", () => {
  expect(found("casts", { "a.ts": "const a = 1 as unknown;\nconst b = a as unknown as string;\n" })).toEqual(["a.ts:2"]);
});

test("parameters are counted in functions, methods and function types, without `this`", () => {
  const seven = "a: 1, b: 1, c: 1, d: 1, e: 1, f: 1, g: 1";
  const six = "this: void, a: 1, b: 1, c: 1, d: 1, e: 1, f: 1";
  const text = [
    `function f(${seven}) {}`,
    `function g(${six}) {}`,
    `interface I { m(${seven}): void }`,
    `type T = (${seven}) => 1;`,
  ];
  expect(found("parameters-6", { "a.ts": text.join("\n") })).toEqual(["a.ts:1", "a.ts:3", "a.ts:4"]);
});

test("the signatures of WebAssembly functions may have any number of parameters: an interface of methods on numbers alone", () => {
  const seven = "a: number, b: number, c: number, d: number, e: number, f: number, g: number";
  const kernels = [`  run(${seven}): void;`, `  sum(${seven}): number;`];
  const tree = (members: readonly string[]) => ({ "a.ts": ["interface I {", ...members, "}"].join("\n") });
  expect(found("parameters-6", tree(kernels))).toEqual([]);
  expect(found("parameters-6", tree([...kernels, "  name(x: string): void;"]))).toEqual(["a.ts:2", "a.ts:3"]);
  expect(found("parameters-6", tree([...kernels, "  readonly size: number;"]))).toEqual(["a.ts:2", "a.ts:3"]);
  expect(found("parameters-6", tree([...kernels, `  text(${seven}): string;`]))).toEqual(["a.ts:2", "a.ts:3", "a.ts:4"]);
});

describe("long functions", () => {
  const lines = (count: number, line: string) => Array.from({ length: count }, () => line).join("\n");

  test("are over 60 lines with both brackets", () => {
    const body = (count: number) => `function f() {\n${lines(count, "g();")}\n}`;
    expect(found("long", { "a.ts": body(58), "b.ts": body(59) })).toEqual(["b.ts:1"]);
  });

  test("a function that only returns a literal is a table", () => {
    const table = `function f(x: number) {\n  const y = 2 * x;\n  return g([\n${lines(90, "{ at: (z) => x + y + z },")}\n]);\n}`;
    expect(found("long", { "a.ts": table })).toEqual([]);
  });

  test("one whose literal has functions with statements is none", () => {
    const closure = `function f() {\n  return {\n${lines(20, "m() {\n g();\n },")}\n};\n}`;
    expect(found("long", { "a.ts": closure })).toEqual(["a.ts:1"]);
  });

  test("one that works for long before the literal is none", () => {
    const work = `function f() {\n${lines(30, "const a = g();")}\nreturn [\n${lines(50, "1,")}\n];\n}`;
    expect(found("long", { "a.ts": work })).toEqual(["a.ts:1"]);
  });
});

describe("exports", () => {
  const files = {
    "index.ts": 'export { open } from "./a.js";',
    "a.ts": "export const open = 1;\nexport function unused() {}\nexport type Tested = 1;\nexport const used = 2, dead = 3;",
    "b.ts": 'import { used } from "./a.js";\nexport { used as passed } from "./a.js";\nused;',
    "a.test.ts": 'import type { Tested } from "./a.js";',
    "whole.ts": 'export const x = 1;\nimport("./lazy.js");',
    "lazy.ts": 'export const y = 1;\nimport * as whole from "./whole.js";',
  };

  test("are unused where no file imports them by name, as a whole or in the public API", () => {
    expect(found("exports", files)).toEqual(["a.ts:2", "a.ts:4", "b.ts:1"]);
  });

  test("that only tests import are a figure of their own", () => {
    expect(found("exports-tests", files)).toEqual(["a.ts:3"]);
  });
});

describe("cycles", () => {
  const files = {
    "a/x/one.ts": 'import type { Two } from "../y/two.js";',
    "a/y/two.ts": 'import { b } from "../../b/b.js";',
    "a/x/three.ts": "export const three = 1;",
    "b/b.ts": 'import { three } from "../a/x/three.js";',
    "b/b.test.ts": 'import "../c/c.js";',
    "c/c.ts": 'import "../b/b.js";\nimport "./d.js";',
    "c/d.ts": 'export * from "./c.js";',
  };

  test("of files are found through imports of any form, tests left out", () => {
    expect(found("cycles-files", files)).toEqual(["c/c.ts:1", "c/d.ts:1"]);
  });

  test("of folders are found where no file is in one", () => {
    expect(found("cycles-top", files)).toEqual(["a/y/two.ts:1", "b/b.ts:1"]);
    expect(found("cycles-rooms", files)).toEqual(["a/x/one.ts:1", "a/y/two.ts:1", "b/b.ts:1"]);
    expect(found("cycles-sub", files)).toEqual([]);
  });
});
