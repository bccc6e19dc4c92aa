import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const pages = [
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"],
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((path) => `docs/${path}`),
].filter((path) => path.endsWith(".md") && !path.startsWith("docs/api/") && existsSync(join(ROOT, path)));

const textOf = (page: string) => readFileSync(join(ROOT, page), "utf8");
/** Fenced code is no prose: what looks like a link there is none. */
const proseOf = (page: string) => textOf(page).replaceAll(/^```[\s\S]*?^```/gm, "");

/** As GitHub makes them: lower case, no punctuation, a hyphen for each space. */
function anchorsOf(page: string): Set<string> {
  const headings = proseOf(page).matchAll(/^#{1,6} (.+)$/gm);
  const slugs = Array.from(headings, ([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set(slugs);
}

test.each(pages)("%s links to files and headings that exist", (page) => {
  const targets = Array.from(proseOf(page).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target!);
  for (const target of targets.filter((target) => !/^[a-z]+:/.test(target))) {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? page : normalize(join(dirname(page), path));
    expect.soft(existsSync(join(ROOT, file)), `${page} links to ${target}`).toBe(true);
    if (anchor && file.endsWith(".md") && existsSync(join(ROOT, file))) {
      expect.soft(anchorsOf(file), `${page} links to ${target}`).toContain(anchor);
    }
  }
});

/** What earlier versions had may be gone. */
const OF_TODAY = pages.filter((page) => page !== "CHANGELOG.md");
const FOLDERS = "agents|bench|cli|compiler|core|docs|env|eval|examples|models|probes|reference|scripts|test|train|validation";

test.each(OF_TODAY)("%s names files and folders of the project that exist", (page) => {
  // Files by their ending, folders by the slash at their end: `train/loss` is a tag of TensorBoard.
  const named = textOf(page).matchAll(new RegExp(`\`((?:${FOLDERS})/(?:[\\w./-]*\\.\\w+|[\\w./-]*/)?)\``, "g"));
  for (const [, path] of named) expect.soft(existsSync(join(ROOT, path!)), `${page} names ${path}`).toBe(true);
});

test("the index of docs names every page", () => {
  const index = textOf("docs/README.md");
  const listed = new Set(Array.from(index.matchAll(/\]\(([^)#\s]+)/g), ([, target]) => normalize(join("docs", target!))));
  // Pages of one table each are reached from the page about them.
  const own = pages.filter((page) => page.startsWith("docs/") && !/^docs\/reference\/(results|validation)\//.test(page));
  expect(own.filter((page) => page !== "docs/README.md" && !listed.has(page)).map((page) => relative("docs", page))).toEqual(
    [],
  );
});

const STATION = /^(\d+)\. `(\w+)` in \[[^\]]+\]\(\.\.\/([^)]+)\): /;
const walks = textOf("docs/architecture.md")
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    name: section.slice(0, section.indexOf("\n")),
    lines: section.split("\n").filter((line) => /^\d+\. /.test(line)),
  }));

test("the architecture page follows a state field, an action and a parameter, in at most 15 stations each", () => {
  expect(walks.map(({ name }) => name)).toEqual(["A state field", "An action", "A parameter"]);
  for (const { lines } of walks) expect(lines.length).toBeLessThanOrEqual(15);
});

test.each(walks.flatMap(({ name, lines }) => lines.map((line) => [name, line] as const)))("%s: %s", (_name, line) => {
  const [, , word, path] = STATION.exec(line)!;
  expect(readFileSync(join(ROOT, path!), "utf8")).toMatch(new RegExp(`\\b${word}\\b`));
});
