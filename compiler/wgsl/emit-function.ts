import { type Arrangement, arrange, neededAnyway, needs } from "../analysis/arrange.js";
import type { Node, Program, RecordInfo, Statement, ValueType } from "../ir/program.js";
import { isConstant } from "../js/expressions.js";
import { expression } from "./expressions.js";

/** Where a record lies, as code of the shader sees it. */
export interface WgslPlace {
  /** An array of u32 in any address space. */
  readonly words: string;
  /** The record's first word there. */
  readonly offset: number;
  /** Distance of one lane's neighbouring words, lane i starting at word i; absent where the words are shared or one lane's own. */
  readonly capacity?: number;
}

export interface WgslFunctionOptions {
  /** Name of the function that is written: `fn name(lane: u32)`. */
  readonly name: string;
  readonly place: (record: RecordInfo) => WgslPlace;
}

/**
 * Writes a program as one WGSL function of a lane's number. It needs {@link WGSL_LIBRARY} in the same module, and the arrays
 * that `place` names. Several programs with functions and arrays of their own fit into one module, so a rollout can be one
 * dispatch.
 */
export function emitWgslFunction(program: Program, options: WgslFunctionOptions): string {
  return new FunctionEmitter(program, options).emit();
}

/** Longest chain of operations that is written as one expression. */
const EXPRESSION_DEPTH = 12;

/** Written anew wherever they are used. */
const LEAVES: ReadonlySet<string> = new Set(["const", "bool", "word", "int", "counter", "local"]);

const TYPES: Readonly<Record<ValueType, string>> = { f: "f32", b: "bool", u: "u32", i: "i32" };

interface Text {
  readonly text: string;
  readonly depth: number;
}

/** A block of generated code and the nodes whose value it knows. */
class Block {
  readonly lines: string[] = [];
  readonly #known = new Map<Node, Text>();
  readonly #words = new Map<string, string>();

  constructor(readonly parent?: Block) {}

  find(node: Node): Text | undefined {
    return this.#known.get(node) ?? this.parent?.find(node);
  }

  set(node: Node, text: string, depth = 0): void {
    this.#known.set(node, { text, depth });
  }

  /** The variable with the four random words of a key. */
  findWords(key: string): string | undefined {
    return this.#words.get(key) ?? this.parent?.findWords(key);
  }

  setWords(key: string, name: string): void {
    this.#words.set(key, name);
  }
}

class FunctionEmitter {
  readonly #arrangement: Arrangement;
  readonly #openLoops = new Set<number>();
  readonly #places: ReadonlyMap<string, WgslPlace>;

  constructor(
    readonly program: Program,
    readonly options: WgslFunctionOptions,
  ) {
    this.#arrangement = arrange(program);
    this.#places = new Map(program.records.map((record) => [record.name, options.place(record)]));
  }

  emit(): string {
    const body = new Block();
    this.#statements(this.program.body, body);
    const locals = this.program.locals.map((type, i) => `var l${i}: ${TYPES[type]};`);
    return [`fn ${this.options.name}(lane: u32) {`, ...locals, ...body.lines, "}"].join("\n");
  }

