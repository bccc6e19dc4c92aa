import { UserError } from "../../core/errors.js";
import { NodeTable } from "../ir/node-table.js";
import type { Node, Program, RecordInfo, Statement } from "../ir/program.js";
import { recordInfo } from "../ir/record-info.js";
import { reachable } from "../ir/traversal.js";
import type { RecordBinding } from "../schema.js";
import { DerivativeRules } from "./derivative-rules.js";
import { prune } from "./prune.js";

interface FieldName {
  readonly record: string;
  readonly field: string;
}

interface Differentiation {
  /** A scalar field that the program stores. */
  readonly output: FieldName;
  /** Fields that it loads, scalars or arrays; derivatives are with respect to their values before the step. */
  readonly wrt: readonly FieldName[];
  /** A lane record for the derivatives: its slots in order are the elements of `wrt` in order. */
  readonly into: RecordBinding;
}

/**
 * Reverse-mode derivative of a program without loops and regions. The result does all that `program` did and stores
 * d output / d wrt into one more record, the last one.
 *
 * min, max, clamp, select and abs pass on the derivative of the side that is taken. Where both sides of min or max are equal,
 * one of them gets all of it; abs has slope 0 at 0; a clamp has slope 1 on its bounds. floor and sign have slope 0. A side that
 * is not taken adds 0 even where its own derivative is infinite.
 * @throws UserError E_DERIVATIVE for programs with regions, unknown fields and records of another size
 */
export function differentiate(program: Program, { output, wrt, into }: Differentiation): Program {
  const table = new NodeTable();
  const copies = copyNodes(program, table);
  const straight = program.body.map((statement) => copyStatement(statement, copies, program.name));
  const out = findField(program, output);
  if (out.length !== 1) throw derivativeError(`${output.record}.${output.field} is an array`, "differentiate a scalar field");
  const slots = wrt.flatMap((name) => {
    const { slot, length } = findField(program, name);
    return Array.from({ length }, (_, element) => ({ record: name.record, slot: slot + element }));
  });
  const target = recordInfo(into);
  if (target.size !== slots.length || target.kind !== "lane") {
    const message = `the derivatives have ${slots.length} elements, record ${into.name} is ${target.kind} and has ${target.size}`;
    throw derivativeError(message, "give a lane record with one slot for each");
  }
  const inputs = slots.map(({ record, slot }) => table.make({ kind: "load", record, slot, length: 1, version: 0 }));
  const adjoints = reverse(table, storedValue(straight, output, out.slot), new Set(inputs));
  const stores = inputs.map((input, slot): Store => {
    return { kind: "store", record: into.name, slot, node: adjoints.get(input) ?? table.float(0) };
  });
  const body = [...pinnedLoads(straight, stores), ...straight, ...stores];
  return prune(`${program.name} with derivatives`, [...program.records, target], program.locals, body);
}

type Store = Extract<Statement, { kind: "store" }>;
type Straight = Store | Extract<Statement, { kind: "eval" }>;

function derivativeError(message: string, hint: string): UserError {
  return new UserError("E_DERIVATIVE", message, hint);
}

function copyNodes(program: Program, table: NodeTable): ReadonlyMap<Node, Node> {
  const copies = new Map<Node, Node>();
  for (const node of program.nodes) {
    const args = node.args.map((arg) => copies.get(arg) as Node);
    copies.set(node, table.make(node.op, args, node.type));
  }
  return copies;
}

function copyStatement(statement: Statement, copies: ReadonlyMap<Node, Node>, name: string): Straight {
  const at = (node: Node): Node => copies.get(node) as Node;
  switch (statement.kind) {
    case "eval":
      return { ...statement, node: at(statement.node) };
    case "store":
      return statement.index
        ? { ...statement, index: at(statement.index), node: at(statement.node) }
        : { ...statement, node: at(statement.node) };
    default: {
      const message = `${name} has loops or conditions that are too large for straight-line code`;
      throw derivativeError(message, "only straight-line code can be differentiated: make them smaller");
    }
  }
}

function findField(program: Program, { record, field }: FieldName): { readonly slot: number; readonly length: number } {
  const info: RecordInfo | undefined = program.records.find((known) => known.name === record);
  if (!info)
    throw derivativeError(
      `${program.name} has no record ${record}`,
      `use one of ${program.records.map((r) => r.name).join(", ")}`,
    );
  const found = info.fields?.get(field);
  if (found) return found;
  throw derivativeError(`record ${record} has no field ${field}`, `use one of ${[...(info.fields?.keys() ?? [])].join(", ")}`);
}

function storedValue(statements: readonly Straight[], output: FieldName, slot: number): Node {
  const store = statements.findLast(
    (at) => at.kind === "store" && at.record === output.record && at.slot === slot && !at.index,
  );
  if (store) return store.node;
  throw derivativeError(`${output.record}.${output.field} is not assigned`, "differentiate a field that the function assigns");
}

/** The adjoints of all nodes between `inputs` and `output`. */
function reverse(table: NodeTable, output: Node, inputs: ReadonlySet<Node>): ReadonlyMap<Node, Node> {
  const rules = new DerivativeRules(table);
  const order = [...reachable([output])];
  const active = new Set<Node>();
  for (const node of order) {
    if (inputs.has(node) || (node.type === "f" && node.args.some((arg) => active.has(arg)))) active.add(node);
  }
  const adjoints = new Map<Node, Node>();
  if (active.has(output)) adjoints.set(output, table.float(1));
  for (const node of order.reverse()) {
    const weight = adjoints.get(node);
    if (!weight || inputs.has(node)) continue;
    rules.contributions(node, weight).forEach((part, i) => {
      const arg = node.args[i] as Node;
      if (part && active.has(arg)) adjoints.set(arg, rules.add(adjoints.get(arg), part));
    });
  }
  return adjoints;
}

/** Loads that the derivatives need and the program overwrites are made first. */
function pinnedLoads(statements: readonly Straight[], derivatives: readonly Store[]): Statement[] {
  const overwritten = new Set(statements.map((at) => (at.kind === "store" && !at.index ? `${at.record}:${at.slot}` : "")));
  const pins: Statement[] = [];
  for (const node of reachable(derivatives.map((store) => store.node))) {
    const { op } = node;
    if (op.kind === "load" && node.args.length === 0 && overwritten.has(`${op.record}:${op.slot}`))
      pins.push({ kind: "eval", node });
  }
  return pins;
}
