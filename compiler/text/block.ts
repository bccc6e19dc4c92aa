import type { Node } from "../ir/program.js";

/** What a block knows of a node. */
export interface Known {
  readonly text: string;
  /** Operations in a row that the text holds; 0 for a name or a constant. */
  readonly depth: number;
  /** Whether the text means the same wherever the block sees it: not so for a local, which is assigned again. */
  readonly isFixed: boolean;
}

/** A block of generated code and the nodes whose text it knows. */
export class Block {
  readonly lines: string[] = [];
  readonly #known = new Map<Node, Known>();

  constructor(readonly outer?: Block) {}

  find(node: Node): Known | undefined {
    return this.#known.get(node) ?? this.outer?.find(node);
  }

  set(node: Node, known: Known): void {
    this.#known.set(node, known);
  }

  /** Notes that a node has a name of its own. */
  setName(node: Node, name: string): void {
    this.set(node, { text: name, depth: 0, isFixed: true });
  }
}
