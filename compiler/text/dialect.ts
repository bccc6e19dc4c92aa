import type { Node, Op, Statement } from "../ir/program.js";
import type { Block } from "./block.js";
import type { Spellings } from "./spellings.js";

type StatementOf<Kind extends Statement["kind"]> = Extract<Statement, { readonly kind: Kind }>;
type OpOf<Kind extends Op["kind"]> = Extract<Op, { readonly kind: Kind }>;

/** One function per kind of statement. */
export type StatementVisitors = {
  readonly [Kind in Statement["kind"]]: (writer: StatementWriter, statement: StatementOf<Kind>, block: Block) => void;
};

export type Store = StatementOf<"store">;
export type If = StatementOf<"if">;

/** What visitors may ask of the emitter. */
export interface StatementWriter {
  readonly statements: (list: readonly Statement[], block: Block) => void;
  /** Text of a node's value; writes the lines that it needs first. */
  readonly value: (node: Node, block: Block) => string;
  /** The same as a name or a constant. */
  readonly name: (node: Node, block: Block) => string;
  /** Computes a node here, once and for all: later stores and assignments do not change it. */
  readonly pin: (node: Node, block: Block) => void;
}

/**
 * How a language writes a program: the emitter walks over statements and expressions, a dialect has the words. A value that is
 * computed once is named `v` and the node's number, a local `l` and a loop's counter `k` with theirs.
 */
export interface Dialect {
  /** Constants by kind. */
  readonly literals: {
    readonly const: (value: number) => string;
    readonly bool: (value: boolean) => string;
    readonly word: (value: number) => string;
    readonly int: (value: number) => string;
  };
  readonly operations: Spellings;
  readonly load: (op: OpOf<"load">, node: Node, index: string | undefined) => string;
  /** The four random words of a key: the lines that compute them, and what they are called afterwards. */
  readonly randomWords: (
    id: number,
    key: readonly string[],
  ) => { readonly lines: readonly string[]; readonly words: readonly string[] };
  /** The statement that declares a value that never changes. */
  readonly define: (name: string, value: string, node: Node) => string;
  readonly assign: (local: string, value: string, node: Node) => string;
  readonly store: (store: Store, value: string, index: string | undefined) => string;
  /** The lines that open and close blocks. */
  readonly blocks: {
    readonly loop: (counter: string, count: number) => string;
    readonly if: (condition: string) => string;
    readonly otherwise: string;
    /** Absent where indentation ends a block. */
    readonly end?: string;
    /** Is in a block without statements; absent where such a block may be left empty. */
    readonly empty?: string;
    readonly indent: string;
  };
  /** Operations whose text repeats an argument, which therefore must be a name. */
  readonly repeating?: ReadonlySet<Op["kind"]>;
  /** Whether a node has one value for all lanes, so that it is computed before them. Default: none is. */
  readonly isShared?: (node: Node) => boolean;
  /** Statements that are written in another way than by the lines above. */
  readonly visitors?: Partial<StatementVisitors>;
}
