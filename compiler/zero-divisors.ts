import { compareIntervals, type Interval, join, knownToHoldZero, meet, point, widen } from "./interval.js";
import { copyMemory, type IntervalMemory, walkProgram } from "./interval-walk.js";
import type { Comparison, Node, Origin, Program } from "./ir.js";
import { statementNodes } from "./prune.js";

/** A quotient whose divisor can be 0. */
export interface ZeroDivisor {
  readonly origin: Origin;
  /** What is known of the divisor. */
  readonly divisor: Interval;
}

/** How often bounds may grow before they are widened, and be drawn in again afterwards. */
const GROWING = 3;
const NARROWING = 2;
/** Every bound has three landmarks, and one pass moves at least one of them; this many passes are never needed. */
const MOST_PASSES = 200;

/**
 * What memory may hold after any number of steps.
 * @param start after the reset
 * @param keep  puts what no step changes back
 */
export function reachableMemory(step: Program, start: IntervalMemory, keep: (memory: IntervalMemory) => void): IntervalMemory {
  let memory = copyMemory(start);
  const after = () => {
    const next = copyMemory(memory);
    walkProgram(step, next);
    keep(next);
    return next;
  };
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const grown = combine(memory, after(), (here, next) => {
      const both = join(here, next);
      return pass < GROWING ? both : widen(here, both);
    });
    const done = sameMemory(memory, grown);
    memory = grown;
    if (done) break;
  }
  for (let pass = 0; pass < NARROWING; pass++) {
    const possible = combine(start, after(), join);
    memory = combine(memory, possible, meet);
  }
  return memory;
}

/**
 * The quotients whose divisor can be 0 when memory holds these values, each once: by real arithmetic, one operation at a time. A
 * divisor whose bounds are not known, or lie on both sides of 0 only for want of precision, is not among them; nor is one that a
 * condition keeps off 0.
 */
export function findZeroDivisors(program: Program, memory: IntervalMemory): readonly ZeroDivisor[] {
  const found = new Map<Node, Interval>();
  const values = new Map<Node, Interval>();
  walkProgram(program, copyMemory(memory), {
    onValue: (node, value) => values.set(node, join(values.get(node) ?? value, value)),
    onQuotient: (node, divisor) => {
      const isStraddling = divisor.low < 0 && divisor.high > 0;
      if (!knownToHoldZero(divisor) || (isStraddling && !isExact(node.args[1] as Node))) return;
      found.set(node, join(found.get(node) ?? divisor, divisor));
    },
  });
  const guards = new Guards(program, values);
  const divisors: ZeroDivisor[] = [];
  for (const [node, divisor] of found) {
    const origin = program.origins?.get(node);
    if (origin && !guards.keepOffZero(node)) divisors.push({ origin, divisor });
  }
  return [...divisors, ...foldedToInfinity(program)];
}

/**
 * Whether every variable occurs once: then intervals are as narrow as they can be. `supply - share * supply` has bounds on both
 * sides of 0 only because both supplies are taken for different ones.
 */
function isExact(root: Node): boolean {
  const seen = new Set<Node>();
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (node.op.kind === "const") continue;
    if (seen.has(node)) return false;
    seen.add(node);
    // Random numbers of one key have nothing to do with one another.
    if (node.op.kind !== "pcg4d") stack.push(...node.args);
  }
  return true;
}

/** Quotients of constants by 0. */
function foldedToInfinity({ nodes, origins }: Program): readonly ZeroDivisor[] {
  return nodes.flatMap((node) => {
    const origin = origins?.get(node);
    const isEndless = node.op.kind === "const" && !Number.isFinite(node.op.value);
    return origin && isEndless ? [{ origin, divisor: { low: 0, high: 0 } }] : [];
  });
}

/** Which quotients are only used where a condition says that their divisor is not 0: `x > 0 ? y / x : 0`. */
class Guards {
  readonly #users = new Map<Node, Node[]>();
  readonly #roots: ReadonlySet<Node>;

  constructor(
    program: Program,
    readonly values: ReadonlyMap<Node, Interval>,
  ) {
    this.#roots = new Set(statementNodes(program.body));
    for (const node of program.nodes) {
      for (const arg of node.args) this.#users.set(arg, [...(this.#users.get(arg) ?? []), node]);
    }
  }

  keepOffZero(quotient: Node): boolean {
    const divisor = quotient.args[1] as Node;
    const known = new Map<Node, boolean>();
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
      return (
        (whenTrue !== node || this.#implies(condition, true, divisor)) &&
        (whenFalse !== node || this.#implies(condition, false, divisor))
      );
    };
    return safe(quotient);
  }

  /** Whether `divisor` cannot be 0 where `condition` has the value `holds`. */
  #implies(condition: Node, holds: boolean, divisor: Node): boolean {
    const [first, second, third] = condition.args as [Node, Node, Node];
    const implied = (part: Node, value: boolean) => this.#implies(part, value, divisor);
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
        return this.#comparisonImplies(condition, holds, divisor);
    }
  }

  /** If the divisor were 0, the condition would be what it is for 0. */
  #comparisonImplies({ op, args }: Node, holds: boolean, divisor: Node): boolean {
    if (!(op.kind in MIRRORED)) return false;
    const kind = op.kind as keyof typeof MIRRORED;
    const [left, right] = args as [Node, Node];
    const forZero = (comparison: Comparison, other: Node) => {
      const value = this.values.get(other);
      return value && compareIntervals(comparison, point(0), value);
    };
    if (left === divisor) return forZero(kind, right) === !holds;
    return right === divisor && forZero(MIRRORED[kind], left) === !holds;
  }
}

const MIRRORED = { lt: "gt", le: "ge", gt: "lt", ge: "le", eq: "eq", ne: "ne" } as const;

function combine(a: IntervalMemory, b: IntervalMemory, merge: (a: Interval, b: Interval) => Interval): IntervalMemory {
  return new Map([...a].map(([record, slots]) => [record, slots.map((slot, i) => merge(slot, b.get(record)![i]!))]));
}

function sameMemory(a: IntervalMemory, b: IntervalMemory): boolean {
  return [...a].every(([record, slots]) =>
    slots.every((slot, i) => slot.low === b.get(record)![i]!.low && slot.high === b.get(record)![i]!.high),
  );
}
