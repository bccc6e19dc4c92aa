import { UserError } from "../../core/errors.js";
import { prune } from "../analysis/prune.js";
import { NodeTable } from "../ir/node-table.js";
import type { Node, Program, Statement } from "../ir/program.js";
import { recordInfo } from "../ir/record-info.js";
import type { RecordBinding, Uses } from "../schema.js";
import { traceExpression } from "./expression.js";
import { traceLoop } from "./loop.js";
import { BUDGETS, type Budgets, Machine } from "./machine.js";
import { RecordAccess } from "./record-access.js";
import { type AnyFunction, fail, parseSource } from "./source.js";
import { bindPattern, traceStatements, varNames } from "./statement.js";
import type { Scope, Tracer } from "./tracer.js";
import { UNDEFINED, type Value } from "./values.js";

interface StepSource {
  /** For messages. */
  readonly name: string;
  readonly uses: Uses;
  readonly useUnits?: Readonly<Record<string, string>> | undefined;
  /** Its parameters are the records, by position or as one record of records, and then the uses. */
  readonly step: AnyFunction;
  /** A list is passed by position, a record of records as one parameter. */
  readonly records: readonly RecordBinding[] | Readonly<Record<string, RecordBinding>>;
  /** Default {@link BUDGETS}: conditions of up to 200 nodes become selects, loops of up to 1,000 are unrolled. */
  readonly budgets?: Budgets;
}

/**
 * Compiles a step function to the intermediate representation, by tracing its running text.
 * @throws UserError E_STEP_* with the position within the running text, the line and what is allowed instead
 */
export function buildProgram(source: StepSource): Program {
  let dynamic: ReadonlySet<string> = new Set();
  for (;;) {
    const traced = traceProgram(source, dynamic);
    if (traced.found.size === dynamic.size) return traced.finish();
    dynamic = traced.found;
  }
}

interface Traced {
  /** Arrays that are indexed by run-time values. What was traced is right only if these were known before. */
  readonly found: ReadonlySet<string>;
  readonly finish: () => Program;
}

function traceProgram(step: StepSource, dynamic: ReadonlySet<string>): Traced {
  const table = new NodeTable();
  const machine = new Machine(table, step.budgets ?? BUDGETS);
  const access = new RecordAccess(table, machine, dynamic);
  const tracer = makeTracer(table, machine, access, step.useUnits ?? {});
  try {
    traceStep(tracer, step);
  } catch (error) {
    // An array that was taken for a scalar may be the reason; the next pass throws again if not.
    if (!(error instanceof UserError) || access.found.size === dynamic.size) throw error;
  }
  const stored = Object.values(step.records)
    .filter((binding) => binding.kind !== "scratch")
    .map(recordInfo);
  const finish = (): Program =>
    prune(step.name, stored, machine.locals, [...machine.statements, ...finalStores(access)], table.origins);
  return { found: access.found, finish };
}

function traceStep(tracer: Tracer, { name, uses, step, records }: StepSource): void {
  const args = [...recordArguments(records), { kind: "group", uses, path: "" } as const];
  const source = parseSource(step, name);
  if (source.node.params.length > args.length) {
    const expected = [...(isList(records) ? records.map((binding) => binding.name) : ["records"]), "u"].join(", ");
    fail(
      source,
      source.node,
      "E_STEP_SYNTAX",
      `${name} has ${source.node.params.length} parameters`,
      `its parameters are (${expected})`,
    );
  }
  tracer.inline(step, name, args);
}

const isList = (records: StepSource["records"]): records is readonly RecordBinding[] => Array.isArray(records);

function recordArguments(records: StepSource["records"]): readonly Value[] {
  if (!isList(records)) return [{ kind: "records", bindings: records }];
  return records.map((binding) => ({ kind: "record", binding }));
}

function makeTracer(
  table: NodeTable,
  machine: Machine,
  records: RecordAccess,
  useUnits: Readonly<Record<string, string>>,
): Tracer {
  const tracer: Tracer = {
    table,
    machine,
    records,
    useUnits,
    calls: [],
    evaluate: (node, scope) => traceExpression(tracer, node, scope),
    run: (list, scope) => traceStatements(tracer, list, scope),
    loop: (node, scope) => traceLoop(tracer, node, scope),
    inline: (run, name, args) => inline(tracer, run, name, args),
  };
  return tracer;
}

/** Traces the body of a function with its parameters bound to `args`. */
function inline(tracer: Tracer, run: AnyFunction, name: string, args: readonly Value[]): Value {
  const source = parseSource(run, name);
  const scope: Scope = { variables: new Map(), source };
  source.node.params.forEach((param, i) => {
    bindPattern(tracer, param, args[i] ?? UNDEFINED, scope);
  });
  const { body } = source.node;
  tracer.calls.push(run);
  let result: Value;
  if (body.type === "BlockStatement") {
    for (const variable of body.body.flatMap(varNames))
      scope.variables.set(variable, tracer.machine.newCell(variable, UNDEFINED));
    result = tracer.run(body.body, scope);
  } else {
    result = tracer.evaluate(body, scope);
  }
  tracer.calls.pop();
  return result;
}

/** Stores of all scalar slots that changed. A load that a later store needs is made before its slot is overwritten. */
function finalStores(access: RecordAccess): Statement[] {
  const statements: Statement[] = [];
  const neededLater = new Set<Node>();
  for (const slot of [...access.slots.values()].reverse()) {
    const { value } = slot.cell;
    if (slot.binding.kind !== "lane" || value === slot.initial || value.kind !== "number") continue;
    const initial = slot.initial.kind === "number" ? slot.initial.node : undefined;
    if (value.node === initial) continue;
    statements.push({ kind: "store", record: slot.binding.name, slot: slot.slot, node: value.node });
    if (initial && neededLater.has(initial)) statements.push({ kind: "eval", node: initial });
    mark(value.node, neededLater);
  }
  return statements.reverse();
}

function mark(root: Node, seen: Set<Node>): void {
  const stack = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    stack.push(...node.args);
  }
}
