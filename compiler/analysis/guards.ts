import type { Comparison, Node, Program } from "../ir/program.js";
import { allRoots } from "../ir/traversal.js";
import { compareIntervals, type Interval } from "./interval.js";

/** Which hazardous nodes are only used where a condition says that their operand is not one of the bad: `x > 0 ? y / x : 0`. */
export class Guards {
  readonly #users = new Map<Node, Node[]>();
  readonly #roots: ReadonlySet<Node>;

  constructor(
    program: Program,
    readonly values: ReadonlyMap<Node, Interval>,
  ) {
    this.#roots = new Set(allRoots(program.body));
    for (const node of program.nodes) {
      for (const arg of node.args) this.#users.set(arg, [...(this.#users.get(arg) ?? []), node]);
    }
  }

  /**
   * @param operand of `node`
   * @param bad     values of the operand that must not be
   */
  keepOff(node: Node, operand: Node, bad: Interval): boolean {
    const known = new Map<Node, boolean>();
    const implies = (condition: Node, holds: boolean) => this.#implies(condition, holds, operand, bad);
    const safe = (node: Node): boolean => {
      const answer = known.get(node);
      if (answer !== undefined) return answer;
      // A root is computed for its own sake.
      const result = !this.#roots.has(node) && (this.#users.get(node) ?? []).every((user) => guarded(user, node) || safe(user));
      known.set(node, result);
      return result;
    };
    const guarded = (user: Node, node: Node): boolean => {
      if (user.op.kind !== "select") return false;
      const [condition, whenTrue, whenFalse] = user.args as [Node, Node, Node];
      if (condition === node) return false;
      return (whenTrue !== node || implies(condition, true)) && (whenFalse !== node || implies(condition, false));
    };
    return safe(node);
  }

  /** Whether `operand` cannot be bad where `condition` has the value `holds`. */
  #implies(condition: Node, holds: boolean, operand: Node, bad: Interval): boolean {
    const [first, second, third] = condition.args as [Node, Node, Node];
    const implied = (part: Node, value: boolean) => this.#implies(part, value, operand, bad);
    switch (condition.op.kind) {
      case "not":
        return implied(first, !holds);
      case "and":
      case "or":
        if (holds === (condition.op.kind === "and")) return implied(first, holds) || implied(second, holds);
        return implied(first, holds) && implied(second, holds);
      case "select": {
        // `a && b` is a ? b : a, and `a || b` is a ? a : b.
        const byTrue = (second === first && !holds) || implied(first, true) || implied(second, holds);
        const byFalse = (third === first && holds) || implied(first, false) || implied(third, holds);
        return byTrue && byFalse;
      }
      default:
        return this.#comparisonImplies(condition, holds, operand, bad);
    }
  }

  /** If the operand were bad, the condition would be what it is for those values. */
  #comparisonImplies({ op, args }: Node, holds: boolean, operand: Node, bad: Interval): boolean {
    if (!(op.kind in MIRRORED)) return false;
    const kind = op.kind as keyof typeof MIRRORED;
    const [left, right] = args as [Node, Node];
    const forBad = (comparison: Comparison, other: Node) => {
      const value = this.values.get(other);
      return value && compareIntervals(comparison, bad, value);
    };
    if (left === operand) return forBad(kind, right) === !holds;
    return right === operand && forBad(MIRRORED[kind], left) === !holds;
  }
}

const MIRRORED = { lt: "gt", le: "ge", gt: "lt", ge: "le", eq: "eq", ne: "ne" } as const;
