import { type Arrangement, arrange, needs } from "../../compiler/analysis/arrange.js";
import type { Node, Program, Statement } from "../../compiler/ir/program.js";
import { isLeaf, PythonBlock, type PythonText } from "./python-block.js";
import { ARRAY_FUNCTIONS, type PythonDialect, pythonExpression, pythonNumber, REPEATS } from "./python-expressions.js";
import { type FieldName, PythonFields } from "./python-fields.js";
import { indent, releaseVariables, tuple, wholeArray } from "./python-text.js";

export interface PythonOptions {
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
 * @throws RangeError for loops, branches within branches, and stores in a branch that do not fill their array
 */
export function emitPython(program: Program, options: PythonOptions): string {
  return new PythonEmitter(program, options).emit();
}

/** Longest chain of operations that is written as one expression. */
const EXPRESSION_DEPTH = 12;

type If = Extract<Statement, { kind: "if" }>;

class PythonEmitter {
  readonly #arrangement: Arrangement;
  /** Nodes with a value of its own for each lane. */
  readonly #lanes = new Set<Node>();
  readonly #constants = new Map<string, string>();
  readonly #regions: string[][] = [];
  /** Array fields that are written. */
  readonly #stored: ReadonlyMap<string, FieldName>;
  readonly #fields: PythonFields;

  constructor(
    readonly program: Program,
    readonly options: PythonOptions,
  ) {
    this.#arrangement = arrange(program);
    this.#fields = new PythonFields(program);
    this.#stored = new Map(this.#storedArrays(program.body).map((field) => [field.key, field]));
    for (const node of program.nodes) {
      const { op } = node;
      const isLaneLoad = op.kind === "load" && this.#fields.isLane(op.record);
      if (isLaneLoad || op.kind === "local" || node.args.some((arg) => this.#lanes.has(arg))) this.#lanes.add(node);
    }
  }

  emit(): string {
    const body = new PythonBlock();
    this.#loads(body);
    this.#statements(this.program.body, body);
    for (const { key, variable } of this.#stored.values()) body.lines.push(`m["${key}"] = ${variable}`);
    body.lines.push("return m");
    return this.options.dialect === "arrays" ? this.#arraysText(body.lines) : this.#scalarText(body.lines);
  }

  #arraysText(lines: readonly string[]): string {
    const { name } = this.options;
    const constants = [...this.#constants].map(([text, variable]) => `${variable} = xp.number(${text})`);
    const all = [...this.#regions.flat(), ...lines].join("\n");
    const functions = ARRAY_FUNCTIONS.filter((word) => new RegExp(`\\b${word}\\(`).test(all));
    const step = [`def ${name}(c, m):`, ...indent(["m = dict(m)", ...releaseVariables(lines)])];
    return [
      `def make_${name}(xp):`,
      ...indent([...functions.map((word) => `${word} = xp.${word}`), ...constants]),
      ...this.#regions.flatMap((region) => ["", ...indent(region)]),
      "",
      ...indent([...step, "", `return ${name}`]),
      "",
    ].join("\n");
  }

  #scalarText(lines: readonly string[]): string {
    return [`def ${this.options.name}(c, m):`, ...indent(["m = dict(m)", ...lines]), ""].join("\n");
  }

  /** Scalar fields are read once, at the start; array fields get a variable that stores replace. */
  #loads(block: PythonBlock): void {
    const { dialect, arrays: isArray } = this.options;
    const arrays = new Map(this.#stored);
    for (const { op } of this.program.nodes) {
      if (op.kind !== "load") continue;
      const field = this.#fields.find(op.record, op.slot);
      if (isArray.has(field.key)) arrays.set(field.key, field);
    }
    for (const { key, variable } of arrays.values()) {
      const copy = dialect === "scalar" && this.#stored.has(key);
      block.lines.push(`${variable} = ${copy ? `list(m["${key}"])` : `m["${key}"]`}`);
    }
    for (const node of this.program.nodes) {
      const { op } = node;
      if (op.kind !== "load" || node.args.length > 0) continue;
      const { key, variable, first } = this.#fields.find(op.record, op.slot);
      const place = this.#fields.isLane(op.record) ? `m["${key}"]` : `c["${key.slice(key.indexOf(".") + 1)}"]`;
      const element = op.slot - first;
      const name = isArray.has(key) ? `${variable}_${element}` : variable;
      block.lines.push(`${name} = ${isArray.has(key) ? this.#element(variable, String(element)) : place}`);
      block.set(node, name);
    }
  }

  #element(variable: string, position: string): string {
    return this.options.dialect === "scalar" ? `${variable}[${position}]` : `row(${variable}, ${position})`;
  }

  #storedArrays(body: readonly Statement[]): FieldName[] {
    return body.flatMap((statement) => {
      if (statement.kind === "if") return this.#storedArrays([...statement.then, ...statement.otherwise]);
      if (statement.kind !== "store") return [];
      const field = this.#fields.find(statement.record, statement.slot);
      return this.options.arrays.has(field.key) ? [field] : [];
    });
  }

  #statements(list: readonly Statement[], block: PythonBlock): void {
    for (const statement of list) this.#statement(statement, block);
  }

