import type { Node, Op } from "../ir/program.js";

/** Text of an operation's arguments, by position. */
export type Argument = (i: number) => string;
export type Spelling = (arg: Argument, node: Node) => string;

/** How a language writes operations, by kind; loads, random words, locals, counters and constants are apart. */
export type Spellings = Readonly<Partial<Record<Op["kind"], Spelling>>>;

export const infix =
  (operator: string): Spelling =>
  (arg) =>
    `(${arg(0)} ${operator} ${arg(1)})`;

export const prefix =
  (operator: string): Spelling =>
  (arg) =>
    `(${operator}${arg(0)})`;

/** A call with all arguments of the operation. */
export const call =
  (name: string): Spelling =>
  (arg, { args }) =>
    `${name}(${args.map((_, i) => arg(i)).join(", ")})`;

/** The argument itself. */
export const unchanged: Spelling = (arg) => arg(0);

/** What JavaScript, WGSL, C and Python write alike. */
export const COMMON_SPELLINGS = {
  add: infix("+"),
  sub: infix("-"),
  mul: infix("*"),
  div: infix("/"),
  neg: prefix("-"),
  lt: infix("<"),
  le: infix("<="),
  gt: infix(">"),
  ge: infix(">="),
  eq: infix("=="),
  ne: infix("!="),
  iadd: infix("+"),
  isub: infix("-"),
  imul: infix("*"),
  irem: infix("%"),
  units: unchanged,
} as const satisfies Spellings;
