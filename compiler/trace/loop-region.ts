import { loopInvariants } from "../analysis/loop-invariants.js";
import type { Node, Statement, ValueType } from "../ir/program.js";
import { commonUnit, numberValue, type Site, toFloat } from "./conversions.js";
import type { Captured } from "./machine.js";
import { fail } from "./source.js";
import type { Tracer } from "./tracer.js";
import { type Cell, type NumberValue, UNDEFINED, type Value } from "./values.js";

/** A counted loop: the counter is start, start + step, … for `count` iterations. */
export interface Counting {
  readonly cell: Cell;
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

/** A variable that an iteration hands to the next one. */
interface Carried {
  readonly cell: Cell;
  readonly before: Value;
  type: ValueType;
  local: number;
}

/** Traces a loop that stays a loop: what an iteration changes becomes mutable locals. */
export function traceLoopRegion(tracer: Tracer, site: Site, counting: Counting, body: (counter: Value) => void): void {
  const { machine, table } = tracer;
  const loop = table.loopCounts.push(counting.count) - 1;
  const carried = new Map<Cell, Carried>();
  for (;;) {
    const captured = machine.capture(() => {
      machine.touchAll();
      for (const variable of carried.values()) enter(tracer, variable);
      body(counterValue(tracer, loop, counting));
      return UNDEFINED;
    });
    if (discover(tracer, captured, carried, counting)) continue;
    finish(tracer, site, loop, counting.count, captured, carried);
    return;
  }
}

function counterValue(tracer: Tracer, loop: number, { start, step }: Counting): Value {
  const { table } = tracer;
  const counter = table.make({ kind: "counter", loop });
  const scaled = table.make({ kind: "imul" }, [counter, table.int(Math.abs(step))]);
  const first = table.int(start);
  return numberValue(table.make({ kind: step > 0 ? "iadd" : "isub" }, step > 0 ? [scaled, first] : [first, scaled]), null);
}

function enter(tracer: Tracer, variable: Carried): void {
  const { machine } = tracer;
  const { before } = variable;
  if (before.kind !== "number") {
    machine.write(variable.cell, { kind: "poison", why: "has no value before the first iteration" });
    return;
  }
  const node = machine.readLocal(variable.local, 0);
  machine.pin(node);
  machine.write(variable.cell, numberValue(node, before.unit));
}

/** Adds the variables that the body turned out to change, and widens their types; true if there was something new. */
function discover(tracer: Tracer, captured: Captured, carried: Map<Cell, Carried>, counting: Counting): boolean {
  let found = false;
  for (const [cell, value] of captured.changes) {
    if (cell === counting.cell) continue;
    const known = carried.get(cell);
    const after = value.kind === "number" ? mutableType(value.node) : "f";
    if (!known) {
      const type = cell.value.kind === "number" ? mutableType(cell.value.node) : after;
      carried.set(cell, { cell, before: cell.value, type, local: tracer.machine.newLocal(type) });
      found = true;
    } else if (known.type !== after && known.type !== "f" && value.kind === "number") {
      known.type = "f";
      known.local = tracer.machine.newLocal("f");
      found = true;
    }
  }
  return found;
}

function mutableType(node: Node): ValueType {
  return node.type === "i" ? "f" : node.type;
}

function finish(
  tracer: Tracer,
  site: Site,
  loop: number,
  count: number,
  captured: Captured,
  carried: ReadonlyMap<Cell, Carried>,
): void {
  const { machine } = tracer;
  const after: [Cell, Value][] = [];
  const values: Statement[] = [];
  const assigns: Statement[] = [];
  for (const variable of carried.values()) {
    const value = captured.changes.get(variable.cell);
    if (!value) continue;
    if (value.kind !== "number") {
      after.push([variable.cell, { kind: "poison", why: "is not a number after a loop that could not be unrolled" }]);
      continue;
    }
    const unit = variable.before.kind === "number" ? commonUnit(variable.before, value, site) : value.unit;
    if (variable.before.kind === "number") {
      machine.emit({ kind: "assign", local: variable.local, node: convert(tracer, variable.before, variable.type, site) });
    }
    const node = convert(tracer, value, variable.type, site);
    values.push({ kind: "eval", node });
    assigns.push({ kind: "assign", local: variable.local, node });
    after.push([variable.cell, numberValue(machine.readLocal(variable.local, 1), unit)]);
  }
  // All new values before the first assignment: one may depend on another variable's old value.
  const body = [...captured.statements, ...values, ...assigns];
  for (const node of loopInvariants(loop, body)) machine.pin(node);
  machine.emit({ kind: "loop", loop, count, body });
  for (const array of captured.arrays) machine.touch(array);
  for (const [cell, value] of after) machine.write(cell, value);
}

function convert(tracer: Tracer, value: NumberValue, type: ValueType, site: Site): Node {
  if (value.node.type === type) return value.node;
  if (type === "f") return toFloat(tracer.table, value, site);
  return fail(
    site.source,
    site.node,
    "E_STEP_TYPE",
    "a variable changes between number and truth value in a loop",
    "use two variables",
  );
}
