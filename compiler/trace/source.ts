import * as acorn from "acorn";
import { UserError } from "../../core/errors.js";
import type { Origin } from "../ir/program.js";

type FunctionNode = acorn.FunctionExpression | acorn.ArrowFunctionExpression;

/** Any function; only its source text matters here. */
export type AnyFunction = (...args: never[]) => unknown;

/** A parsed function, with what error messages need. */
export interface Source {
  readonly name: string;
  /** The running text: what the tools made of the source file. */
  readonly text: string;
  /** Characters in front of `text` when it was parsed. */
  readonly shift: number;
  readonly node: FunctionNode;
}

const cache = new WeakMap<AnyFunction, Source>();

/** Parses the running text of a method, arrow or function expression. */
export function parseSource(fn: AnyFunction, name: string): Source {
  const known = cache.get(fn);
  if (known) return known;
  const text = Function.prototype.toString.call(fn);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    throw new UserError(
      "E_STEP_SYNTAX",
      `${name} is a built-in or bound function, which has no source text`,
      "write it as a plain function",
    );
  }
  const source = tryParse(text, name, "(", ")") ?? tryParse(text, name, "({", "})");
  if (!source) throw syntaxError(text, name);
  const { node } = source;
  if (node.async || node.generator)
    fail(source, node, "E_STEP_SYNTAX", `${name} is async or a generator`, "write a plain function");
  cache.set(fn, source);
  return source;
}

function tryParse(text: string, name: string, open: string, close: string): Source | undefined {
  let program: acorn.Program;
  try {
    program = acorn.parse(`${open}${text}\n${close}`, { ecmaVersion: 2022 });
  } catch {
    return undefined;
  }
  const statement = program.body[0];
  let node = statement?.type === "ExpressionStatement" ? statement.expression : undefined;
  if (node?.type === "ObjectExpression") {
    const property = node.properties[0];
    node = property?.type === "Property" ? property.value : undefined;
  }
  if (node?.type !== "FunctionExpression" && node?.type !== "ArrowFunctionExpression") return undefined;
  return { name, text, shift: open.length, node };
}

function syntaxError(text: string, name: string): UserError {
  const excerpt = text.split("\n")[0]!.slice(0, 60);
  return new UserError(
    "E_STEP_SYNTAX",
    `cannot parse ${name}: ${excerpt}`,
    "write a method, an arrow function or a function expression",
  );
}

/** The part of the running text that a node stands for, on one line. */
export function excerpt(source: Source, node: acorn.AnyNode): string {
  const text = source.text.slice(node.start - source.shift, node.end - source.shift).replace(/\s+/g, " ");
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Throws a UserError with the position of `node` within the running text and the line that it is in. */
export function fail(source: Source, node: acorn.AnyNode, code: string, message: string, hint: string): never {
  const at = locate(source, node);
  const line = source.text.split("\n")[at.line - 1]!;
  const start = Math.max(0, at.column - 41);
  const shown = line.slice(start, start + 100).trim();
  throw new UserError(code, message, hint, { name: source.name, line: at.line, column: at.column, excerpt: shown });
}

/** Line and column within the running text, from 1. */
function locate(source: Source, node: acorn.AnyNode): { readonly line: number; readonly column: number } {
  const before = source.text.slice(0, Math.max(0, node.start - source.shift)).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

export function describeOrigin(operation: Origin["operation"], source: Source, node: acorn.AnyNode): Origin {
  return { operation, name: source.name, source: source.text, ...locate(source, node), text: excerpt(source, node) };
}
