import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeIo } from "../test/support/fake-io.js";
import { writtenPages } from "./written-pages.js";

const DOCS = join(import.meta.dirname, "../docs");

test("the pages in docs are what the code says: `npm run docs` writes them anew", async () => {
  for (const [name, text] of Object.entries(writtenPages(fakeIo()))) {
    await expect.soft(text, name).toMatchFileSnapshot(join(DOCS, name));
  }
});

test("every schema in docs is among them", () => {
  const written = Object.keys(writtenPages(fakeIo())).filter((name) => name.startsWith("schemas/"));
  const schemas = readdirSync(join(DOCS, "schemas")).map((name) => `schemas/${name}`);
  expect(written.toSorted()).toEqual(schemas.toSorted());
});

test("they are the same on any machine", () => {
  const pages = writtenPages(fakeIo());
  expect(writtenPages(fakeIo({ cores: 64, host: "other", now: () => 0 }))).toEqual(pages);
});
