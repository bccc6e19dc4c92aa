import type { Program, Statement } from "../../compiler/ir/program.js";
import { Block } from "../../compiler/text/block.js";
import { TextEmitter } from "../../compiler/text/emitter.js";
import { arraysDialect, type PythonTarget, scalarDialect } from "./python-dialect.js";
import { type FieldName, PythonFields } from "./python-fields.js";
import { ARRAY_FUNCTIONS, type PythonDialect } from "./python-spellings.js";
import { indent, releaseVariables } from "./python-text.js";

interface PythonOptions {
  /** Of the function that is written. */
  readonly name: string;
  readonly dialect: PythonDialect;
  /** Bits of a float. */
  readonly precision: 32 | 64;
  /** Array fields, as `record.field`: a program does not tell an array of one element from a number. */
  readonly arrays: ReadonlySet<string>;
}

/**
 * Writes a program as Python source, the same arithmetic operation by operation.
 * - `arrays`: `def make_NAME(xp)` returns `NAME(c, m)`; `xp` is an array module of bench/peers/arrays.py. A branch becomes a
 *   function of its own, so that the array module decides which lanes it runs for.
 * - `scalar`: `def NAME(c, m)` for one lane of plain numbers.
 *
 * `c` has the uniform fields by name; `m` the lane fields as `record.field`, array fields with their elements first. The
 * function returns a new `m`.
 * @throws RangeError with `arrays` for loops, branches within branches, and stores in a branch that do not fill their array
 */
export function emitPython(program: Program, { name, dialect, precision, arrays }: PythonOptions): string {
  const target: PythonTarget = { program, fields: new PythonFields(program), precision, arrays };
  if (dialect === "scalar") {
    const lines = bodyLines(
      target,
      new TextEmitter(program, scalarDialect(target)),
      (variable, e) => `${variable}[${e}]`,
      (array) => `list(${array})`,
    );
    return [`def ${name}(c, m):`, ...indent(["m = dict(m)", ...lines]), ""].join("\n");
  }
  const constants = new Map<string, string>();
  const regions: string[][] = [];
  const emitter = new TextEmitter(program, arraysDialect(target, { constants, regions }));
  const lines = bodyLines(target, emitter, (variable, e) => `row(${variable}, ${e})`);
  const all = [...regions.flat(), ...lines].join("\n");
  const functions = ARRAY_FUNCTIONS.filter((word) => new RegExp(`\\b${word}\\(`).test(all));
  const step = [`def ${name}(c, m):`, ...indent(["m = dict(m)", ...releaseVariables(lines)])];
  return [
    `def make_${name}(xp):`,
    ...indent(functions.map((word) => `${word} = xp.${word}`)),
    ...indent([...constants].map(([text, variable]) => `${variable} = xp.number(${text})`)),
    ...regions.flatMap((region) => ["", ...indent(region)]),
    "",
    ...indent([...step, "", `return ${name}`]),
    "",
  ].join("\n");
}

/**
 * Loads, statements, and what the function returns.
 * @param copy of an array that is written, where stores change arrays
 */
function bodyLines(
  target: PythonTarget,
  emitter: TextEmitter,
  element: (variable: string, position: number) => string,
  copy = (array: string) => array,
): string[] {
  const stored = storedArrays(target, target.program.body);
  const body = new Block(emitter.prelude);
  const used = new Map([...stored, ...loadedArrays(target)]);
  for (const { key, variable } of used.values()) {
    const array = `m["${key}"]`;
    body.lines.push(`${variable} = ${stored.has(key) ? copy(array) : array}`);
  }
  readScalars(target, element, body);
  emitter.write(body);
  for (const { key, variable } of stored.values()) body.lines.push(`m["${key}"] = ${variable}`);
  return [...body.lines, "return m"];
}

/** Fields and elements at a known position are read once, at the start; array fields get a variable that stores replace. */
function readScalars(
  { program, fields, arrays }: PythonTarget,
  element: (variable: string, e: number) => string,
  body: Block,
): void {
  for (const node of program.nodes) {
    const { op } = node;
    if (op.kind !== "load" || node.args.length > 0) continue;
    const { key, variable, first } = fields.find(op.record, op.slot);
    const place = fields.isLane(op.record) ? `m["${key}"]` : `c["${key.slice(key.indexOf(".") + 1)}"]`;
    const name = arrays.has(key) ? `${variable}_${op.slot - first}` : variable;
    body.lines.push(`${name} = ${arrays.has(key) ? element(variable, op.slot - first) : place}`);
    body.setName(node, name);
  }
}

function loadedArrays({ program, fields, arrays }: PythonTarget): ReadonlyMap<string, FieldName> {
  const found = program.nodes.flatMap(({ op }) => (op.kind === "load" ? [fields.find(op.record, op.slot)] : []));
  return new Map(found.filter(({ key }) => arrays.has(key)).map((field) => [field.key, field]));
}

/** Array fields that are written. */
function storedArrays(target: PythonTarget, body: readonly Statement[]): ReadonlyMap<string, FieldName> {
  const found = body.flatMap((statement): (readonly [string, FieldName])[] => {
    if (statement.kind === "if") return [...storedArrays(target, [...statement.then, ...statement.otherwise])];
    if (statement.kind === "loop") return [...storedArrays(target, statement.body)];
    if (statement.kind !== "store") return [];
    const field = target.fields.find(statement.record, statement.slot);
    return target.arrays.has(field.key) ? [[field.key, field]] : [];
  });
  return new Map(found);
}
