import type { Node } from "./program.js";

/** The value of a constant of any type, undefined for any other node. */
export function constantValue({ op }: Node): number | boolean | undefined {
  return op.kind === "const" || op.kind === "bool" || op.kind === "word" || op.kind === "int" ? op.value : undefined;
}

export function isConstant(node: Node): boolean {
  return constantValue(node) !== undefined;
}

/** The value of a float constant, null for any other node or none. */
export function floatConstant(node: Node | undefined): number | null {
  return node?.op.kind === "const" ? node.op.value : null;
}
