import { constantValue } from "../ir/constants.js";
import type { NodeTable } from "../ir/node-table.js";
import type { FloatBinary, FloatUnary, Node } from "../ir/program.js";
import { softTruth } from "./soft-truth.js";

/** The derivatives of one operation: what `weight`, the adjoint of `node`, adds to the adjoints of its arguments. */
type Contributions = readonly (Node | undefined)[];

/**
 * What a clamp passes on. `exact`: everything within its bounds and on them, nothing outside. `beyond`: everything up to this far
 * outside of the bounds, and from there on only what would move the value inwards, where the derivatives are of something that is to
 * become larger; so a value that was pushed out finds its way back. A straight-through estimate: outside of the bounds it is not the
 * derivative. With a margin of 0 single derivatives that point inwards by chance would pass and those that point outwards would not:
 * of noise the half that points inwards, an estimate that is far off where derivatives are noisy.
 */
export type ClampSlopes = "exact" | { readonly beyond: number };

/**
 * Builds adjoints. A masked weight may be 0 because its branch is not taken: then a product with it is 0, even with Infinity.
 * A weight from memory may be 0 because nothing depends on the value: then an infinite slope of a quotient, root or power does
 * not matter either.
 */
export class DerivativeRules {
  readonly #masked = new Set<Node>();
  readonly #fromMemory = new Set<Node>();

  constructor(
    readonly table: NodeTable,
    readonly clamps: ClampSlopes = "exact",
  ) {}

  /** @returns one contribution for each argument; undefined is 0 */
  contributions(node: Node, weight: Node): Contributions {
    const [a, b, c] = node.args as [Node, Node, Node];
    const parts = this.#parts(node, weight, a, b, c);
    for (const part of parts) if (part) this.#inherit(part, weight);
    return parts.map((part) => (part && constantValue(part) === 0 ? undefined : part));
  }

  add(a: Node | undefined, b: Node): Node {
    if (!a) return b;
    const sum = this.#binary("add", a, b);
    this.#inherit(sum, a);
    this.#inherit(sum, b);
    return sum;
  }

  /** Says that a weight was read from memory. */
  mayBeZero(weight: Node): void {
    this.#fromMemory.add(weight);
  }

  /**
   * What a smoothed select passes on to what its condition compares: the difference of its two sides times the derivative of how far
   * the condition holds, instead of the jump's derivative, which is 0.
   */
  jump({ args }: Node, weight: Node, width: number, isFlag: (node: Node) => boolean): readonly (readonly [Node, Node])[] {
    const [condition, yes, no] = args as [Node, Node, Node];
    const height = this.#times(weight, this.#binary("sub", yes, no));
    this.#inherit(height, weight);
    return softTruth(this.table, condition, width, isFlag).slopes.map(([arg, slope]) => {
      const part = this.#binary("mul", height, slope);
      this.#inherit(part, weight);
      return [arg, part];
    });
  }

