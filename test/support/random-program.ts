import type { Node, Op, Program, RecordInfo, Statement, ValueType } from "../../compiler/ir/program.js";
import { pcg4d } from "../../core/random.js";
import { irBuilder } from "./ir-fixture.js";

/** Array fields: 6 elements each of a lane and a uniform record, between scalars; `at` is an index field. */
const LENGTH = 6;
export const RANDOM_RECORDS: readonly RecordInfo[] = [
  { name: "s", kind: "lane", size: 4 + LENGTH },
  { name: "p", kind: "uniform", size: 3 + LENGTH },
  { name: "w", kind: "lane", size: 2 },
];
/** Elements that hold whole numbers. */
export const RANDOM_WHOLE = { p: [2], w: [0, 1] };
const LAST_SCALAR = 4;

const FLOAT_OPS = ["add", "add", "sub", "mul", "mul", "div", "min", "max", "neg", "abs", "sqrt", "floor", "sign"] as const;
const WORD_OPS = ["uadd", "umul", "uxor", "uand", "ushr", "pcg4d"] as const;
const UNARY: ReadonlySet<string> = new Set(["neg", "abs", "sqrt", "floor", "sign"]);

interface Pool {
  readonly f: Node[];
  readonly b: Node[];
  readonly u: Node[];
  readonly i: Node[];
}

/**
 * A random program whose operations are all exact or rounded once: nested branches and loops, locals, array loads and
 * stores, words. Values are shared across regions wherever that is allowed.
 */
