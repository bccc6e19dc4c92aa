import { constantValue } from "../ir/constants.js";
import type { NodeTable } from "../ir/node-table.js";
import type { FloatBinary, Node } from "../ir/program.js";

const COMPARISONS: ReadonlySet<string> = new Set(["lt", "le", "gt", "ge"]);

/** The comparisons by size that a condition is made of. */
export function comparisonsIn(condition: Node): readonly Node[] {
  if (COMPARISONS.has(condition.op.kind)) return [condition];
  return connectionOf(condition)?.args.flatMap(comparisonsIn) ?? [];
}

interface Connection {
  readonly kind: "and" | "or" | "not";
  readonly args: readonly Node[];
}

/** What a condition is made of; `a && b` is also written as a select of `b` or `a`. */
function connectionOf({ op, args, type }: Node): Connection | undefined {
  if (op.kind === "and" || op.kind === "or" || op.kind === "not") return { kind: op.kind, args };
  if (op.kind !== "select" || type !== "b") return undefined;
  const [condition, yes, no] = args as [Node, Node, Node];
  if (no === condition) return { kind: "and", args: [condition, yes] };
  return yes === condition ? { kind: "or", args: [condition, no] } : undefined;
}

/** How far a condition holds, from 0 to 1, and the derivative of that with respect to what it compares. */
type SoftTruth = {
  readonly value: Node;
  readonly slopes: readonly (readonly [Node, Node])[];
};

/**
 * A comparison holds by a logistic curve of its two sides' distance, a flag by its own value; `and`, `or` and `not` are those of
 * independent events.
 * @param width of the curve, in units of what is compared
 */
export function softTruth(table: NodeTable, condition: Node, width: number, isFlag: (node: Node) => boolean): SoftTruth {
  const make = (kind: FloatBinary, a: Node, b: Node) => table.make({ kind }, [a, b]);
  const one = table.float(1);
  const not = ({ value, slopes }: SoftTruth): SoftTruth => ({
    value: make("sub", one, value),
    slopes: slopes.map(([arg, slope]) => [arg, table.make({ kind: "neg" }, [slope])]),
  });
  const both = (x: SoftTruth, y: SoftTruth): SoftTruth => {
    const times = ({ slopes }: SoftTruth, { value }: SoftTruth) =>
      slopes.map(([arg, slope]) => [arg, make("mul", slope, value)] as const);
    return { value: make("mul", x.value, y.value), slopes: [...times(x, y), ...times(y, x)] };
  };
  const soften = (node: Node): SoftTruth => {
    const [a, b] = node.args as [Node, Node];
    if (COMPARISONS.has(node.op.kind)) return node.op.kind === "gt" || node.op.kind === "ge" ? above(a, b) : above(b, a);
    const connection = connectionOf(node);
    if (!connection) return { value: table.make({ kind: "select" }, [node, one, table.float(0)]), slopes: [] };
    const [x, y] = connection.args.map(soften) as [SoftTruth, SoftTruth];
    if (connection.kind === "not") return not(x);
    return connection.kind === "and" ? both(x, y) : not(both(not(x), not(y)));
  };
  const above = (a: Node, b: Node): SoftTruth => {
    if (isFlag(a) && constantValue(b) !== undefined) return { value: a, slopes: [[a, one]] };
    if (isFlag(b) && constantValue(a) !== undefined) return { value: make("sub", one, b), slopes: [[b, table.float(-1)]] };
    // The logistic curve is half of 1 + tanh of half the distance, its slope a quarter of 1 - tanh^2.
    const tanh = table.make({ kind: "tanh" }, [make("mul", make("sub", a, b), table.float(0.5 / width))]);
    const slope = make("mul", make("sub", one, make("mul", tanh, tanh)), table.float(1 / (4 * width)));
    const value = make("mul", table.float(0.5), make("add", one, tanh));
    return {
      value,
      slopes: [
        [a, slope],
        [b, table.make({ kind: "neg" }, [slope])],
      ],
    };
  };
  return soften(condition);
}
