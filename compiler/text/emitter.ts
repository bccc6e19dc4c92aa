import { type Arrangement, arrange, neededAnyway } from "../analysis/arrange.js";
import { isConstant } from "../ir/constants.js";
import type { Node, Program, Statement } from "../ir/program.js";
import { reachable } from "../ir/traversal.js";
import { Block, type Known } from "./block.js";
import type { Dialect, StatementVisitors, StatementWriter } from "./dialect.js";

/** Longest chain of operations that is written as one expression: compilers recurse on it, V8's parser among them. */
const EXPRESSION_DEPTH = 12;

/** Writes a program as text in a dialect. */
export class TextEmitter implements StatementWriter {
  /** What is computed before the lanes. */
  readonly prelude = new Block();
  readonly #arrangement: Arrangement;
  readonly #openLoops = new Set<number>();
  readonly #visitors: StatementVisitors;
  readonly #randomWords = new Map<string, Node[]>();

  constructor(
    readonly program: Program,
    readonly dialect: Dialect,
  ) {
    this.#arrangement = arrange(program);
    this.#visitors = { ...this.#defaultVisitors(), ...dialect.visitors };
    for (const node of program.nodes) {
      if (node.op.kind !== "pcg4d") continue;
      this.#randomWords.set(joinIds(node), [...(this.#randomWords.get(joinIds(node)) ?? []), node]);
    }
  }

  /** The lines of all statements. @param body a block within the prelude that may know names of nodes already */
  write(body: Block = new Block(this.prelude)): readonly string[] {
    this.statements(this.program.body, body);
    return body.lines;
  }

  readonly statements = (list: readonly Statement[], block: Block): void => {
    for (const [i, statement] of list.entries()) {
      const rest = list.slice(i + 1);
      if (statement.kind === "if") this.#keepNeededAnyway([statement.then, statement.otherwise], rest, block);
      if (statement.kind === "loop") this.#keepNeededAnyway([statement.body], rest, block);
      visit(this.#visitors, this, statement, block);
    }
  };

  readonly value = (root: Node, block: Block): string => {
    for (const node of reachable([root], (other) => block.find(other) !== undefined)) this.#define(node, block);
    return this.#find(root, block).text;
  };

  readonly name = (node: Node, block: Block): string => {
    const text = this.value(node, block);
    return this.#find(node, block).depth === 0 ? text : this.#defineName(node, text, block);
  };

  readonly pin = (node: Node, block: Block): void => {
    const text = this.value(node, block);
    if (!this.#find(node, block).isFixed) this.#defineName(node, text, block);
  };

  #defaultVisitors(): StatementVisitors {
    const { assign, store, blocks } = this.dialect;
    return {
      eval: (_, { node }, block) => this.pin(node, block),
      assign: (_, { local, node }, block) => {
        block.lines.push(assign(`l${local}`, this.value(node, block), node));
      },
      store: (_, statement, block) => {
        const index = statement.index && this.value(statement.index, block);
        block.lines.push(store(statement, this.value(statement.node, block), index));
      },
      loop: (_, { loop, count, body }, block) => {
        block.lines.push(blocks.loop(`k${loop}`, count));
        this.#openLoops.add(loop);
        this.#inner(body, block);
        this.#openLoops.delete(loop);
        this.#end(block);
      },
      if: (_, { condition, then, otherwise }, block) => {
        block.lines.push(blocks.if(this.value(condition, block)));
        this.#inner(then, block);
        if (otherwise.length > 0) {
          block.lines.push(blocks.otherwise);
          this.#inner(otherwise, block);
        }
        this.#end(block);
      },
    };
  }

  #inner(list: readonly Statement[], block: Block): void {
    const { indent, empty } = this.dialect.blocks;
    const inner = new Block(block);
    this.statements(list, inner);
    if (inner.lines.length === 0 && empty !== undefined) inner.lines.push(empty);
    for (const line of inner.lines) block.lines.push(indent + line);
  }

  #end(block: Block): void {
    const { end } = this.dialect.blocks;
    if (end !== undefined) block.lines.push(end);
  }

  /** Values of a region that are needed anyway are computed before it: its block would forget them. */
  #keepNeededAnyway(bodies: readonly (readonly Statement[])[], rest: readonly Statement[], block: Block): void {
    const isAvailable = (node: Node) => block.find(node) !== undefined;
    for (const node of neededAnyway({ bodies, rest, isAvailable, openLoops: this.#openLoops }))
      if (!isLeaf(node)) this.pin(node, block);
  }

  #find(node: Node, block: Block): Known {
    return block.find(node) as Known;
  }

  #defineName(node: Node, text: string, block: Block): string {
    const name = `v${node.id}`;
    block.lines.push(this.dialect.define(name, text, node));
    block.setName(node, name);
    return name;
  }

  #define(node: Node, within: Block): void {
    const { op } = node;
    const isShared = this.dialect.isShared?.(node) ?? false;
    const block = isShared || isConstant(node) ? this.prelude : within;
    // The four words of a key are computed together.
    if (block.find(node)) return;
    if (op.kind === "pcg4d") {
      this.#defineRandomWords(node, block);
      return;
    }
    if (this.dialect.repeating?.has(op.kind)) for (const arg of node.args) this.name(arg, block);
    const parts = node.args.map((arg) => this.#find(arg, block));
    const depth = 1 + Math.max(0, ...parts.map((part) => part.depth));
    const text = this.#text(
      node,
      parts.map((part) => part.text),
    );
    const isUsedOnce = this.#arrangement.uses[node.id] === 1;
    if (isLeaf(node)) block.set(node, { text, depth: 0, isFixed: op.kind !== "local" });
    else if (isUsedOnce && depth < EXPRESSION_DEPTH && !isShared) block.set(node, { text, depth, isFixed: false });
    else this.#defineName(node, text, block);
  }

  #defineRandomWords(node: Node, block: Block): void {
    const key = node.args.map((arg) => this.#find(arg, block).text);
    const { lines, words } = this.dialect.randomWords(node.id, key);
    block.lines.push(...lines);
    for (const other of this.#randomWords.get(joinIds(node)) ?? []) {
      if (other.op.kind === "pcg4d") block.setName(other, words[other.op.component] as string);
    }
  }

  #text(node: Node, args: readonly string[]): string {
    const { op } = node;
    const { literals, operations, load } = this.dialect;
    switch (op.kind) {
      case "const":
        return literals.const(op.value);
      case "bool":
        return literals.bool(op.value);
      case "word":
        return literals.word(op.value);
      case "int":
        return literals.int(op.value);
      case "counter":
        return `k${op.loop}`;
      case "local":
        return `l${op.local}`;
      case "load":
        return load(op, node, args[0]);
      default: {
        const spelling = operations[op.kind];
        if (!spelling) throw new RangeError(`${this.program.name} has the operation ${op.kind}, for which there is no text`);
        return spelling((i) => args[i] as string, node);
      }
    }
  }
}

/** Written anew wherever they are used. */
function isLeaf(node: Node): boolean {
  return isConstant(node) || node.op.kind === "local" || node.op.kind === "counter";
}

function joinIds({ args }: Node): string {
  return args.map(({ id }) => id).join();
}

function visit(visitors: StatementVisitors, writer: StatementWriter, statement: Statement, block: Block): void {
  switch (statement.kind) {
    case "eval":
      visitors.eval(writer, statement, block);
      return;
    case "assign":
      visitors.assign(writer, statement, block);
      return;
    case "store":
      visitors.store(writer, statement, block);
      return;
    case "loop":
      visitors.loop(writer, statement, block);
      return;
    case "if":
      visitors.if(writer, statement, block);
  }
}