export function randomProgram(seed: number, statements = 14): Program {
  let draws = 0;
  const below = (bound: number) => Math.floor((pcg4d(seed, draws++, 17, 4).a / 2 ** 32) * bound);
  const pick = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  const ir = irBuilder();
  const locals: ValueType[] = ["f", "f", "b", "u"];
  let versions = 1;
  let loops = 0;

  const grow = (pool: Pool): void => {
    const kind = below(10);
    if (kind < 5) pool.f.push(floatNode(pool));
    else if (kind < 7) pool.b.push(truthNode(pool));
    else if (kind < 8) pool.u.push(wordNode(pool));
    else if (kind < 9) pool.f.push(ir.add({ kind: "select" }, "f", pick(pool.b), pick(pool.f), pick(pool.f)));
    else pool.i.push(ir.add({ kind: pick(["iadd", "imul"] as const) }, "i", pick(pool.i), ir.int(below(4))));
  };
  const floatNode = (pool: Pool): Node => {
    const kind = below(12);
    if (kind === 0) return ir.add({ kind: "unitInterval" }, "f", pick(pool.u));
    if (kind === 1) return ir.add({ kind: "floatFromInt" }, "f", pick(pool.i));
    if (kind === 2) return ir.add({ kind: "floatFromWord" }, "f", pick(pool.u));
    if (kind === 3) return ir.add({ kind: "clamp" }, "f", pick(pool.f), ir.constant(-1.5), ir.constant(2), ir.constant(0.25));
    if (kind === 4) return ir.constant(pick([0.5, -3, 1e20, 7, 1 / 3]));
    const op = pick(FLOAT_OPS);
    // The sign of a zero is open here, and a quotient would show it.
    if (op === "min" || op === "max")
      return ir.add({ kind: "add" }, "f", ir.add({ kind: op }, "f", pick(pool.f), pick(pool.f)), ir.constant(0));
    return UNARY.has(op)
      ? ir.add({ kind: op } as Op, "f", pick(pool.f))
      : ir.add({ kind: op } as Op, "f", pick(pool.f), pick(pool.f));
  };
  const truthNode = (pool: Pool): Node => {
    const kind = below(5);
    if (kind === 0) return ir.add({ kind: pick(["and", "or"] as const) }, "b", pick(pool.b), pick(pool.b));
    if (kind === 1) return ir.add({ kind: "not" }, "b", pick(pool.b));
    if (kind === 2) return ir.add({ kind: pick(["ueq", "ult"] as const) }, "b", pick(pool.u), pick(pool.u));
    return ir.add({ kind: pick(["lt", "le", "gt", "ge", "eq", "ne"] as const) }, "b", pick(pool.f), pick(pool.f));
  };
  const wordNode = (pool: Pool): Node => {
    const op = pick(WORD_OPS);
    const word = () => pick(pool.u);
    if (op === "pcg4d")
      return ir.add({ kind: "pcg4d", component: pick([0, 1, 2, 3] as const) }, "u", word(), word(), word(), word());
    if (op === "ushr") return ir.add({ kind: "ushr", bits: below(31) }, "u", word());
    return ir.add({ kind: op }, "u", word(), word());
  };
  const elementOf = (pool: Pool) => ir.add({ kind: "irem" }, "i", pick(pool.i), ir.int(LENGTH));
  const pinned = (node: Node, pool: Pool): Statement => {
    pool[node.type].push(node);
    return { kind: "eval", node };
  };
  const load = (record: string, slot: number, index: Node[]) => ir.load(record, slot, { index, version: versions++ });

  const statement = (pool: Pool, depth: number): Statement[] => {
    for (let i = below(5); i >= 0; i--) grow(pool);
    const kind = below(depth > 2 ? 6 : 9);
    if (kind === 0) return [pinned(load("s", LAST_SCALAR, [elementOf(pool)]), pool)];
    if (kind === 1) return [{ kind: "store", record: "s", slot: LAST_SCALAR, index: elementOf(pool), node: pick(pool.f) }];
    if (kind === 2) return [{ kind: "store", record: "s", slot: 2 + below(2), node: pick(pool.f) }];
    if (kind === 3) return [{ kind: "store", record: "w", slot: 1, node: pick(pool.u) }];
    if (kind === 4) {
      const local = below(locals.length);
      return [{ kind: "assign", local, node: pick(pool[locals[local] as ValueType]) }];
    }
    if (kind === 5) {
      const local = below(locals.length);
      return [pinned(ir.add({ kind: "local", local, version: versions++ }, locals[local] as ValueType), pool)];
    }
    if (kind === 6) {
      const loop = loops++;
      const counter = ir.add({ kind: "counter", loop }, "i");
      return [{ kind: "loop", loop, count: 1 + below(5), body: list(copyPool(pool, counter), depth + 1) }];
    }
    const otherwise = below(2) === 0 ? [] : list(copyPool(pool), depth + 1);
    const condition = pick(pool.b);
    // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the IR; statements are never awaited
    return [{ kind: "if", condition, then: list(copyPool(pool), depth + 1), otherwise }];
  };
  const list = (pool: Pool, depth: number): Statement[] => {
    const body: Statement[] = [];
    for (let i = depth === 0 ? statements : 1 + below(4); i > 0; i--) body.push(...statement(pool, depth));
    return body;
  };

  const start: Pool = {
    f: [
      ir.load("s", 0),
      ir.load("s", 1),
      ir.load("p", 0),
      ir.load("p", 1),
      ir.load("p", 3, { index: [ir.int(2)] }),
      ir.constant(1),
    ],
    b: [ir.add({ kind: "bool", value: true }, "b")],
    u: [ir.load("w", 0, { type: "u" }), ir.add({ kind: "word", value: 0x9e3779b9 }, "u")],
    i: [ir.int(1), ir.load("p", 2, { type: "i" })],
  };
  start.b.push(ir.add({ kind: "lt" }, "b", start.f[0] as Node, start.f[1] as Node));
  const first = { f: start.f[0], b: start.b[1], u: start.u[0], i: start.i[0] };
  const assigns = locals.map((type, local): Statement => ({ kind: "assign", local, node: first[type] as Node }));
  const body = [...assigns, ...list(start, 0)];
  body.push({ kind: "store", record: "s", slot: 2, node: start.f.at(-1) as Node });
  return ir.program(RANDOM_RECORDS, body, locals);
}

function copyPool(pool: Pool, counter?: Node): Pool {
  return { f: [...pool.f], b: [...pool.b], u: [...pool.u], i: counter ? [...pool.i, counter] : [...pool.i] };
}
