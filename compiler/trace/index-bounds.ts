import type { Node } from "../ir/program.js";

/** Trip counts by loop number. */
type LoopCounts = readonly number[];

/** Smallest and largest value that an index node can have; index fields are known to be non-negative only. */
export function indexBounds(counts: LoopCounts, node: Node): readonly [number, number] {
  const { op } = node;
  switch (op.kind) {
    case "int":
      return [op.value, op.value];
    case "counter":
      return [0, (counts[op.loop] as number) - 1];
    case "iadd":
    case "isub":
    case "imul":
    case "irem":
      return arithmeticBounds(op.kind, indexBounds(counts, node.args[0]!), indexBounds(counts, node.args[1]!));
    default:
      return [0, Number.POSITIVE_INFINITY];
  }
}

type Bounds = readonly [number, number];

function arithmeticBounds(kind: "iadd" | "isub" | "imul" | "irem", a: Bounds, b: Bounds): Bounds {
  switch (kind) {
    case "iadd":
      return [a[0] + b[0], a[1] + b[1]];
    case "isub":
      return [a[0] - b[1], a[1] - b[0]];
    case "imul":
      return [a[0] * b[0], a[1] === 0 || b[1] === 0 ? 0 : a[1] * b[1]];
    case "irem":
      return [0, Math.min(a[1], b[1] - 1)];
  }
}
