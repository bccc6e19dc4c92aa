import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test("the guide to writing an economy shows the whole example, in its order", () => {
  const blocks = Array.from(read("docs/how-to/writing-an-economy.md").matchAll(/```ts\n([\s\S]*?)\n```/g), ([, code]) => code);
  expect(blocks.length).toBeGreaterThan(5);
  expect(`${blocks.join("\n\n")}\n`).toBe(read("examples/my-economy.ts"));
});
