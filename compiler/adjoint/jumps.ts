import { UserError } from "../../core/errors.js";
import { constantValue } from "../ir/constants.js";
import type { Node, Program } from "../ir/program.js";
import { forEachStatement } from "../ir/traversal.js";
import type { Block } from "./leaves.js";

/** Operations through which the height of a jump is looked for. */
const LINEAR: ReadonlySet<string> = new Set(["neg", "add", "sub", "mul", "max", "min"]);
const COMPARISONS: ReadonlySet<string> = new Set(["lt", "le", "gt", "ge"]);

/**
 * Selects between two constants by a comparison, in what is stored to the named fields, with the widths asked for.
 * @throws UserError E_DERIVATIVE for a field that is not there, is not stored or has no such jump, and for a width that is not positive
 */
export function findJumps(program: Program, body: Block, widths: Readonly<Record<string, number>>): ReadonlyMap<Node, number> {
  const found = new Map<Node, number>();
  for (const [path, width] of Object.entries(widths)) {
    if (!(width > 0 && Number.isFinite(width)))
      throw refuse(`the width of jump ${path} is ${width}`, "give a positive number in units of what is compared");
    const [record = "", field = ""] = path.split(".");
    const place = program.records.find(({ name }) => name === record)?.fields?.get(field);
    if (!place) throw refuse(`${program.name} has no field ${path}`, "name a stored field, as terms.ruin");
    const jumps: Node[] = [];
    forEachStatement(body, (statement) => {
      if (statement.kind === "store" && statement.record === record && statement.slot === place.slot)
        jumps.push(...jumpsIn(statement.node));
    });
    if (jumps.length === 0)
      throw refuse(`${path} of ${program.name} has no jump`, "name a field that a comparison sets to one of two constants");
    for (const jump of jumps) found.set(jump, width);
  }
  return found;
}

function jumpsIn(node: Node): readonly Node[] {
  if (isJump(node)) return [node];
  if (node.op.kind === "select") return node.args.slice(1).flatMap(jumpsIn);
  return LINEAR.has(node.op.kind) ? node.args.flatMap(jumpsIn) : [];
}

function isJump({ op, args }: Node): boolean {
  if (op.kind !== "select") return false;
  const [condition, yes, no] = args as [Node, Node, Node];
  const heights = [constantValue(yes), constantValue(no)];
  return COMPARISONS.has(condition.op.kind) && heights.every((height) => typeof height === "number");
}

const refuse = (message: string, hint: string): UserError => new UserError("E_DERIVATIVE", message, hint);