  #statement(statement: Statement, block: PythonBlock): void {
    switch (statement.kind) {
      case "eval":
        this.#pin(statement.node, block);
        return;
      case "assign":
        block.lines.push(`l${statement.local} = ${this.#filled(statement.node, block)}`);
        return;
      case "store":
        this.#store(statement, block);
        return;
      case "if":
        if (this.options.dialect === "arrays") this.#region(statement, block);
        else this.#branch(statement, block);
        return;
      case "loop":
        throw new RangeError(`the Python peers have no loops, ${this.program.name} has one`);
    }
  }

  #store({ record, slot, index, node }: Extract<Statement, { kind: "store" }>, block: PythonBlock): void {
    const { key, variable } = this.#fields.find(record, slot);
    if (!this.options.arrays.has(key)) {
      block.lines.push(`m["${key}"] = ${this.#filled(node, block)}`);
      return;
    }
    const position = this.#position(record, slot, index, block);
    const value = this.#value(node, block);
    const isScalar = this.options.dialect === "scalar";
    block.lines.push(
      isScalar ? `${variable}[${position}] = ${value}` : `${variable} = with_row(${variable}, ${position}, ${value})`,
    );
  }

  /** Element of an array field, as text. */
  #position(record: string, slot: number, index: Node | undefined, block: PythonBlock): string {
    const offset = slot - this.#fields.find(record, slot).first;
    if (!index) return String(offset);
    const text = this.#value(index, block);
    return offset === 0 ? text : `${offset} + ${text}`;
  }

  /** Scalar dialect: a branch is a branch. */
  #branch({ condition, then, otherwise }: If, block: PythonBlock): void {
    block.lines.push(`if ${this.#value(condition, block)}:`);
    for (const [i, list] of [then, otherwise].entries()) {
      if (list.length === 0) continue;
      const inner = new PythonBlock(block);
      this.#statements(list, inner);
      if (i === 1) block.lines.push("else:");
      block.lines.push(...indent(inner.lines));
    }
  }

  /** Array dialect: the branch as a function of what it needs, and its results joined with what holds in the other lanes. */
  #region({ condition, then, otherwise }: If, block: PythonBlock): void {
    const mask = this.#name(condition, block);
    const region = new PythonBlock(block, (node) => this.#lanes.has(node));
    const kept = this.#keptValues(otherwise, block);
    const outputs: { target: string; inner: string; outer: string }[] = [];
    const rows = new Map<string, string[]>();
    for (const statement of then) {
      if (statement.kind === "eval") this.#pin(statement.node, region);
      else if (statement.kind === "assign") {
        const target = `l${statement.local}`;
        outputs.push({ target, inner: this.#value(statement.node, region), outer: kept.get(target)! });
      } else if (statement.kind === "store") this.#collectRow(statement, region, rows);
      else throw new RangeError(`the Python peers have no branches within branches, ${this.program.name} has one`);
    }
    for (const [variable, texts] of rows) outputs.push({ target: variable, inner: wholeArray(texts), outer: variable });
    const name = `branch_${this.#regions.length}`;
    const inputs = [...region.laneInputs, ...region.sharedInputs].join(", ");
    const body = releaseVariables([...region.lines, `return ${tuple(outputs.map(({ inner }) => inner))}`]);
    this.#regions.push([`def ${name}(${inputs}):`, ...indent(body)]);
    const given = [tuple(region.laneInputs), tuple(region.sharedInputs), tuple(outputs.map(({ outer }) => outer))];
    block.lines.push(`${tuple(outputs.map(({ target }) => target))} = branch(${mask}, ${name}, ${given.join(", ")})`);
  }

  #keptValues(otherwise: readonly Statement[], block: PythonBlock): ReadonlyMap<string, string> {
    const kept = new Map<string, string>();
    for (const statement of otherwise) {
      if (statement.kind === "eval") this.#pin(statement.node, block);
      else if (statement.kind === "assign") kept.set(`l${statement.local}`, this.#filled(statement.node, block));
      else throw new RangeError(`the Python peers store nothing in an else branch, ${this.program.name} does`);
    }
    return kept;
  }

  #collectRow(statement: Extract<Statement, { kind: "store" }>, region: PythonBlock, rows: Map<string, string[]>): void {
    const { record, slot, index, node } = statement;
    const { variable, length, first } = this.#fields.find(record, slot);
    const row = slot - first + (index === undefined ? 0 : index.op.kind === "int" ? index.op.value : Number.NaN);
    if (!(row >= 0 && row < length)) throw new RangeError(`${this.program.name} stores to a computed element in a branch`);
    const texts = rows.get(variable) ?? new Array<string>(length).fill("");
    texts[row] = this.#value(node, region);
    rows.set(variable, texts);
  }

  /** Computes a node here, once and for all: later stores do not change it. */
  #pin(node: Node, block: PythonBlock): void {
    if (!isLeaf(node)) this.#name(node, block);
  }

  #name(node: Node, block: PythonBlock): string {
    const text = this.#value(node, block);
    if (/^[a-z]\w*$/.test(text)) return text;
    block.lines.push(`v${node.id} = ${text}`);
    block.set(node, `v${node.id}`);
    return `v${node.id}`;
  }

  /** A value with one element per lane. */
  #filled(node: Node, block: PythonBlock): string {
    const text = this.#value(node, block);
    return this.#lanes.has(node) || this.options.dialect === "scalar" ? text : `fill(${text}, ${this.#fields.someLane})`;
  }

  #value(root: Node, block: PythonBlock): string {
    for (const node of needs([root], (other) => block.find(other) !== undefined)) this.#define(node, block);
    return block.find(root)!.text;
  }

  #define(node: Node, block: PythonBlock): void {
    if (block.find(node)) return;
    if (node.op.kind === "pcg4d") {
      this.#definePcg(node, block);
      return;
    }
    if (this.options.dialect === "scalar" && REPEATS.has(node.op.kind)) for (const arg of node.args) this.#pin(arg, block);
    const parts = node.args.map((arg) => block.find(arg) as PythonText);
    const depth = 1 + Math.max(0, ...parts.map((part) => part.depth));
    const text = this.#expression(node, parts, block);
    if (isLeaf(node)) block.set(node, text);
    else if (this.#arrangement.uses[node.id] === 1 && depth < EXPRESSION_DEPTH) block.set(node, text, depth);
    else {
      block.lines.push(`v${node.id} = ${text}`);
      block.set(node, `v${node.id}`);
    }
  }

  /** The four components of one key are computed together. */
  #definePcg(node: Node, block: PythonBlock): void {
    const isOfKey = (other: Node) => other.op.kind === "pcg4d" && other.args.every((arg, i) => arg === node.args[i]);
    const args = node.args.map((arg) => block.find(arg)!.text);
    const names = [0, 1, 2, 3].map((i) => `v${node.id}_${i}`);
    block.lines.push(`${names.join(", ")} = pcg4d(${args.join(", ")})`);
    for (const other of this.program.nodes.filter(isOfKey)) {
      if (other.op.kind === "pcg4d") block.set(other, names[other.op.component]!);
    }
  }

  #expression(node: Node, parts: readonly PythonText[], block: PythonBlock): string {
    const { op } = node;
    const arg = (i: number) => parts[i]!.text;
    const { dialect, precision } = this.options;
    switch (op.kind) {
      case "const":
        return this.#number(op.value);
      case "word":
        return dialect === "scalar" ? String(op.value) : this.#constant(`${op.value}, "u"`);
      case "int":
        return String(op.value);
      case "bool":
        return op.value ? "True" : "False";
      case "local":
        return `l${op.local}`;
      case "load": {
        const position = this.#position(op.record, op.slot, node.args[0], block);
        return this.#element(this.#fields.find(op.record, op.slot).variable, position);
      }
      default:
        return pythonExpression(node, arg, { dialect, precision, number: (value) => this.#number(value) });
    }
  }

  #number(value: number): string {
    const text = pythonNumber(value);
    return this.options.dialect === "scalar" ? (value < 0 ? `(${text})` : text) : this.#constant(text);
  }

  /** A constant of the generated module, made once. */
  #constant(text: string): string {
    const name = this.#constants.get(text) ?? `k${this.#constants.size}`;
    this.#constants.set(text, name);
    return name;
  }
}
