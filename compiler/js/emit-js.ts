import { UserError } from "../../core/errors.js";
import { statementNodes } from "../analysis/prune.js";
import type { Node, Program, Statement } from "../ir/program.js";
import { expression, isConstant } from "./expressions.js";

/** A compiled step for float64 arrays. */
export interface JsKernel {
  /** The body of the generated function, for inspection. */
  readonly source: string;
  /**
   * Runs the step for lanes first .. last-1. `views` has one array per stored record, in the order of `program.records`:
   * element e of lane i at `(slot + e) * capacity + i` (lane) or `slot + e` (uniform).
   */
  readonly run: (first: number, last: number, views: readonly Float64Array[]) => void;
}

/**
 * Emits a JS loop over lanes. Results are bit-identical to calling the function, NaN and -0 included.
 * @throws UserError E_NO_EVAL where the page's policy forbids `new Function`
 */
export function emitJs(program: Program, options: { readonly capacity: number }): JsKernel {
  const source = new JsEmitter(program, options.capacity).emit();
  try {
    return { source, run: new Function("first", "last", "views", source) as JsKernel["run"] };
  } catch (error) {
    if (!(error instanceof EvalError)) throw error;
    throw new UserError(
      "E_NO_EVAL",
      "this page's policy forbids new Function",
      "use the wasm execution or call the step itself",
    );
  }
}

const CLAMP = "function clamp(x, low, high, safe) { return x >= low ? Math.min(x, high) : x < low ? low : safe; }";

/** Longest chain of operations that is written as one expression; V8's parser recurses on it. */
const EXPRESSION_DEPTH = 12;

interface Text {
  readonly text: string;
  readonly depth: number;
}

/** A block of generated code and the nodes whose value it knows. */
class Block {
  readonly lines: string[] = [];
  readonly #known = new Map<Node, Text>();

  constructor(readonly parent?: Block) {}

  find(node: Node): Text | undefined {
    return this.#known.get(node) ?? this.parent?.find(node);
  }

  set(node: Node, text: string, depth = 0): void {
    this.#known.set(node, { text, depth });
  }
}

class JsEmitter {
  readonly #consumers = new Map<Node, number>();
  readonly #shared = new Set<Node>();
  readonly #pcg = new Map<string, Node[]>();
  readonly #prelude = new Block();

