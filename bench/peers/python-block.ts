import type { Node } from "../../compiler/ir/program.js";
import { isConstant } from "../../compiler/js/expressions.js";

export interface PythonText {
  readonly text: string;
  /** Operations in a row that the text holds; 0 for a name or a constant. */
  readonly depth: number;
}

/**
 * A block of generated code and the nodes whose value it knows. With `isLane` it is the body of a function of its own: names
 * of the outer block that it uses become inputs, those with an element per lane apart from those that all lanes share.
 */
export class PythonBlock {
  readonly lines: string[] = [];
  readonly #known = new Map<Node, PythonText>();
  readonly #laneInputs = new Set<string>();
  readonly #sharedInputs = new Set<string>();

  constructor(
    readonly outer?: PythonBlock,
    readonly isLane?: (node: Node) => boolean,
  ) {}

  get laneInputs(): readonly string[] {
    return [...this.#laneInputs];
  }

  get sharedInputs(): readonly string[] {
    return [...this.#sharedInputs];
  }

  find(node: Node): PythonText | undefined {
    const own = this.#known.get(node);
    if (own || !this.outer) return own;
    const outer = node.op.kind === "local" ? { text: `l${node.op.local}`, depth: 0 } : this.outer.find(node);
    if (!outer || !this.isLane || isConstant(node.op)) return outer;
    // An expression that stands nowhere as a name is written again.
    if (outer.depth > 0) return undefined;
    (this.isLane(node) ? this.#laneInputs : this.#sharedInputs).add(outer.text);
    return outer;
  }

  set(node: Node, text: string, depth = 0): void {
    this.#known.set(node, { text, depth });
  }
}

/** Written anew wherever they are used. */
export function isLeaf({ op }: Node): boolean {
  return isConstant(op) || op.kind === "local";
}
