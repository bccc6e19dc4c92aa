import type { ESTree } from "rolldown/utils";
import { lineOf, type Place, placeOf, type Source, visit } from "./tree.js";

type Body = ESTree.Function | ESTree.ArrowFunctionExpression;

/** Functions, methods and function types with more parameters than allowed; `this` is none, and kernels are left out. */
export function manyParameters(tree: readonly Source[], allowed: number): readonly Place[] {
  return tree.flatMap((source) => {
    const found: Place[] = [];
    const kernels = new Set<number>();
    const check = (start: number, params: readonly ESTree.ParamPattern[]) => {
      const count = params.filter((param) => !(param.type === "Identifier" && param.name === "this")).length;
      if (count > allowed) found.push(placeOf(source, start, `${count} parameters: ${firstWords(source, start)}`));
    };
    visit(source, {
      ...eachFunction((node) => check(node.start, node.params)),
      TSInterfaceBody: ({ body }) => {
        if (isKernels(body)) for (const { start } of body) kernels.add(start);
      },
      TSFunctionType: (node) => check(node.start, node.params),
      TSMethodSignature: (node) => {
        if (!kernels.has(node.start)) check(node.start, node.params);
      },
      TSCallSignatureDeclaration: (node) => check(node.start, node.params),
      TSDeclareFunction: (node) => check(node.start, node.params),
    });
    return found;
  });
}

/**
 * Whether these are the signatures of WebAssembly functions: an interface of nothing but methods from numbers to a number or
 * nothing. Such functions have no records: their parameters are the machine's.
 */
function isKernels(members: readonly ESTree.TSSignature[]): boolean {
  const isNumber = (type: ESTree.TSType | undefined) => type?.type === "TSNumberKeyword";
  return members.every((member) => {
    if (member.type !== "TSMethodSignature") return false;
    const result = member.returnType?.typeAnnotation;
    const takesNumbers = member.params.every(
      (param) => param.type === "Identifier" && isNumber(param.typeAnnotation?.typeAnnotation),
    );
    return takesNumbers && (isNumber(result) || result?.type === "TSVoidKeyword");
  });
}

/** Functions over so many lines, from the first word to the closing bracket; tables apart. */
export function longFunctions(tree: readonly Source[], allowed: number): readonly Place[] {
  return tree.flatMap((source) => {
    const found: Place[] = [];
    visit(
      source,
      eachFunction((node) => {
        const lines = lineOf(source.text, node.end) - lineOf(source.text, node.start) + 1;
        if (lines > allowed && !isTable(node, source)) {
          found.push(placeOf(source, node.start, `${lines} lines: ${firstWords(source, node.start)}`));
        }
      }),
    );
    return found;
  });
}

/**
 * A table: a function that does nothing but return one object or array literal (or hand it to one call), after at most a
 * few constants: the literal has four fifths of the lines, and no function in it has a body of statements.
 */
function isTable(node: Body, source: Source): boolean {
  const returned = returnedBy(node);
  const literal = returned === undefined ? undefined : literalIn(returned);
  if (literal === undefined) return false;
  const lines = (of: ESTree.Span) => lineOf(source.text, of.end) - lineOf(source.text, of.start) + 1;
  return lines(literal) >= 0.8 * lines(node) && !hasStatements(literal);
}

function returnedBy({ body }: Body): ESTree.Expression | undefined {
  if (body === null) return undefined;
  if (body.type !== "BlockStatement") return body;
  const last = body.body.at(-1);
  const constants = body.body.slice(0, -1).every((line) => line.type === "VariableDeclaration" && line.kind === "const");
  return constants && last?.type === "ReturnStatement" ? (last.argument ?? undefined) : undefined;
}

function literalIn(node: ESTree.Expression): ESTree.Expression | undefined {
  switch (node.type) {
    case "ObjectExpression":
    case "ArrayExpression":
      return node;
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return literalIn(node.expression);
    case "CallExpression": {
      const [only] = node.arguments;
      return node.arguments.length === 1 && only?.type !== "SpreadElement" ? literalIn(only!) : undefined;
    }
    default:
      return undefined;
  }
}

/** Whether a function with a block of statements is in a node. */
function hasStatements(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  if ("type" in node && node.type === "BlockStatement") return true;
  return Object.entries(node).some(([key, value]) => key !== "parent" && hasStatements(value));
}

function eachFunction(check: (node: Body) => void) {
  return {
    FunctionDeclaration: check,
    FunctionExpression: check,
    ArrowFunctionExpression: check,
  };
}

function firstWords(source: Source, start: number): string {
  const line = lineOf(source.text, start);
  return source.text.split("\n")[line - 1]!.trim().slice(0, 90);
}
