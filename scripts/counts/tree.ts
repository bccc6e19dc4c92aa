import { type ESTree, parseSync, Visitor, type VisitorObject } from "rolldown/utils";

/** A source file, parsed. */
export interface Source {
  /** from the repository's root, with forward slashes */
  readonly path: string;
  readonly text: string;
  readonly program: ESTree.Program;
  readonly imports: readonly Import[];
  /** names this file exports and defines itself; `export *` and names passed on are in `imports` */
  readonly exports: readonly { readonly name: string; readonly line: number }[];
}

/** One name taken from another file of the tree. */
interface Import {
  /** path of the file that it is taken from */
  readonly from: string;
  /** name there, "*" for the whole file */
  readonly name: string;
  /** name here, undefined where it has none (`import("./x.js")`, `export *`) */
  readonly local: string | undefined;
  /** name under which this file exports it again, "*" for `export *` */
  readonly passedOnAs?: string;
}

export interface Place {
  readonly path: string;
  readonly line: number;
  readonly what: string;
}

/** Test code: the figures of the product leave it out. */
export function isTest(path: string): boolean {
  return path.startsWith("test/") || path.endsWith(".test.ts") || path === "vitest.config.ts";
}

/**
 * Parses files that belong together.
 * @param texts path from the root to text
 */
export function parseTree(texts: ReadonlyMap<string, string>): readonly Source[] {
  return [...texts].map(([path, text]) => parseSource(path, text, (target) => texts.has(target)));
}

export function visit(source: Source, visitor: VisitorObject): void {
  new Visitor(visitor).visit(source.program);
}

export function placeOf(source: Source, offset: number, what: string): Place {
  return { path: source.path, line: lineOf(source.text, offset), what };
}

/** Line of an offset into a text, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

function parseSource(path: string, text: string, exists: (path: string) => boolean): Source {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const resolve = (specifier: string) => {
    if (specifier === "flyball") return exists("index.ts") ? "index.ts" : undefined;
    if (!specifier.startsWith(".")) return undefined;
    const target = new URL(specifier, `file:///${path}`).pathname.slice(1).replace(/\.js$/, ".ts");
    return exists(target) ? target : undefined;
  };
  return { path, text, program, imports: importsOf(program, resolve), exports: exportsOf(program, text) };
}

type Resolve = (specifier: string) => string | undefined;

function importsOf(program: ESTree.Program, resolve: Resolve): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: string, imported: Omit<Import, "from">) => {
    const from = resolve(specifier);
    if (from !== undefined) found.push({ from, ...imported });
  };
  new Visitor({
    ImportDeclaration(node) {
      if (node.specifiers.length === 0) add(node.source.value, { name: "*", local: undefined });
      for (const specifier of node.specifiers) {
        const name = specifier.type === "ImportSpecifier" ? nameIn(specifier.imported) : "*";
        add(node.source.value, { name, local: specifier.local.name });
      }
    },
    ExportNamedDeclaration(node) {
      for (const { local, exported } of node.source === null ? [] : node.specifiers) {
        add(node.source!.value, { name: nameIn(local), local: undefined, passedOnAs: nameIn(exported) });
      }
    },
    ExportAllDeclaration(node) {
      add(node.source.value, { name: "*", local: undefined, passedOnAs: "*" });
    },
    ImportExpression(node) {
      if (node.source.type === "Literal") add(String(node.source.value), { name: "*", local: undefined });
    },
    TSImportType(node) {
      add(node.source.value, { name: "*", local: undefined });
    },
  }).visit(program);
  return found;
}

function exportsOf(program: ESTree.Program, text: string): Source["exports"] {
  const found: { name: string; line: number }[] = [];
  const add = (name: string, offset: number) => found.push({ name, line: lineOf(text, offset) });
  new Visitor({
    ExportNamedDeclaration(node) {
      if (node.source !== null) return;
      for (const { exported, start } of node.specifiers) add(nameIn(exported), start);
      const declared = node.declaration;
      if (declared === null) return;
      if (declared.type === "VariableDeclaration") {
        for (const { id, start } of declared.declarations) for (const name of namesBound(id)) add(name, start);
      } else if ("id" in declared && declared.id?.type === "Identifier") add(declared.id.name, declared.start);
    },
    ExportDefaultDeclaration(node) {
      add("default", node.start);
    },
  }).visit(program);
  return found;
}

function namesBound(pattern: ESTree.BindingPattern): readonly string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        namesBound(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) =>
        element === null ? [] : namesBound(element.type === "RestElement" ? element.argument : element),
      );
    default:
      return namesBound(pattern.left);
  }
}

function nameIn(name: ESTree.ModuleExportName): string {
  return name.type === "Literal" ? name.value : name.name;
}
