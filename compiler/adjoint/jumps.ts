import { UserError } from "../../core/errors.js";
import { constantValue } from "../ir/constants.js";
import type { Node, Program } from "../ir/program.js";
import { forEachStatement, reachable } from "../ir/traversal.js";
import type { Block } from "./leaves.js";
import { comparisonsIn } from "./soft-truth.js";

/** Operations through which the height of a jump is looked for. */
const LINEAR: ReadonlySet<string> = new Set(["neg", "add", "sub", "mul", "max", "min"]);

/** What is smoothed on the way back. */
export interface Jumps {
  /** Selects whose condition is a matter of degree there, with the width of its comparisons. */
  readonly selects: ReadonlyMap<Node, number>;
  /** Values that are 0 or 1 and stand for themselves where they are compared: what is read of a flag, and what is stored to it. */
  readonly flags: ReadonlySet<Node>;
}

export const NO_JUMPS: Jumps = { selects: new Map(), flags: new Set() };

/**
 * Where the named fields are set to one of two constants by comparisons. A field that is set to 0 or 1 is a flag: what is decided by
 * comparing it is smoothed too, so that derivatives know what it would change.
 * @throws UserError E_DERIVATIVE for a field that is not there, is not stored or has no such jump, and for a width that is not positive
 */
export function findJumps(program: Program, body: Block, widths: Readonly<Record<string, number>>): Jumps {
  const selects = new Map<Node, number>();
  const flags = new Map<Node, number>();
  for (const [path, width] of Object.entries(widths)) {
    const stored = storedTo(program, body, path, width);
    const jumps = stored.flatMap(jumpsIn);
    if (jumps.length === 0)
      throw refuse(`${path} of ${program.name} has no jump`, "name a field that comparisons set to one of two constants");
    for (const jump of jumps) selects.set(jump, width);
    if (!stored.every(isFlag)) continue;
    for (const node of stored) flags.set(node, width);
    for (const node of loadsOf(program, body, path)) flags.set(node, width);
  }
  addCombinations(body, flags);
  for (const [reader, width] of readersOf(body, flags)) if (!selects.has(reader)) selects.set(reader, width);
  return { selects, flags: new Set(flags.keys()) };
}

function storedTo(program: Program, body: Block, path: string, width: number): readonly Node[] {
  if (!(width > 0 && Number.isFinite(width)))
    throw refuse(`the width of jump ${path} is ${width}`, "give a positive number in units of what is compared");
  const place = placeOf(program, path);
  const stored: Node[] = [];
  forEachStatement(body, (statement) => {
    if (statement.kind === "store" && statement.record === place.record && statement.slot === place.slot)
      stored.push(statement.node);
  });
  return stored;
}

function placeOf(program: Program, path: string): { readonly record: string; readonly slot: number } {
  const [record = "", field = ""] = path.split(".");
  const place = program.records.find(({ name }) => name === record)?.fields?.get(field);
  if (!place) throw refuse(`${program.name} has no field ${path}`, "name a stored field, as terms.ruin");
  return { record, slot: place.slot };
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
  return comparisonsIn(condition).length > 0 && heights.every((height) => typeof height === "number");
}

/** 0 or 1, whatever the conditions. */
function isFlag(node: Node): boolean {
  if (node.op.kind === "select") return node.args.slice(1).every(isFlag);
  const value = constantValue(node);
  return value === 0 || value === 1;
}

function loadsOf(program: Program, body: Block, path: string): readonly Node[] {
  const place = placeOf(program, path);
  return nodesOf(body).filter(({ op }) => op.kind === "load" && op.record === place.record && op.slot === place.slot);
}

/** What is the larger or smaller of flags is a flag itself. */
function addCombinations(body: Block, flags: Map<Node, number>): void {
  for (const node of nodesOf(body)) {
    if (node.op.kind !== "max" && node.op.kind !== "min") continue;
    const widths = node.args.map((arg) => flags.get(arg) ?? (isFlag(arg) ? 0 : undefined));
    if (widths.every((width) => width !== undefined) && Math.max(...widths) > 0) flags.set(node, Math.max(...widths));
  }
}

/** Selects that a comparison of a flag decides. */
function readersOf(body: Block, flags: ReadonlyMap<Node, number>): readonly (readonly [Node, number])[] {
  return nodesOf(body).flatMap((node) => {
    if (node.op.kind !== "select" || node.type !== "f") return [];
    const compared = comparisonsIn(node.args[0] as Node).flatMap(({ args }) => args);
    const flag = compared.find((arg) => flags.has(arg));
    return flag ? [[node, flags.get(flag) as number] as const] : [];
  });
}

function nodesOf(body: Block): readonly Node[] {
  const roots: Node[] = [];
  forEachStatement(body, (statement) => {
    if ("node" in statement) roots.push(statement.node);
    if (statement.kind === "if") roots.push(statement.condition);
  });
  return [...reachable(roots)];
}

const refuse = (message: string, hint: string): UserError => new UserError("E_DERIVATIVE", message, hint);
