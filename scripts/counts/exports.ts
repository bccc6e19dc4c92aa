import { isTest, type Place, type Source } from "./tree.js";

/** Files whose exports are used from outside of the tree: the public API and the examples, which the program loads by path. */
function isOpen(path: string): boolean {
  return path === "index.ts" || path === "vitest.config.ts" || path.startsWith("examples/");
}

/** Exports that no other file imports, the public API apart. */
export function unusedExports(tree: readonly Source[]): readonly Place[] {
  const used = usedNames(tree, () => true);
  return exportsWithout(tree, (name) => used.has(name));
}

/** Exports of the product that only tests import. */
export function testedExports(tree: readonly Source[]): readonly Place[] {
  const used = usedNames(tree, () => true);
  const usedByProduct = usedNames(tree, (path) => !isTest(path));
  const product = tree.filter(({ path }) => !isTest(path));
  return exportsWithout(product, (name) => !used.has(name) || usedByProduct.has(name));
}

function exportsWithout(tree: readonly Source[], leaveOut: (name: string) => boolean): readonly Place[] {
  return tree.flatMap(({ path, exports, imports }) => {
    if (isOpen(path)) return [];
    const passedOn = imports.flatMap(({ passedOnAs }) =>
      passedOnAs === undefined || passedOnAs === "*" ? [] : [{ name: passedOnAs, line: 1 }],
    );
    return [...exports, ...passedOn]
      .filter(({ name }) => !leaveOut(`${path}\0${name}`))
      .map(({ name, line }) => ({ path, line, what: name }));
  });
}

/** `path\0name` of all that the chosen files import; a whole file imported uses every name in it. */
function usedNames(tree: readonly Source[], by: (path: string) => boolean): ReadonlySet<string> {
  const names = new Map(tree.map(({ path, exports }) => [path, exports.map(({ name }) => name)]));
  const used = new Set<string>();
  for (const { path, imports } of tree) {
    if (!by(path)) continue;
    for (const { from, name } of imports) {
      for (const one of name === "*" ? (names.get(from) ?? []) : [name]) used.add(`${from}\0${one}`);
    }
  }
  return used;
}