  #statements(list: readonly Statement[], block: Block): void {
    list.forEach((statement, i) => {
      if (statement.kind === "if") this.#keepNeededAnyway([statement.then, statement.otherwise], list.slice(i + 1), block);
      if (statement.kind === "loop") this.#keepNeededAnyway([statement.body], list.slice(i + 1), block);
      this.#statement(statement, block);
    });
  }

  /** Values of a region that are needed anyway are computed before it: its block would forget them. */
  #keepNeededAnyway(bodies: readonly (readonly Statement[])[], rest: readonly Statement[], block: Block): void {
    const isAvailable = (node: Node) => block.find(node) !== undefined;
    for (const node of neededAnyway({ bodies, rest, isAvailable, openLoops: this.#openLoops }))
      if (!LEAVES.has(node.op.kind)) this.#pin(node, block);
  }

  #statement(statement: Statement, block: Block): void {
    switch (statement.kind) {
      case "eval":
        this.#pin(statement.node, block);
        return;
      case "assign":
        block.lines.push(`l${statement.local} = ${this.#value(statement.node, block)};`);
        return;
      case "store": {
        const index = statement.index ? this.#value(statement.index, block) : undefined;
        const value = this.#value(statement.node, block);
        const word = statement.node.type === "u" ? value : `bitcast<u32>(${value})`;
        block.lines.push(`${this.#address(statement.record, statement.slot, index)} = ${word};`);
        return;
      }
      case "loop": {
        const counter = `k${statement.loop}`;
        block.lines.push(`for (var ${counter} = 0i; ${counter} < ${statement.count}i; ${counter}++) {`);
        this.#openLoops.add(statement.loop);
        this.#inner(statement.body, block);
        this.#openLoops.delete(statement.loop);
        block.lines.push("}");
        return;
      }
      case "if":
        block.lines.push(`if (${this.#value(statement.condition, block)}) {`);
        this.#inner(statement.then, block);
        if (statement.otherwise.length > 0) block.lines.push("} else {");
        this.#inner(statement.otherwise, block);
        block.lines.push("}");
    }
  }

  #inner(list: readonly Statement[], block: Block): void {
    const inner = new Block(block);
    this.#statements(list, inner);
    block.lines.push(...inner.lines);
  }

  /** Computes a node here, once and for all: later stores and assignments do not change it. */
  #pin(node: Node, block: Block): void {
    const isVariable = (text: string) => /^v\d+$/.test(text);
    if (isConstant(node.op)) return;
    const text = this.#value(node, block);
    if (isVariable(text)) return;
    block.lines.push(`let v${node.id} = ${text};`);
    block.set(node, `v${node.id}`);
  }

  #value(root: Node, block: Block): string {
    for (const node of needs([root], (other) => block.find(other) !== undefined)) this.#define(node, block);
    return (block.find(root) as Text).text;
  }

  #define(node: Node, block: Block): void {
    const parts = node.args.map((arg) => block.find(arg) as Text);
    const depth = 1 + Math.max(0, ...parts.map((part) => part.depth));
    const text = this.#expression(node, (i) => (parts[i] as Text).text, block);
    const { op } = node;
    const isOnce = this.#arrangement.uses[node.id] === 1 && depth < EXPRESSION_DEPTH;
    if (LEAVES.has(op.kind) || op.kind === "pcg4d") block.set(node, text);
    else if (isOnce) block.set(node, text, depth);
    else {
      block.lines.push(`let v${node.id} = ${text};`);
      block.set(node, `v${node.id}`);
    }
  }

  #expression(node: Node, arg: (i: number) => string, block: Block): string {
    const { op } = node;
    if (op.kind === "pcg4d") return `${this.#randomWords(node, arg, block)}.${"xyzw"[op.component]}`;
    if (op.kind !== "load") return expression(node, arg);
    const word = this.#address(op.record, op.slot, node.args.length > 0 ? arg(0) : undefined);
    return node.type === "u" ? word : `bitcast<${TYPES[node.type]}>(${word})`;
  }

  /** The four components of one key are computed together. */
  #randomWords(node: Node, arg: (i: number) => string, block: Block): string {
    const key = node.args.map(({ id }) => id).join();
    const known = block.findWords(key);
    if (known) return known;
    const name = `w${node.id}`;
    block.lines.push(`let ${name} = pcg4d(vec4u(${node.args.map((_, i) => arg(i)).join(", ")}));`);
    block.setWords(key, name);
    return name;
  }

  #address(record: string, slot: number, index: string | undefined): string {
    const { words, offset, capacity } = this.#places.get(record) as WgslPlace;
    const start = `${offset + slot * (capacity ?? 1)}u`;
    const stride = capacity === undefined ? "" : ` * ${capacity}u`;
    const parts = [
      start,
      ...(index === undefined ? [] : [`u32(${index})${stride}`]),
      ...(capacity === undefined ? [] : ["lane"]),
    ];
    return `${words}[${parts.join(" + ")}]`;
  }
}
