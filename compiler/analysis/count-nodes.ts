import type { Program, Statement } from "../ir/program.js";

interface ProgramSize {
  /** Distinct operations, constants and loads included. */
  readonly nodes: number;
  /** Mutable variables. */
  readonly locals: number;
  readonly stores: number;
  readonly loops: number;
  /** Conditions that are skipped when no lane takes them. */
  readonly regions: number;
}

/** How large a program is, for reports and budgets in tests. */
export function countNodes(program: Program): ProgramSize {
  const count = (list: readonly Statement[], kind: Statement["kind"]): number =>
    list.reduce((sum, statement) => {
      const inner = statement.kind === "loop" ? statement.body : [];
      const sides = statement.kind === "if" ? [...statement.then, ...statement.otherwise] : inner;
      return sum + (statement.kind === kind ? 1 : 0) + count(sides, kind);
    }, 0);
  const { nodes, locals, body } = program;
  return {
    nodes: nodes.length,
    locals: locals.length,
    stores: count(body, "store"),
    loops: count(body, "loop"),
    regions: count(body, "if"),
  };
}
