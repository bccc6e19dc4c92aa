import { isConstant } from "../../compiler/ir/constants.js";
import type { Node } from "../../compiler/ir/program.js";
import { Block, type Known } from "../../compiler/text/block.js";

/**
 * The body of a function of its own: names of the outer block that it uses become inputs, those with an element per lane apart
 * from those that all lanes share.
 */
export class RegionBlock extends Block {
  readonly #laneInputs = new Set<string>();
  readonly #sharedInputs = new Set<string>();
  readonly #own = new Set<Node>();

  constructor(
    override readonly outer: Block,
    readonly isLane: (node: Node) => boolean,
  ) {
    super(outer);
  }

  get laneInputs(): readonly string[] {
    return [...this.#laneInputs];
  }

  get sharedInputs(): readonly string[] {
    return [...this.#sharedInputs];
  }

  override set(node: Node, known: Known): void {
    this.#own.add(node);
    super.set(node, known);
  }

  override find(node: Node): Known | undefined {
    const known = super.find(node) ?? outerLocal(node);
    if (!known || this.#own.has(node) || isConstant(node)) return known;
    // An expression that has no name outside is written again.
    if (known.depth > 0) return undefined;
    (this.isLane(node) ? this.#laneInputs : this.#sharedInputs).add(known.text);
    return known;
  }
}

function outerLocal({ op }: Node): Known | undefined {
  return op.kind === "local" ? { text: `l${op.local}`, depth: 0, isFixed: false } : undefined;
}