  constructor(
    readonly program: Program,
    readonly capacity: number,
  ) {
    const count = (node: Node): void => {
      this.#consumers.set(node, (this.#consumers.get(node) ?? 0) + 1);
    };
    for (const node of statementNodes(program.body)) count(node);
    for (const node of program.nodes) {
      node.args.forEach(count);
      if (this.#isShared(node)) this.#shared.add(node);
      if (node.op.kind === "pcg4d") {
        const key = pcgKey(node);
        this.#pcg.set(key, [...(this.#pcg.get(key) ?? []), node]);
      }
    }
  }

  emit(): string {
    const body = new Block(this.#prelude);
    this.#statements(this.program.body, body);
    const locals = this.program.locals.map((type, i) => `let l${i} = ${type === "b" ? "false" : "0"};`);
    const views = this.program.records.map((_, i) => `const r${i} = views[${i}];`);
    const lines = ['"use strict";', CLAMP, ...views, ...this.#prelude.lines, "for (let i = first; i < last; i++) {"];
    return [...lines, ...locals, ...body.lines, "}"].join("\n");
  }

  /** Whether a node has one value for all lanes, so that it is computed before the loop. */
  #isShared(node: Node): boolean {
    const { op } = node;
    if (op.kind === "local" || op.kind === "counter" || isConstant(op)) return false;
    if (op.kind === "load" && this.#record(op.record).kind === "lane") return false;
    if (op.kind !== "load" && node.args.every((arg) => isConstant(arg.op))) return false;
    return node.args.every((arg) => isConstant(arg.op) || this.#shared.has(arg));
  }

  #statements(list: readonly Statement[], block: Block): void {
    for (const statement of list) this.#statement(statement, block);
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
        const place = this.#address(statement.record, statement.slot, index);
        block.lines.push(`${place} = ${statement.node.type === "u" ? `${value} >>> 0` : value};`);
        return;
      }
      case "loop": {
        const counter = `k${statement.loop}`;
        block.lines.push(`for (let ${counter} = 0; ${counter} < ${statement.count}; ${counter}++) {`);
        this.#inner(statement.body, block);
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
    if (block.find(node) || isConstant(node.op)) return;
    const text = this.#value(node, block);
    if (/^v\d+$/.test(text)) return;
    block.lines.push(`const v${node.id} = ${text};`);
    block.set(node, `v${node.id}`);
  }

  #value(root: Node, block: Block): string {
    const missing = new Set<Node>();
    const stack = [root];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (missing.has(node) || block.find(node)) continue;
      missing.add(node);
      stack.push(...node.args);
    }
    for (const node of [...missing].sort((a, b) => a.id - b.id))
      this.#define(node, this.#shared.has(node) || isConstant(node.op) ? this.#prelude : block);
    return (block.find(root) as Text).text;
  }

  #define(node: Node, block: Block): void {
    if (block.find(node)) return;
    if (node.op.kind === "pcg4d") {
      this.#definePcg(node, block);
      return;
    }
    const depth = 1 + Math.max(0, ...node.args.map((arg) => (block.find(arg) as Text).depth));
    const text = this.#expression(node, (i) => (block.find(node.args[i] as Node) as Text).text);
    const leaf = isConstant(node.op) || node.op.kind === "local" || node.op.kind === "counter";
    if (leaf) {
      block.set(node, text);
    } else if (this.#consumers.get(node) === 1 && depth < EXPRESSION_DEPTH && block !== this.#prelude) {
      block.set(node, text, depth);
    } else {
      block.lines.push(`const v${node.id} = ${text};`);
      block.set(node, `v${node.id}`);
    }
  }

  #definePcg(node: Node, block: Block): void {
    const [x, y, z, w] = "xyzw".split("").map((letter) => `${letter}${node.id}`) as [string, string, string, string];
    const words = [x, y, z, w];
    words.forEach((name, i) => {
      const arg = (block.find(node.args[i] as Node) as Text).text;
      block.lines.push(`let ${name} = (Math.imul(${arg}, 1664525) + 1013904223) | 0;`);
    });
    const round = `${mix(x, y, w)} ${mix(y, z, x)} ${mix(z, x, y)} ${mix(w, y, z)}`;
    block.lines.push(round, words.map((name) => `${name} ^= ${name} >>> 16;`).join(" "), round);
    for (const component of this.#pcg.get(pcgKey(node)) as Node[]) {
      block.set(component, words[(component.op as { component: number }).component] as string);
    }
  }

  #expression(node: Node, arg: (i: number) => string): string {
    const { op } = node;
    if (op.kind === "load") return this.#address(op.record, op.slot, node.args.length > 0 ? arg(0) : undefined);
    return expression(op, arg);
  }

  #address(record: string, slot: number, index: string | undefined): string {
    const info = this.#record(record);
    const view = `r${this.program.records.indexOf(info)}`;
    if (info.kind === "uniform") return `${view}[${index === undefined ? slot : `${slot} + ${index}`}]`;
    if (index !== undefined) return `${view}[(${slot} + ${index}) * ${this.capacity} + i]`;
    return slot === 0 ? `${view}[i]` : `${view}[i + ${slot * this.capacity}]`;
  }

  #record(name: string): Program["records"][number] {
    return this.program.records.find((record) => record.name === name) as Program["records"][number];
  }
}

function pcgKey(node: Node): string {
  return node.args.map((arg) => arg.id).join();
}

function mix(x: string, y: string, z: string): string {
  return `${x} = (${x} + Math.imul(${y}, ${z})) | 0;`;
}