  #inherit(part: Node, weight: Node): void {
    if (this.#masked.has(weight)) this.#masked.add(part);
    if (this.#fromMemory.has(weight)) this.#fromMemory.add(part);
  }

  #parts(node: Node, w: Node, a: Node, b: Node, c: Node): Contributions {
    switch (node.op.kind) {
      case "add":
        return [w, w];
      case "sub":
        return [w, this.#unary("neg", w)];
      case "mul":
        return [this.#times(w, b), this.#times(w, a)];
      case "div":
        return [
          this.#over(w, b),
          this.#guardSlope(w, this.#unary("neg", this.#binary("div", this.#binary("mul", w, node), b))),
        ];
      case "pow":
        return this.#power(node, w, a, b);
      case "min":
        return this.#either(this.table.make({ kind: "le" }, [a, b]), w);
      case "max":
        return this.#either(this.table.make({ kind: "ge" }, [a, b]), w);
      case "select":
        return [undefined, ...this.#either(a, w)];
      case "clamp":
        return this.#clamp(w, a, b, c);
      case "units":
        return [w];
      default:
        return [this.#ofUnary(node, w, a)];
    }
  }

  #ofUnary(node: Node, w: Node, a: Node): Node | undefined {
    switch (node.op.kind) {
      case "neg":
        return this.#unary("neg", w);
      case "abs":
        return this.#times(w, this.#unary("sign", a));
      case "sqrt":
        return this.#over(this.#binary("mul", w, this.table.float(0.5)), node, w);
      case "exp":
        return this.#times(w, node);
      case "log":
        return this.#over(w, a);
      case "tanh":
        return this.#times(w, this.#binary("sub", this.table.float(1), this.#binary("mul", node, node)));
      case "sin":
        return this.#times(w, this.#unary("cos", a));
      case "cos":
        return this.#times(w, this.#unary("neg", this.#unary("sin", a)));
      default:
        // floor, sign and conversions of integers are constant between their steps.
        return undefined;
    }
  }

  #power(node: Node, w: Node, a: Node, b: Node): Contributions {
    const exponent = constantValue(b);
    const base =
      exponent === 2
        ? a
        : this.#binary("pow", a, typeof exponent === "number" ? this.table.float(exponent - 1) : this.#lessOne(b));
    const byBase = this.#guardSlope(w, this.#binary("mul", w, this.#binary("mul", b, base)));
    if (exponent !== undefined) return [byBase, undefined];
    return [byBase, this.#guardSlope(w, this.#binary("mul", w, this.#binary("mul", node, this.#unary("log", a))))];
  }

  #lessOne(x: Node): Node {
    return this.#binary("sub", x, this.table.float(1));
  }

  /** The weight goes to the first argument where the condition holds, else to the second. */
  #either(condition: Node, w: Node): Contributions {
    const zero = this.table.float(0);
    return [this.#select(condition, w, zero), this.#select(condition, zero, w)];
  }

  #clamp(w: Node, x: Node, low: Node, high: Node): Contributions {
    if (this.clamps !== "exact") {
      const margin = this.table.float(this.clamps.beyond);
      const [least, most] = [this.#binary("sub", low, margin), this.#binary("add", high, margin)];
      return [this.#inward(w, x, least, most), undefined, undefined, undefined];
    }
    const zero = this.table.float(0);
    const below = this.table.make({ kind: "lt" }, [x, low]);
    const above = this.table.make({ kind: "gt" }, [x, high]);
    const isNumber = this.table.make({ kind: "eq" }, [x, x]);
    const outside = this.table.make({ kind: "or" }, [below, above]);
    const within = this.table.make({ kind: "and" }, [isNumber, this.table.make({ kind: "not" }, [outside])]);
    const aboveOnly = this.table.make({ kind: "and" }, [above, this.table.make({ kind: "not" }, [below])]);
    return [
      this.#select(within, w, zero),
      this.#select(below, w, zero),
      this.#select(aboveOnly, w, zero),
      this.#select(isNumber, zero, w),
    ];
  }

  #inward(w: Node, x: Node, low: Node, high: Node): Node {
    const { table } = this;
    const zero = table.float(0);
    const both = (a: Node, b: Node) => table.make({ kind: "and" }, [a, b]);
    const downwards = both(table.make({ kind: "le" }, [x, low]), table.make({ kind: "lt" }, [w, zero]));
    const upwards = both(table.make({ kind: "ge" }, [x, high]), table.make({ kind: "gt" }, [w, zero]));
    return this.#select(table.make({ kind: "or" }, [downwards, upwards]), zero, w);
  }

  #select(condition: Node, yes: Node, no: Node): Node {
    const node = this.table.make({ kind: "select" }, [condition, yes, no]);
    if (node.op.kind === "select") this.#masked.add(node);
    return node;
  }

  #times(w: Node, factor: Node): Node {
    const product = this.#binary("mul", w, factor);
    return Number.isFinite(constantValue(factor)) ? product : this.#guard(w, product);
  }

  #over(dividend: Node, divisor: Node, w = dividend): Node {
    return this.#guardSlope(w, this.#binary("div", dividend, divisor));
  }

  #guardSlope(w: Node, product: Node): Node {
    if (!this.#fromMemory.has(w)) return this.#guard(w, product);
    const zero = this.table.float(0);
    return this.#select(this.table.make({ kind: "ne" }, [w, zero]), product, zero);
  }

  #guard(w: Node, product: Node): Node {
    if (!this.#masked.has(w) || constantValue(product) !== undefined) return product;
    const zero = this.table.float(0);
    return this.table.make({ kind: "select" }, [this.table.make({ kind: "ne" }, [w, zero]), product, zero]);
  }

  #unary(kind: FloatUnary, x: Node): Node {
    return this.table.make({ kind }, [x]);
  }

  #binary(kind: FloatBinary, a: Node, b: Node): Node {
    return this.table.make({ kind }, [a, b]);
  }
}
