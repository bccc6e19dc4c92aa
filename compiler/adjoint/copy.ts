import type { NodeTable } from "../ir/node-table.js";
import type { Node, Program, Statement, ValueType } from "../ir/program.js";

/** The program's statements on nodes of another table. */
export function copyProgram(program: Program, table: NodeTable): { readonly body: Statement[]; readonly locals: ValueType[] } {
  const copies = new Map<Node, Node>();
  for (const node of program.nodes) {
    copies.set(
      node,
      table.make(
        node.op,
        node.args.map((arg) => copies.get(arg) as Node),
        node.type,
      ),
    );
  }
  const at = (node: Node): Node => copies.get(node) as Node;
  return { body: program.body.map((statement) => mapNodes(statement, at)), locals: [...program.locals] };
}

/** A statement with other nodes, those of its branches or body included. */
function mapNodes(statement: Statement, at: (node: Node) => Node): Statement {
  switch (statement.kind) {
    case "eval":
    case "assign":
      return { ...statement, node: at(statement.node) };
    case "store":
      return { ...statement, node: at(statement.node), ...(statement.index ? { index: at(statement.index) } : {}) };
    case "loop":
      return { ...statement, body: statement.body.map((inner) => mapNodes(inner, at)) };
    case "if":
      return {
        ...statement,
        condition: at(statement.condition),
        // biome-ignore lint/suspicious/noThenProperty: the name of the branch in the IR; statements are never awaited
        then: statement.then.map((inner) => mapNodes(inner, at)),
        otherwise: statement.otherwise.map((inner) => mapNodes(inner, at)),
      };
  }
}
